from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Take the money in any case; quotations that may not be confirmed wait."""
        waiting = self.filtered(
            lambda tx: any(
                order.state in ("draft", "sent") and order._is_gate_shut()
                for order in tx.sale_order_ids
            )
        )
        waiting.sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )._wait_with_payment()
        return super(
            PaymentTransaction, self - waiting
        )._check_amount_and_confirm_order()
