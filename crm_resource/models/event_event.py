from odoo import api, fields, models
from odoo.tools import SQL

from .utm_campaign import COST_READERS

CODE_FIELDS = {"crm_number", "crm_date_followed"}


class EventEvent(models.Model):
    """An activity for customers, mostly one of a campaign."""

    _name = "event.event"
    _inherit = ["event.event", "crm.resource.participants.mixin"]

    crm_number = fields.Char(string="Number", readonly=True, copy=False)
    crm_campaign_id = fields.Many2one(
        "utm.campaign",
        string="Campaign",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
    )
    crm_cost_ids = fields.One2many(
        "crm.resource.campaign.cost", "event_id", string="Costs", groups=COST_READERS
    )
    crm_customer_count = fields.Integer(
        string="Customers Registered", compute="_compute_crm_customer_count"
    )
    crm_attended_count = fields.Integer(
        string="Customers Attended", compute="_compute_crm_customer_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_customer_count(self):
        counts = {
            event: sums
            for event, *sums in self.env["crm.resource.participation"]._read_group(
                [("event_id", "in", self.ids)],
                ["event_id"],
                ["registered:sum", "attended:sum"],
            )
        }
        for event in self:
            event.crm_customer_count, event.crm_attended_count = counts.get(
                event._origin, (0, 0)
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Activities are numbered."""
        events = super().create(
            [{**vals, **dict.fromkeys(CODE_FIELDS, False)} for vals in vals_list]
        )
        # whoever makes an activity need not read counters
        for event in events.sudo():
            event.crm_number = (
                event.env["ir.sequence"]
                .with_company(event.company_id)
                .next_by_code("crm.resource.event")
            )
        return events

    def write(self, vals):
        """Numbers are not typed."""
        if not self.env.su:
            vals = {k: value for k, value in vals.items() if k not in CODE_FIELDS}
        return super().write(vals)

    def action_open_participants(self):
        """Open which customers registered and took part."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_participation_action"
            ),
            "domain": [("event_id", "in", self.ids)],
            "context": {},
        }

    def action_crm_invite(self):
        """Open a new mailing to those on the frozen list of the campaign."""
        self.ensure_one()
        action = self.crm_campaign_id.action_invite()
        action["context"]["default_subject"] = self.name
        return action

    def _get_participants_query(self):
        return SQL(
            """SELECT part.customer_id FROM (%s) part
                WHERE part.event_id = %s AND part.is_attended""",
            self.env["crm.resource.participation"]._table_query,
            self.id,
        )

    def _get_follow_up_name(self):
        return self.name

    def _get_follow_up_campaign(self):
        return self.crm_campaign_id
