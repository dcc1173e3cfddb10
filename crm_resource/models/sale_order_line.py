from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """A line is not moved into an order that the person does not reach."""
        result = super().write(vals)
        if "order_id" in vals:
            self.check_access("write")
        return result

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
