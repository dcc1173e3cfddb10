from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    standard_price = fields.Float(
        groups="crm_resource.group_cost",
        help="What one unit costs the company, as margins and pricelists count it.",
    )
