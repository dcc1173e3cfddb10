from odoo import fields, models


class CrmResourcePastSale(models.Model):
    """A line of sales from before the ERP. Only imports write here."""

    _name = "crm.resource.past.sale"
    _description = "Past Sale"
    _order = "date desc, document desc, id"
    _rec_name = "document"
    _log_access = False  # the import says who and when; imports are large

    import_id = fields.Many2one(
        "crm.resource.past.sale.import",
        string="Import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="Made of source, content and how often the same line came before: "
        "the same file brings nothing twice.",
    )
    document = fields.Char(required=True, readonly=True, index=True)
    date = fields.Date(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    country_id = fields.Many2one(related="partner_id.country_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    categ_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category"
    )
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    price_unit = fields.Float(
        string="Unit Price", readonly=True, aggregator="avg", digits="Product Price"
    )
    amount = fields.Monetary(readonly=True, help="Untaxed, in the currency of the line.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)

    _key_unique = models.Constraint(
        "UNIQUE(company_id, key)", "This line has been imported already."
    )
    _date_idx = models.Index("(date)")
