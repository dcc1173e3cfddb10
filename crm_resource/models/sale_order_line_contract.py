from odoo import models


class SaleOrderLine(models.Model):
    """What is invoiced of an order is invoiced of its contract."""

    _inherit = "sale.order.line"

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        # the invoice is the contract's, whoever makes it
        if contract := self.sudo().order_id.crm_contract_id:
            values["crm_contract_id"] = contract.id
        return values
