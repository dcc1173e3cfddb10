from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_target_close_days = fields.Integer(
        related="company_id.crm_target_close_days", readonly=False
    )
