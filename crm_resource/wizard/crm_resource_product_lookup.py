from odoo import api, fields, models
from odoo.fields import Domain

# the latest of each kind
LIMIT = 20


class CrmResourceProductLookup(models.TransientModel):
    """What a salesperson looks up while he writes an order: price, stock and papers of
    a product, and what the customer bought of it."""

    _name = "crm.resource.product.lookup"
    _description = "Look Up a Product"

    product_id = fields.Many2one("product.product", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    default_code = fields.Char(related="product_id.default_code")
    crm_series = fields.Char(related="product_id.crm_series")
    categ_id = fields.Many2one(related="product_id.categ_id", string="Product Category")
    crm_note = fields.Html(related="categ_id.crm_note")
    description_sale = fields.Text(
        related="product_id.description_sale", help="As it stands on orders."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_price")
    price = fields.Monetary(
        string="Price for the Customer", compute="_compute_price", help="Untaxed."
    )
    cost_currency_id = fields.Many2one(related="product_id.cost_currency_id")
    standard_price = fields.Float(
        related="product_id.standard_price",
        groups="crm_resource.group_cost",
        help="Of one unit, in the company's currency.",
    )
    has_stock = fields.Boolean(compute="_compute_stock")
    quantity_stock = fields.Float(
        string="On Hand", compute="_compute_stock", digits="Product Unit"
    )
    quantity_free = fields.Float(
        string="Free", compute="_compute_stock", digits="Product Unit"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", help="Of the stock.")
    line_ids = fields.Many2many(
        "sale.order.line", string="Past Orders", compute="_compute_past"
    )
    past_sale_ids = fields.Many2many(
        "crm.resource.past.sale", string="Past Sales", compute="_compute_past"
    )
    document_ids = fields.Many2many(
        "product.document", string="Papers", compute="_compute_document_ids"
    )

    @api.depends("product_id", "partner_id")
    def _compute_price(self):
        for dialog in self:
            # a price for a customer is shown to whoever may read him
            dialog.partner_id.check_access("read")
            pricelist = dialog.partner_id.property_product_pricelist
            dialog.currency_id = pricelist.currency_id or self.env.company.currency_id
            dialog.price = pricelist._get_product_price(
                dialog.product_id, 1.0, currency=dialog.currency_id
            )

    @api.depends("product_id")
    def _compute_stock(self):
        products = self.env["product.product"]
        # the addon for stock need not be there, nor be for everybody
        has_stock = "free_qty" in products._fields and products._has_field_access(
            products._fields["free_qty"], "read"
        )
        for dialog in self:
            is_stored = has_stock and dialog.product_id.is_storable
            dialog.has_stock = is_stored
            dialog.quantity_stock = is_stored and dialog.product_id.qty_available
            dialog.quantity_free = is_stored and dialog.product_id.free_qty

    @api.depends("product_id", "partner_id")
    def _compute_past(self):
        for dialog in self:
            product = Domain("product_id", "=", dialog.product_id.id)
            customer = dialog.partner_id.id
            dialog.line_ids = self.env["sale.order.line"].search(
                product
                & Domain("order_partner_id", "child_of", customer)
                & Domain("state", "=", "sale"),
                order="id desc",
                limit=LIMIT,
            )
            dialog.past_sale_ids = self.env["crm.resource.past.sale"].search(
                product & Domain("partner_id", "child_of", customer),
                order="date desc, id desc",
                limit=LIMIT,
            )

    @api.depends("product_id")
    def _compute_document_ids(self):
        documents = self.env["product.document"]
        for dialog in self:
            product = dialog.product_id
            templates = Domain("res_model", "=", "product.template") & Domain(
                "res_id", "=", product.product_tmpl_id.id
            )
            variants = Domain("res_model", "=", "product.product") & Domain(
                "res_id", "=", product.id
            )
            dialog.document_ids = documents.search(templates | variants)
