from odoo import api, fields, models
from odoo.exceptions import UserError

# what the approval of an order is about, besides its lines
APPROVED_FIELDS = {
    "company_id",
    "currency_id",
    "partner_id",
    "partner_invoice_id",
    "pricelist_id",
    "user_id",
}
LOCKED_FIELDS = APPROVED_FIELDS | {"order_line"}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "crm.resource.document.mixin",
        "crm.resource.gate.mixin",
        "crm.resource.approval.mixin",
    ]

    _reach_partners = ("partner_id", "partner_invoice_id", "partner_shipping_id")
    _gate_state = "sale"
    _gate_setting = "crm_gate_order"
    _gate_fields = LOCKED_FIELDS
    _state_from = ["draft", "sent"]
    _state_to = ["sale"]
    _tier_validation_buttons_xpath = (
        "/form/header/button[@name='action_confirm'][last()]"
    )

    is_below_authority = fields.Boolean(
        string="Below the Salesperson's Authority",
        compute="_compute_is_below_authority",
    )
    is_custom_made = fields.Boolean(
        string="Custom-Made", compute="_compute_is_custom_made"
    )

    @api.depends("order_line.is_below_authority", "order_line.price_floor")
    def _compute_is_below_authority(self):
        for order in self:
            lines = order.order_line.filtered(lambda line: not line.display_type)
            order.is_below_authority = any(
                line.is_below_authority for line in lines
            ) or order._is_total_below(lines)

    def _is_total_below(self, lines):
        """Return whether negative lines, as of a discount on the whole, bring the goods
        below what their salesperson may give."""
        amounts = [line._get_amount() for line in lines]
        floor = sum(line.price_floor * max(line._get_quantity(), 0) for line in lines)
        return (
            floor > 0
            and min(amounts) < 0
            and self.currency_id.compare_amounts(sum(amounts), floor) < 0
        )

    @api.depends("order_line.is_custom_made", "order_line.product_id")
    def _compute_is_custom_made(self):
        for order in self:
            order.is_custom_made = any(
                line.is_custom_made or line.product_id.is_custom_made
                for line in order.order_line
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Enrol those who are quoted for the first time, where the settings say so."""
        orders = super().create(vals_list)
        orders.filtered("company_id.crm_enrol_on_quotation")._enrol_customers()
        return orders

    def write(self, vals):
        """Confirmed orders do not get other terms that would have needed approval."""
        if self.env.su or APPROVED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        within = self.filtered(lambda o: o.state == "sale" and not o.is_below_authority)
        result = super().write(vals)
        for order in within:
            if order.is_below_authority:
                raise UserError(
                    self.env._(
                        "With this, prices of %(order)s are below what its salesperson "
                        "may give. Cancel the order, set it back to a quotation, and "
                        "request the approval.",
                        order=order.name,
                    )
                )
        return result

    def _get_gate_partners(self):
        # whoever gets the bill is a customer, too; as in the mixin
        return super()._get_gate_partners() | self.sudo().partner_invoice_id

    def _enrol_customers(self):
        # the rule enrols, not the person who writes the quotation
        self.sudo().partner_id._enrol_by_rule()

    def _compute_attendee_count(self):
        """Let accountants and executives, who approve and read orders, open those of
        events, too."""
        if self.env["event.registration"].has_access("read"):
            return super()._compute_attendee_count()
        self.attendee_count = 0

    def _has_to_be_signed(self):
        """Ask for no signature that would confirm nothing."""
        return super()._has_to_be_signed() and not self._is_gate_shut()

    def _has_to_be_paid(self):
        """Ask for no payment while the order cannot be confirmed."""
        return super()._has_to_be_paid() and not self._is_gate_shut()

    def _wait_with_payment(self):
        """Keep quotations that were paid though the gate is shut, and have somebody see
        to them."""
        self.filtered(lambda order: order.state == "draft").state = "sent"
        for order in self:
            customer = order.partner_id.commercial_partner_id
            person = order.company_id.crm_review_user_id or order.user_id
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(person or customer.user_id or self.env.user).id,
                summary=self.env._("Paid, but not confirmed"),
                note=order._get_refusal(),
            )

    # ------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------

    @api.depends("is_below_authority", "is_custom_made", "state")
    def _compute_approval_message(self):
        confirmed = self.filtered(lambda order: not order._is_before_gate())
        confirmed.approval_message = False
        return super(SaleOrder, self - confirmed)._compute_approval_message()

    def _get_refusal(self):
        """An order takes effect with the customer's approval and with its own."""
        return super()._get_refusal() or self._get_approval_message()

    def _get_due_message(self):
        if self.is_below_authority:
            return self.env._(
                "Prices are below what the salesperson may give: request the approval. "
                "If there is no button for it, ask your administrator to define who "
                "approves."
            )
        if self.is_custom_made:
            return self.env._(
                "There are custom-made goods in it: request the review of the order."
            )
        return super()._get_due_message()

    def _is_approval_due(self):
        # also where nobody is named to give it: that opens no door
        due = self.is_below_authority or self.is_custom_made
        return due or super()._is_approval_due()

    def _get_authors(self):
        return super()._get_authors() | (
            self.user_id | self.order_line.create_uid | self.order_line.write_uid
        )

    def _check_allow_write_under_validation(self, vals):
        # what is not approved stays free: signatures, references, delivery
        return APPROVED_FIELDS.isdisjoint(vals)

    def _get_all_validation_exceptions(self):
        # the form locks what is approved, and leaves the rest
        return [name for name in self._fields if name not in LOCKED_FIELDS]

    def _check_not_in_approval(self):
        """Keep what is being approved, or was, as its approvers see it.

        :raise UserError: if an approval of a quotation was requested
        """
        for order in self.filtered("review_ids"):
            if order._is_before_gate():
                raise UserError(
                    self.env._(
                        "The approval of %(order)s was requested: withdraw the request "
                        "to change the order.",
                        order=order.name,
                    )
                )
