from odoo import api, fields, models


class CrmResourcePricedLineMixin(models.AbstractModel):
    """A product, or a category of products, of a document with prices."""

    _name = "crm.resource.priced.line.mixin"
    _description = "Line With a Price"

    # the field that names the document
    _document = None
    # what is computed, and is nobody's to say
    _derived_fields = frozenset({"price_listed", "price_subtotal", "product_qty"})

    # those of the document: each line says which
    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        compute="_compute_categ_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    name = fields.Char(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    quantity = fields.Float(default=1, required=True, digits="Product Unit")
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    product_qty = fields.Float(
        string="Quantity in the Product's Unit",
        compute="_compute_product_qty",
        store=True,
        digits="Product Unit",
    )
    price_unit = fields.Float(
        string="Unit Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Price",
        aggregator=None,
    )
    price_listed = fields.Float(
        string="Listed Price",
        compute="_compute_price_unit",
        store=True,
        precompute=True,
        digits="Product Price",
        aggregator=None,
        help="The price of the pricelist: another one was typed, and stays.",
    )
    discount = fields.Float(string="Disc. %", digits="Discount", aggregator=None)
    price_subtotal = fields.Monetary(
        string="Subtotal", compute="_compute_price_subtotal", store=True
    )
    _check_product = models.Constraint(
        "CHECK(product_id IS NOT NULL OR categ_id IS NOT NULL)",
        "A line names a product or a category: choose one.",
    )
    _check_numbers = models.Constraint(
        "CHECK(quantity >= 0 AND price_unit >= 0 AND discount BETWEEN 0 AND 100)",
        "Quantities and prices cannot be negative, and a discount lies "
        "between 0 and 100 %: correct the line.",
    )

    @api.depends("product_id")
    def _compute_categ_id(self):
        for line in self:
            line.categ_id = line.product_id.categ_id or line.categ_id

    @api.depends("product_id", "categ_id")
    def _compute_name(self):
        for line in self:
            named = line.product_id or line.categ_id
            line.name = named.display_name or line.name

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id or line.product_uom_id

    @api.depends("product_id.uom_id", "product_uom_id", "quantity")
    def _compute_product_qty(self):
        for line in self:
            unit = line.product_id.uom_id
            line.product_qty = (
                line.product_uom_id._compute_quantity(line.quantity, unit, round=False)
                if unit and line.product_uom_id
                else line.quantity
            )

    @api.depends(
        lambda self: (
            "product_id",
            "product_uom_id",
            "quantity",
            f"{self._document}.pricelist_id",
        )
    )
    def _compute_price_unit(self):
        for line in self:
            is_typed = line.price_unit and line.price_unit != line.price_listed
            listed = line._get_listed_price()
            if not is_typed:
                line.price_unit = listed
            line.price_listed = listed

    @api.onchange("product_id")
    def _onchange_product_id(self):
        # what was typed was the price of another product
        self.price_unit = self.price_listed = self._get_listed_price()

    def _get_listed_price(self):
        """Return the price of the product for the customer, 0 for a category."""
        if not self.product_id:
            return self.price_listed
        document = self[self._document]
        return document.pricelist_id._get_product_price(
            self.product_id,
            self.quantity or 1,
            currency=document.currency_id,
            uom=self.product_uom_id,
            date=fields.Date.context_today(self),
        )

    @api.depends(
        lambda self: (
            "quantity",
            "price_unit",
            "discount",
            f"{self._document}.currency_id",
        )
    )
    def _compute_price_subtotal(self):
        for line in self:
            subtotal = line.quantity * line.price_unit * (1 - line.discount / 100)
            line.price_subtotal = (
                line.currency_id.round(subtotal) if line.currency_id else subtotal
            )

    def action_add_from_catalog(self):
        """Open the products by their categories, for the document that the context
        names as the order."""
        documents = self[self._document]
        document = documents.browse(self.env.context.get("order_id"))
        document.check_access("write")
        return document.action_add_from_catalog()

    def _prepare_line(self):
        """Return the values of this line for another document."""
        return {
            "product_id": self.product_id.id,
            "categ_id": self.categ_id.id,
            "product_uom_id": self.product_uom_id.id,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "sequence": self.sequence,
        }

    def _prepare_order_line(self):
        """Return the values of the order line for this one."""
        values = self._prepare_line()
        del values["categ_id"]
        values["product_uom_qty"] = values.pop("quantity")
        return values

    def _get_product_catalog_lines_data(self, parent_record=None, **_kwargs):
        """Return what the catalogue shows of the lines of one product."""
        if len(self) != 1:
            return {
                "quantity": sum(self.mapped("product_qty")),
                "price": self[:1].price_listed,
                "readOnly": True,
                "uomDisplayName": self.product_id.uom_id.display_name,
            }
        return {
            "quantity": self.quantity,
            "price": self.price_unit * (1 - self.discount / 100),
            "readOnly": self[self._document]._is_readonly(),
            "uomDisplayName": self.product_uom_id.display_name,
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse lines of what is settled."""
        lines = super().create([self._without_derived(vals) for vals in vals_list])
        lines._check_open()
        return lines

    def write(self, vals):
        """As `create`."""
        self._check_open()
        result = super().write(self._without_derived(vals))
        self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_open()

    def _without_derived(self, vals):
        if self.env.su:
            return vals
        return {k: v for k, v in vals.items() if k not in self._derived_fields}

    def _check_open(self):
        """Check that the person may change the documents of lines.

        :raise AccessError: if one is the matter of others
        :raise UserError: if one is settled
        """
        if not self.env.su:
            self[self._document]._check_written({"line_ids": True})
