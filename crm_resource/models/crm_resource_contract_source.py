from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceContract(models.Model):
    """What contracts come from, and what their signature closes."""

    _inherit = "crm.resource.contract"

    @api.constrains("forecast_id", "partner_id")
    def _check_forecast(self):
        for contract in self:
            # of which customer it is does not depend on who asks
            forecast = contract.sudo().forecast_id
            if forecast and forecast.partner_id != contract.sudo().partner_id:
                raise ValidationError(
                    self.env._(
                        "%(forecast)s is no forecast of %(customer)s: choose one of "
                        "his.",
                        forecast=forecast.name,
                        customer=contract.partner_id.name,
                    )
                )

    def _sign(self):
        """The forecast that led to a contract is signed with it."""
        result = super()._sign()
        # whoever signs the contract signs what led to it
        for contract in self.sudo():
            if contract.forecast_id.state == "striving":
                contract.forecast_id._sign(contract)
        return result

    @api.model
    def _prepare_from_order(self, order):
        """Return the values of a contract with the lines of an order."""
        # who makes the contract reads the order
        customer = order.sudo().partner_id.commercial_partner_id
        return {
            "subject": order.client_order_ref or order.name,
            "partner_id": customer.id,
            "contact_id": order.partner_id.id
            if order.partner_id != customer
            else False,
            "partner_invoice_id": order.partner_invoice_id.id,
            "company_id": order.company_id.id,
            "user_id": (order.user_id or self.env.user).id,
            "team_id": order.team_id.id,
            "lead_id": order.opportunity_id.id,
            "forecast_id": order.forecast_id.id,
            "pricelist_id": order.pricelist_id.id,
            "currency_id": order.currency_id.id,
            "fiscal_position_id": order.fiscal_position_id.id,
            "payment_term_id": order.payment_term_id.id,
            "reference": order.client_order_ref,
            "line_ids": [
                fields.Command.create(
                    {
                        "product_id": line.product_id.id,
                        "name": line.name,
                        "quantity": line.product_uom_qty,
                        "product_uom_id": line.product_uom_id.id,
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                        "tax_ids": [fields.Command.set(line.tax_ids.ids)],
                        "sequence": line.sequence,
                        "order_line_id": line.id,
                    }
                )
                for line in order.order_line
                if not line.display_type and not line.is_downpayment
            ],
        }
