from odoo import fields, models


class CrmResourcePastSale(models.Model):
    _name = "crm.resource.past.sale"
    _description = "Past Sale"
    _order = "date desc, document desc, id desc"
    _rec_name = "document"

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
        help="Made of source, document, content and how often the same line came before: "
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
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    price_unit = fields.Float(string="Unit Price", readonly=True, aggregator="avg", digits="Product Price")
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)

    _key_unique = models.Constraint(
        "UNIQUE(company_id, key)", "This line has been imported already."
    )
    _date_idx = models.Index("(date)")
