from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Where invoices are the sales, a customer who is billed is lost no more."""
        posted = super()._post(soft)
        # whoever posts need not read what the jobs know of the customer
        posted.sudo()._follow_sales("invoice")
        return posted

    def _follow_sales(self, basis):
        """Let the customers follow where documents of this kind count as sales."""
        counted = self.filtered(
            lambda move: (
                move.is_sale_document(include_receipts=True)
                and move.company_id.crm_sales_basis == basis
            )
        )
        customers = counted.commercial_partner_id
        if customers:
            customers._follow_sale()
