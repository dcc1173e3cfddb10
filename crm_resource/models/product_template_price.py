from odoo import api, fields, models


class ProductTemplate(models.Model):
    """What a product is sold for by level, and who may see what it costs."""

    _inherit = "product.template"

    crm_series = fields.Char(
        string="Series", index="trigram", help="The family of models it belongs to."
    )
    standard_price = fields.Float(
        groups="crm_resource.group_cost",
        help="What one unit costs the company, as margins and pricelists count it.",
    )
    crm_level_prices = fields.Html(
        string="Prices per Level",
        compute="_compute_crm_level_prices",
        sanitize=False,
        groups="crm_resource.group_department,crm_resource.group_reviewer,"
        "crm_resource.group_executive,account.group_account_invoice",
    )

    @api.depends("list_price", "product_variant_id")
    @api.depends_context("company", "lang")
    def _compute_crm_level_prices(self):
        levels = self.env["crm.resource.level"].search(
            [("pricelist_id", "!=", False)], order="policy_id, sequence, id"
        )
        for template in self:
            product = template.product_variant_id
            rows = [
                {
                    "level": level,
                    "price": level.pricelist_id._get_product_price(product, 1.0),
                    "currency": level.pricelist_id.currency_id,
                }
                for level in levels
                if product
            ]
            template.crm_level_prices = rows and self.env["ir.qweb"]._render(
                "crm_resource.product_level_prices", {"rows": rows}
            )
