from odoo import fields, models


class CrmResourcePastSaleImport(models.Model):
    _name = "crm.resource.past.sale.import"
    _description = "Import of Past Sales"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
