from odoo import api, models


class CrmResourceDetailMixin(models.AbstractModel):
    """Something that people edit on a customer's page as if it were a field of his: who
    may not edit the customer as he stands, edits nothing of it."""

    _name = "crm.resource.detail.mixin"
    _description = "Detail of a Customer"

    @api.model_create_multi
    def create(self, vals_list):
        """Check the customer, too."""
        details = super().create(vals_list)
        details.partner_id._check_customer_editable()
        return details

    def write(self, vals):
        """Check the customer that it leaves, and the one that it comes to."""
        self.partner_id._check_customer_editable()
        result = super().write(vals)
        if "partner_id" in vals:
            self.partner_id._check_customer_editable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_not_editable(self):
        self.partner_id._check_customer_editable()
