from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_web_days = fields.Integer(related="company_id.crm_web_days", readonly=False)
