from odoo import api, fields, models
from odoo.exceptions import UserError

# what an approval of prices and custom-made goods is about
APPROVED_FIELDS = {
    "discount",
    "is_custom_made",
    "order_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_custom_made = fields.Boolean(
        string="Custom-Made",
        compute="_compute_is_custom_made",
        store=True,
        readonly=False,
        precompute=True,
    )
    price_floor = fields.Float(
        string="Lowest Price",
        digits="Product Price",
        compute="_compute_price_floor",
        help="What the salesperson may sell for without approval, discounts taken off; "
        "zero: nothing limits him.",
    )
    is_below_authority = fields.Boolean(compute="_compute_price_floor")

    @api.depends("product_id")
    def _compute_is_custom_made(self):
        for line in self:
            line.is_custom_made = line.product_id.is_custom_made

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        "order_id.currency_id",
        "order_id.date_order",
        "order_id.partner_id",
        "order_id.user_id",
    )
    def _compute_price_floor(self):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        # everybody is bound by the authorities, who may read few of them
        authority = self.env["crm.resource.price.authority"].sudo()
        for company, lines in self.grouped("company_id").items():
            authorities = authority._get_authorities(company)
            for line in lines:
                line.price_floor = authorities and line._get_price_floor(authorities)
                price = line._get_net_price()
                # negative lines lower the order as a whole, and are seen there
                line.is_below_authority = (
                    min(price, line.product_uom_qty) >= 0
                    and round(line.price_floor - price, digits) > 0
                )

    def _get_net_price(self):
        """Return the price of one unit after its discount."""
        return self.price_unit * (1 - self.discount / 100)

    def _get_price_floor(self, authorities):
        """Return the lowest price of one unit that needs no approval, 0 if nothing
        limits it.

        It is the price of the customer's own price list, whichever the order names,
        less what he was granted or what the salesperson may give, if that is more.
        """
        order = self.order_id
        if not self.product_id or self.display_type or self.is_downpayment:
            return 0
        if self.product_id.type == "combo" or self.combo_item_id:
            return 0  # priced as a whole, by the combination
        # whoever may write the line may know what it may cost
        customer = order.partner_id.commercial_partner_id.sudo()
        customer = customer.with_company(order.company_id)
        limits = [
            authorities._get_discount_max(
                user, customer.level_id, self.product_id.categ_id
            )
            for user in self._get_sellers()
        ]
        limits = [limit for limit in limits if limit is not None]
        if not limits:
            return 0
        price = customer.property_product_pricelist._get_product_price(
            self.product_id,
            self.product_uom_qty or 1,
            currency=order.currency_id,
            uom=self.product_uom_id,
            date=order.date_order,
        )
        price = self.product_id._get_tax_included_unit_price_from_price(
            price,
            self.product_id.taxes_id._filter_taxes_by_company(order.company_id),
            fiscal_position=order.fiscal_position_id,
        )
        discount = max(min(limits), customer.customer_discount)
        return price * (1 - discount / 100)

    def _get_sellers(self):
        """Return whose authority counts: the salesperson's, and that of the colleague
        who wrote the line, so that nobody gains by naming another one."""
        writer = self.write_uid or self.env.user
        if writer.share or writer._is_superuser():
            writer = writer.browse()
        sellers = self.order_id.user_id | writer
        return list(sellers) or [sellers]

    @api.model_create_multi
    def create(self, vals_list):
        """Add nothing to what is being approved, nor to orders what would need it."""
        lines = super().create(vals_list)
        lines.order_id._check_not_in_approval()
        lines._check_confirmed_prices({})
        return lines

    def write(self, vals):
        """A line is not moved into an order that the person does not reach, nor changed
        while it is being approved or below what its salesperson may give."""
        if APPROVED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self.order_id._check_not_in_approval()
        before = {line: (line.product_id, line._get_net_price()) for line in self}
        result = super().write(vals)
        if "order_id" in vals:
            self.check_access("write")
            self.order_id._check_not_in_approval()
        self._check_confirmed_prices(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_approval(self):
        self.order_id._check_not_in_approval()

    def _check_confirmed_prices(self, before):
        """Refuse lower prices in confirmed orders: approvals are asked for before.

        :param dict before: products and net prices of lines that were there
        :raise UserError: if a price is below what its salesperson may give
        """
        if self.env.su:  # costs passed on, rewards: no person's price
            return
        for line in self.filtered(lambda line: line.state == "sale"):
            product, price = before.get(line, (None, None))
            if product == line.product_id and line._get_net_price() >= price:
                continue
            is_negative = line._get_net_price() * line.product_uom_qty < 0
            if line.is_below_authority or (
                is_negative and line.order_id.is_below_authority
            ):
                raise UserError(
                    self.env._(
                        "%(line)s is below the lowest price of %(floor)s that needs no "
                        "approval. To go lower, cancel the order, set it back to a "
                        "quotation, and request the approval.",
                        line=line.name,
                        floor=line.order_id.currency_id.format(line.price_floor),
                    )
                )

    def _compute_discount(self):
        """Give the customer's own discount where the price list gives less."""
        result = super()._compute_discount()
        if not self.env["product.pricelist.item"]._is_discount_feature_enabled():
            return result
        for line in self:
            if not line.product_id or line.display_type or line.combo_item_id:
                continue
            # whoever may write the line may know what the customer gets
            customer = line.order_id.partner_id.commercial_partner_id.sudo()
            line.discount = max(line.discount, customer.customer_discount)
        return result
