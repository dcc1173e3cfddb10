from odoo import api, fields, models
from odoo.exceptions import UserError

# what an approval of prices and custom-made goods is about
APPROVED_FIELDS = {
    "combo_item_id",
    "discount",
    "display_type",
    "is_custom_made",
    "is_downpayment",
    "linked_line_id",
    "order_id",
    "price_unit",
    "product_id",
    "product_no_variant_attribute_value_ids",
    "product_uom_id",
    "product_uom_qty",
    "qty_delivered",
    "tax_ids",
}
# what follows from the order, and hides a line from it if somebody writes it
RELATED_FIELDS = {"company_id", "state"}


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
        compute="_compute_price_floor",
        groups="base.group_user",
        help="What the salesperson may sell for without approval, discounts taken off "
        "and without taxes; zero: nothing limits him.",
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
        "product_no_variant_attribute_value_ids",
        "qty_delivered",
        "price_unit",
        "discount",
        "tax_ids",
        "order_id.currency_id",
        "order_id.date_order",
        "order_id.partner_id",
        "order_id.partner_invoice_id",
        "order_id.user_id",
    )
    def _compute_price_floor(self):
        # whoever calls chooses a context, and no other price by it
        context = {
            "allowed_company_ids": self.env.companies.ids,
            "lang": self.env.lang,
        }
        env = self.env(context=context)
        # everybody is bound by the authorities, who may read few of them
        authority = self.env["crm.resource.price.authority"].sudo()
        by_company = self.grouped(lambda line: line.order_id.company_id)
        for company, lines in by_company.items():
            authorities = authority._get_authorities(company)
            for line in lines:
                line.price_floor = authorities and (
                    line.with_env(env)._get_price_floor(authorities)
                )
                line.is_below_authority = line._is_below(line.price_floor)

    def _is_below(self, floor):
        """Return whether the line sells for less than a floor; discounts and returns
        lower the order as a whole, and are seen there."""
        price, quantity = self._get_net_price(), self._get_quantity()
        if quantity < 0 or (price < 0 and not floor):
            return False
        # amounts: a unit may cost less than the currency has digits
        several = max(quantity, 1)
        currency = self.currency_id or self.env.company.currency_id
        return currency.compare_amounts(price * several, floor * several) < 0

    def _get_quantity(self):
        """Return what is billed in the end: what is ordered, or what was delivered."""
        ordered, delivered = self.product_uom_qty, self.qty_delivered
        return max(ordered, delivered) if delivered else ordered

    def _get_amount(self):
        amount = self._get_net_price() * self._get_quantity()
        # what is paid in advance is taken off in the end
        return -abs(amount) if self.is_downpayment else amount

    def _get_net_price(self):
        """Return the price of one unit, without taxes and after its discount."""
        price = self.price_unit * (1 - self.discount / 100)
        return self._get_untaxed(price, self.tax_ids)

    def _get_untaxed(self, price, taxes):
        details = taxes._get_tax_details(
            price, 1, rounding_method="round_globally", product=self.product_id
        )
        return details["total_excluded"]

    def _get_price_floor(self, authorities):
        """Return the lowest price of one unit, without taxes, that needs no approval, 0
        if nothing limits it.

        It is the price of the customer's own price list, whichever the order names,
        less what he was granted or what the salesperson may give, if that is more.
        """
        order = self.order_id
        if not self.product_id or self.display_type or self.product_id.type == "combo":
            return 0  # a combination is priced by its parts
        if not order._origin:  # whoever calls chooses what an order to be made says
            order.partner_id._origin.check_access("read")
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
        if not limits or not customer:
            return 0
        # whoever is billed lends his terms to nobody
        billed = order.partner_invoice_id.sudo().commercial_partner_id
        granted = min(each._get_granted_discount() for each in customer | billed)
        discount = max(min(limits), granted)
        return self._get_customer_price(customer) * (1 - discount / 100)

    def _get_customer_price(self, customer):
        """Return the price of one unit, without taxes, by the customer's own price
        list; for whom nothing was approved it is the product's."""
        order = self.order_id
        is_approved = customer.customer_state == "approved"
        pricelist = is_approved and customer.property_product_pricelist
        pricelist = pricelist or self.env["product.pricelist"]
        if self.combo_item_id and order.pricelist_id == pricelist:
            price = self._get_combo_item_display_price()
        else:
            extra = self._get_product_price_context()
            price = pricelist._get_product_price(
                self.product_id.with_context(**extra),
                self.product_uom_qty or 1,
                currency=order.currency_id,
                uom=self.product_uom_id,
                # nothing is dated back into a promotion
                date=fields.Datetime.now(),
            )
        taxes = self.product_id.sudo().taxes_id  # as the customer
        return self._get_untaxed(
            price, taxes._filter_taxes_by_company(order.company_id)
        )

    def _get_sellers(self):
        """Return whose authority counts: the salesperson's, and those of the colleagues
        who made and last wrote the line, so that nobody gains by naming another one."""
        writers = (self.create_uid | self.write_uid) or self.env.user
        sellers = self.order_id.user_id | writers.filtered(
            lambda user: not user.share and not user._is_superuser()
        )
        return list(sellers) or [sellers]

    @api.model_create_multi
    def create(self, vals_list):
        """Add nothing to what is being approved, nor to orders what would need it."""
        lines = super().create([_drop_related(vals) for vals in vals_list])
        lines.order_id._check_not_in_approval()
        lines._check_confirmed({})
        return lines

    def write(self, vals):
        """A line is not moved into an order that the person does not reach, nor changed
        while it is being approved or below what its salesperson may give."""
        vals = _drop_related(vals)
        if APPROVED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self.order_id._check_not_in_approval()
        before = {line: line._get_terms() for line in self}
        result = super().write(vals)
        if "order_id" in vals:
            before = {}  # they are new to this order
            self.check_access("write")
            self.order_id._check_not_in_approval()
        self._check_confirmed(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_approval(self):
        self.order_id._check_not_in_approval()

    def _get_terms(self):
        return {
            "product": self.product_id,
            "price": self._get_net_price(),
            "amount": self._get_amount(),
            "is_below": self.is_below_authority,
            "floor": self.price_floor,
            "is_order_below": self.order_id.is_below_authority,
            "is_custom_made": self.is_custom_made,
        }

    def _check_confirmed(self, before):
        """Refuse in confirmed orders what would have needed an approval before.

        :param dict before: `_get_terms` of lines that were there
        :raise UserError: if there is such a thing
        """
        if self.env.su:  # costs passed on, rewards: no person's price
            return
        for line in self.filtered(lambda line: line.order_id.state == "sale"):
            old = before.get(line)
            if line._is_lowered(old):
                raise UserError(
                    self.env._(
                        "With this, “%(line)s” brings prices below what the "
                        "salesperson may give. Cancel the order, set it back to a "
                        "quotation, and request the approval.",
                        line=line.name,
                    )
                )
            if line._is_newly_custom_made(old):
                raise UserError(
                    self.env._(
                        "%(line)s is custom-made: cancel the order, set it back to a "
                        "quotation, and request the review of the order.",
                        line=line.name,
                    )
                )

    def _is_lowered(self, old):
        """Return whether the line or its order got below what the salesperson may give.

        :param old: `_get_terms` before, None for a new line
        """
        new = self._get_terms()
        is_same = old and old["product"] == new["product"]
        is_lower = self.is_below_authority and not (
            is_same
            and old["is_below"]
            and new["price"] >= old["price"]
            and new["floor"] <= old["floor"]
        )
        is_more_off = new["amount"] < 0 and not (
            is_same and new["amount"] >= old["amount"]
        )
        return is_lower or (
            new["is_order_below"]
            and (is_more_off or (old and not old["is_order_below"]))
        )

    def _is_newly_custom_made(self, old):
        is_custom_made = self.is_custom_made or self.product_id.is_custom_made
        return is_custom_made and not (
            old and old["product"] == self.product_id and old["is_custom_made"]
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
            granted = customer._get_granted_discount()
            if granted > 0:  # the price list may ask for more, as a negative discount
                line.discount = max(line.discount, granted)
        return result


def _drop_related(vals):
    return {name: vals[name] for name in vals if name not in RELATED_FIELDS}
