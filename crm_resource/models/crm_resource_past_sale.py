from odoo import fields, models


class GuardedMany2one(fields.Many2one):
    """A reference without a foreign key of its own: the import refers to whatever its
    lines refer to, by foreign keys. Keys of the lines would be checked row by row,
    which costs more than all the rest of an import."""

    def update_db_foreign_key(self, model, column):
        """Leave it to the import."""


class CrmResourcePastSale(models.Model):
    """A line of sales from before the ERP. Only imports write here."""

    _name = "crm.resource.past.sale"
    _description = "Past Sale"
    _inherit = "crm.resource.past.mixin"
    _past_user = "user_id"
    _order = "date desc, document desc, row_number, id"
    _rec_name = "document"
    _log_access = False  # the import says who and when; imports are large

    import_id = GuardedMany2one(
        "crm.resource.past.sale.import",
        string="Import",
        required=True,
        readonly=True,
    )
    company_id = GuardedMany2one("res.company", required=True, readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="Made of source, content and how often the same line came before: "
        "the same file brings nothing twice.",
    )
    document = fields.Char(required=True, readonly=True)
    row_number = fields.Integer(
        string="Row in the File", readonly=True, aggregator=False
    )
    date = fields.Date(required=True, readonly=True)
    partner_id = GuardedMany2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
    )
    country_id = fields.Many2one(related="partner_id.country_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")
    product_id = GuardedMany2one("product.product", readonly=True)
    categ_id = fields.Many2one(related="product_id.categ_id", string="Product Category")
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    price_unit = fields.Float(
        string="Unit Price", readonly=True, aggregator="avg", digits="Product Price"
    )
    amount = fields.Monetary(
        readonly=True, help="Untaxed, in the currency of the line."
    )
    currency_id = GuardedMany2one("res.currency", required=True, readonly=True)
    user_id = GuardedMany2one("res.users", string="Salesperson", readonly=True)
    team_id = GuardedMany2one("crm.team", string="Department", readonly=True)

    _key_unique = models.Constraint(
        "UNIQUE(company_id, key)",
        "Another import has just brought some of these lines. Look at the preview "
        "again.",
    )
    # the lines of an import lie side by side, and those of a day within it
    _date_idx = models.Index("USING brin (date)")
    _import_idx = models.Index("USING brin (import_id)")
