from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_lead_makes_customer = fields.Boolean(
        related="company_id.crm_lead_makes_customer", readonly=False
    )
    crm_lead_asks_reason = fields.Boolean(
        related="company_id.crm_lead_asks_reason", readonly=False
    )
    crm_quotation_days = fields.Integer(
        related="company_id.crm_quotation_days", readonly=False
    )
