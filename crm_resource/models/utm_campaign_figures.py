from odoo import api, fields, models

from .utm_campaign import COST_READERS

SUMS = {
    "crm_target_count": "targeted",
    "crm_invited_count": "invited",
    "crm_opened_count": "opened",
    "crm_clicked_count": "clicked",
    "crm_registered_count": "registered",
    "crm_attended_count": "attended",
    "crm_made_lead_count": "leads",
    "crm_opportunity_count": "opportunities",
    "crm_won_count": "won",
    "crm_order_count": "orders",
    "crm_sales": "sales",
}


class UtmCampaign(models.Model):
    """The effect of a campaign, of the customers whom the reader reaches."""

    _inherit = "utm.campaign"

    crm_target_count = fields.Integer("On the List", compute="_compute_crm_effect")
    crm_invited_count = fields.Integer("Invited", compute="_compute_crm_effect")
    crm_opened_count = fields.Integer("Opened", compute="_compute_crm_effect")
    crm_clicked_count = fields.Integer("Clicked", compute="_compute_crm_effect")
    crm_registered_count = fields.Integer("Registered", compute="_compute_crm_effect")
    crm_attended_count = fields.Integer("Attended", compute="_compute_crm_effect")
    crm_made_lead_count = fields.Integer("Leads", compute="_compute_crm_effect")
    crm_opportunity_count = fields.Integer(
        "Opportunities", compute="_compute_crm_effect"
    )
    crm_won_count = fields.Integer("Won", compute="_compute_crm_effect")
    crm_order_count = fields.Integer("Orders", compute="_compute_crm_effect")
    crm_sales = fields.Monetary("Sales", compute="_compute_crm_effect")
    crm_conversion = fields.Float(
        "Conversion",
        compute="_compute_crm_effect",
        help="Won opportunities in relation to all leads and opportunities.",
    )
    crm_cost_planned = fields.Monetary(
        "Planned Cost", compute="_compute_crm_cost", groups=COST_READERS
    )
    crm_cost_actual = fields.Monetary(
        "Actual Cost", compute="_compute_crm_cost", groups=COST_READERS
    )
    crm_cost_per_participant = fields.Monetary(
        "Cost per Participant", compute="_compute_crm_cost", groups=COST_READERS
    )
    crm_cost_per_lead = fields.Monetary(
        "Cost per Lead",
        compute="_compute_crm_cost",
        groups=COST_READERS,
        help="Leads and opportunities.",
    )
    crm_return = fields.Float(
        "Return on Cost",
        compute="_compute_crm_cost",
        groups=COST_READERS,
        help="Sales less cost, in relation to the cost.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_effect(self):
        rows = {
            campaign: sums
            for campaign, *sums in self.env["crm.resource.campaign.report"]._read_group(
                [("campaign_id", "in", self.ids)],
                ["campaign_id"],
                [f"{name}:sum" for name in SUMS.values()],
            )
        }
        for campaign in self:
            sums = rows.get(campaign._origin) or [0] * len(SUMS)
            campaign.update(dict(zip(SUMS, sums, strict=True)))
            chances = campaign.crm_made_lead_count + campaign.crm_opportunity_count
            campaign.crm_conversion = chances and campaign.crm_won_count / chances

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("crm_cost_ids.company_planned", "crm_cost_ids.company_actual")
    def _compute_crm_cost(self):
        for campaign in self:
            actual = sum(campaign.crm_cost_ids.mapped("company_actual"))
            chances = campaign.crm_made_lead_count + campaign.crm_opportunity_count
            attended = campaign.crm_attended_count
            campaign.crm_cost_planned = sum(
                campaign.crm_cost_ids.mapped("company_planned")
            )
            campaign.crm_cost_actual = actual
            campaign.crm_cost_per_participant = attended and actual / attended
            campaign.crm_cost_per_lead = chances and actual / chances
            campaign.crm_return = actual and (campaign.crm_sales - actual) / actual

    def action_open_effect(self):
        """Open what is behind the figures."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_campaign_report_action"
            ),
            "domain": [("campaign_id", "in", self.ids)],
            "context": {},
        }

    def action_open_participants(self):
        """Open who registered and took part."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_participation_action"
            ),
            "domain": [("campaign_id", "in", self.ids)],
            "context": {},
        }
