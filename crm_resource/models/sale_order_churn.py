from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        """A customer who buys is lost no more, and a prospect no more."""
        result = super().action_confirm()
        # whoever confirms need not read what the jobs know of the customer
        orders = self.sudo().filtered(lambda order: order.state == "sale")
        orders.partner_id.commercial_partner_id._follow_sale()
        return result
