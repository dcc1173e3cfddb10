from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_visit_radius = fields.Integer(
        related="company_id.crm_visit_radius", readonly=False
    )
    crm_visit_min_minutes = fields.Integer(
        related="company_id.crm_visit_min_minutes", readonly=False
    )
    crm_visit_place = fields.Selection(
        related="company_id.crm_visit_place", readonly=False, required=True
    )
    crm_visit_position_months = fields.Integer(
        related="company_id.crm_visit_position_months", readonly=False
    )
