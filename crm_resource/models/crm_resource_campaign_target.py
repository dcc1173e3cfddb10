from odoo import fields, models

from .crm_resource_target_mixin import REASONS


class CrmResourceCampaignTarget(models.Model):
    """Whom a campaign is for: the list as it was when the campaign started. Only code
    writes here."""

    _name = "crm.resource.campaign.target"
    _description = "Target of a Campaign"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_dates = ("create_date",)
    _past_user = "user_id"
    _order = "campaign_id desc, customer_id, id"
    _rec_name = "partner_id"

    campaign_id = fields.Many2one(
        "utm.campaign",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Receiver",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        readonly=True,
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    address = fields.Char(readonly=True)
    reason = fields.Selection(REASONS, string="Left Out Because", readonly=True)

    _receiver_unique = models.Constraint(
        "UNIQUE(campaign_id, partner_id)",
        "A campaign has everybody on its list once.",
    )
