from odoo import api, fields, models


class CrmResourceCompetitorProduct(models.Model):
    _name = "crm.resource.competitor.product"
    _description = "Product of a Competitor"
    _order = "competitor_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, index="trigram")
    competitor_id = fields.Many2one(
        "crm.resource.competitor", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="competitor_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        [
            ("like", "Like ours"),
            ("similar", "Similar"),
            ("substitute", "Substitute"),
        ],
        required=True,
        default="like",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        compute="_compute_categ_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Our Product",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    use = fields.Char(string="Main Use")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price = fields.Monetary()
    date_price = fields.Date(string="Price As Of", default=fields.Date.context_today)
    strengths = fields.Text()
    weaknesses = fields.Text()

    _check_price = models.Constraint(
        "CHECK(price >= 0)", "A price cannot be negative: correct it."
    )

    @api.depends("product_id")
    def _compute_categ_id(self):
        for product in self:
            if product.product_id:
                product.categ_id = product.product_id.categ_id

    def write(self, vals):
        """A product is not moved to a competitor whom the person may not edit."""
        if "competitor_id" in vals and not self.env.su:
            competitors = self.env["crm.resource.competitor"]
            competitors.browse(vals["competitor_id"]).check_access("write")
        return super().write(vals)
