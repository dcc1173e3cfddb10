from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_custom_made = fields.Boolean(
        string="Custom-Made",
        help="Made to the customer's requirements: orders for it are reviewed before "
        "they are confirmed.",
    )
