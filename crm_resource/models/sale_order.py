from odoo import api, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.resource.document.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        """Enrol those who are quoted for the first time, where the settings say so."""
        orders = super().create(vals_list)
        orders.filtered("company_id.crm_enrol_on_quotation")._enrol_customers()
        return orders

    def _enrol_customers(self):
        # the rule enrols, not the person who writes the quotation
        self.sudo().partner_id.action_enrol_customer()
