from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_bulk_limit = fields.Integer(
        string="Bulk Messages of a Salesperson",
        default=50,
        help="Receivers a day. 0: only market staff sends bulk messages.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_bulk_limit = fields.Integer(related="company_id.crm_bulk_limit", readonly=False)
