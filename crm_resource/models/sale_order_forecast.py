from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """Quotations that forecasts led to, and orders that sign them."""

    _inherit = "sale.order"

    forecast_id = fields.Many2one(
        "crm.resource.forecast",
        domain="[('partner_id', 'parent_of', partner_id), ('state', '=', 'striving')]",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        check_company=True,
        groups="sales_team.group_sale_salesman,crm_resource.group_executive",
        help="Confirming the order signs it.",
    )

    @api.constrains("forecast_id", "partner_id")
    def _check_forecast(self):
        for order in self:
            # of which customer it is does not depend on who asks
            forecast = order.sudo().forecast_id
            customer = order.sudo().partner_id.commercial_partner_id
            if forecast and forecast.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(forecast)s is no forecast of %(customer)s: choose one of "
                        "his.",
                        forecast=forecast.name,
                        customer=customer.name,
                    )
                )

    def _action_confirm(self):
        """The forecast that led to an order is signed with it."""
        result = super()._action_confirm()
        # whoever confirms signs what the quotation was made of
        for order in self.sudo():
            if order.forecast_id.state == "striving":
                order.forecast_id._sign(order)
        return result

    def _action_cancel(self):
        """What an order signed is open again, unless its opportunity is won."""
        signed = self.env["crm.resource.forecast"].sudo()  # whoever cancels unsigns
        signed = signed.search([("order_id", "in", self.ids)])
        result = super()._action_cancel()
        won = signed.filtered(lambda forecast: forecast.lead_id.won_status == "won")
        won.write({"order_id": False})
        (signed - won)._reopen()
        return result
