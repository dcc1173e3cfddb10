from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_forecast_striving = fields.Float(
        related="company_id.crm_forecast_striving", readonly=False
    )
    crm_forecast_signed = fields.Float(
        related="company_id.crm_forecast_signed", readonly=False
    )
    crm_forecast_lost = fields.Float(
        related="company_id.crm_forecast_lost", readonly=False
    )
    crm_forecast_products = fields.Boolean(
        related="company_id.crm_forecast_products", readonly=False
    )
    crm_forecast_holds = fields.Boolean(
        related="company_id.crm_forecast_holds", readonly=False
    )
