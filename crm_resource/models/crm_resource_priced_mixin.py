from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CrmResourcePricedMixin(models.AbstractModel):
    """A document of a customer whose lines, in its field ``line_ids``, are priced by
    his pricelist."""

    _name = "crm.resource.priced.mixin"
    _description = "Document With Prices"
    _inherit = ["product.catalog.mixin", "crm.resource.customer.mixin"]

    # the day of the rate between its currency and the company's
    _rate_date = "date"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        domain="[('type', '=', 'opportunity'), ('partner_id', 'child_of', partner_id)]",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        tracking=True,
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_rate = fields.Float(
        compute="_compute_currency_rate", store=True, precompute=True, digits=0
    )
    amount_lines = fields.Monetary(
        string="Sum of the Products", compute="_compute_amount_lines", store=True
    )

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for document in self:
            partner = document.partner_id.with_company(document.company_id)
            document.pricelist_id = partner.property_product_pricelist

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for document in self:
            document.currency_id = (
                document.pricelist_id.currency_id or document.company_id.currency_id
            )

    @api.depends(lambda self: ("currency_id", "company_id", self._rate_date))
    def _compute_currency_rate(self):
        today = fields.Date.context_today(self)
        for document in self:
            # nobody knows the rates to come
            date = min(document[self._rate_date] or today, today)
            document.currency_rate = (
                self.env["res.currency"]._get_conversion_rate(
                    document.company_id.currency_id,
                    document.currency_id,
                    document.company_id,
                    date,
                )
                if document.company_id
                else 1
            )

    @api.depends("line_ids.price_subtotal")
    def _compute_amount_lines(self):
        for document in self:
            document.amount_lines = sum(document.line_ids.mapped("price_subtotal"))

    # ------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------

    def _check_lead(self, values):
        """Check that the person may read the opportunity that is named: what is shown
        of it would tell him.

        :raise AccessError: if he may not
        """
        lead = values.get("lead_id")
        if isinstance(lead, dict):  # as the web client has it
            lead = lead.get("id")
        lead = self.env["crm.lead"].browse(getattr(lead, "id", lead) or ())
        if lead and lead != self.lead_id:
            lead.check_access("read")

    @api.constrains("lead_id", "partner_id")
    def _check_customer(self):
        for document in self:
            # whatever belongs to the customer does so for everybody
            customer = document.sudo().partner_id
            lead = document.sudo().lead_id
            if lead and lead.partner_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "“%(lead)s” is no opportunity of %(customer)s: choose one of "
                        "his.",
                        lead=lead.name,
                        customer=customer.name,
                    )
                )
            if customer.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s: choose the "
                        "customer.",
                        contact=customer.name,
                        customer=customer.commercial_partner_id.name,
                    )
                )

    # ------------------------------------------------------------
    # Quotations
    # ------------------------------------------------------------

    def _check_products(self):
        """Check that every line names a product, which quotations need.

        :raise UserError: if one does not
        """
        vague = self.line_ids.filtered(lambda line: not line.product_id)
        if vague or not self.line_ids:
            raise UserError(
                self.env._(
                    "A quotation needs products: choose them first in "
                    "%(document)s.%(lines)s",
                    document=self.display_name,
                    lines="".join(f"\n• {line.name}" for line in vague),
                )
            )

    def _prepare_quotation(self):
        """Return the values of a quotation with all lines."""
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "opportunity_id": self.lead_id.id,
            "pricelist_id": self.pricelist_id.id,
            "order_line": [
                fields.Command.create(line._prepare_order_line())
                for line in self.line_ids
            ],
        }

    @api.model
    def _open_order(self, order):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # Products chosen by their categories
    # ------------------------------------------------------------

    def _get_product_catalog_domain(self):
        return super()._get_product_catalog_domain() & Domain("sale_ok", "=", True)

    def _get_action_add_from_catalog_extra_context(self):
        digits = self.line_ids._fields["price_unit"]
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "product_catalog_currency_id": self.currency_id.id,
            "product_catalog_digits": digits.get_digits(self.env),
        }

    def _get_product_catalog_order_data(self, products, **kwargs):
        prices = self.pricelist_id._get_products_price(
            products, 1.0, currency=self.currency_id
        )
        data = super()._get_product_catalog_order_data(products, **kwargs)
        for product in products:
            data[product.id]["price"] = prices[product.id]
        return data

    def _get_product_catalog_record_lines(self, product_ids, **_kwargs):
        lines = self.line_ids.filtered(lambda line: line.product_id.id in product_ids)
        return lines.grouped("product_id")

    def _update_order_line_info(self, product_id, quantity, **_kwargs):
        """Set the quantity of a product.

        :param int product_id: of `product.product`
        :param float quantity: 0 takes the product out
        :return: the unit price
        """
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.product_id.id == product_id)
        if quantity and line:
            line.quantity = quantity
        elif quantity:
            line = line.create(
                {
                    line._document: self.id,
                    "product_id": product_id,
                    "quantity": quantity,
                }
            )
        else:
            line.unlink()
            product = self.env["product.product"].browse(product_id)
            return self.pricelist_id._get_product_price(
                product, 1.0, currency=self.currency_id
            )
        return line.price_unit * (1 - line.discount / 100)
