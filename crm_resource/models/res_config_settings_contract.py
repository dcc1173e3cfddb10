from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_contract_invoice = fields.Selection(
        related="company_id.crm_contract_invoice", readonly=False
    )
    crm_contract_is_invoiced = fields.Boolean(
        related="company_id.crm_contract_is_invoiced", readonly=False
    )
    crm_contract_dun_days = fields.Integer(
        related="company_id.crm_contract_dun_days", readonly=False
    )
    crm_contract_is_dunned = fields.Boolean(
        related="company_id.crm_contract_is_dunned", readonly=False
    )
    crm_contract_plan_id = fields.Many2one(
        related="company_id.crm_contract_plan_id", readonly=False
    )
