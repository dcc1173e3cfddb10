from odoo import api, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "crm.resource.document.mixin",
        "crm.resource.gate.mixin",
    ]

    _reach_partners = ("partner_id", "partner_invoice_id", "partner_shipping_id")
    _gate_state = "sale"
    _gate_setting = "crm_gate_order"

    @api.model_create_multi
    def create(self, vals_list):
        """Enrol those who are quoted for the first time, where the settings say so."""
        orders = super().create(vals_list)
        orders.filtered("company_id.crm_enrol_on_quotation")._enrol_customers()
        return orders

    def _enrol_customers(self):
        # the rule enrols, not the person who writes the quotation
        self.sudo().partner_id.action_enrol_customer()

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
                note=order._get_gate_message(),
            )
