from odoo import models


class AccountPaymentRegister(models.TransientModel):
    """What is paid of a contract's invoices is paid for the contract."""

    _inherit = "account.payment.register"

    def _create_payment_vals_from_wizard(self, batch_result):
        values = super()._create_payment_vals_from_wizard(batch_result)
        return {**values, **self._get_contract_values(batch_result)}

    def _create_payment_vals_from_batch(self, batch_result):
        values = super()._create_payment_vals_from_batch(batch_result)
        return {**values, **self._get_contract_values(batch_result)}

    def _get_contract_values(self, batch_result):
        contracts = batch_result["lines"].crm_contract_id
        return {"crm_contract_id": contracts.id} if len(contracts) == 1 else {}
