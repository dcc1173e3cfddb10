from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Where payments are the sales, a customer who pays is lost no more."""
        partials = super().create(vals_list)
        # whoever reconciles need not read what the jobs know of the customer
        partials.sudo().debit_move_id.move_id._follow_sales("payment")
        return partials
