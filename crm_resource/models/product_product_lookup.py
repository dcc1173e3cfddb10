from odoo import models


class ProductProduct(models.Model):
    """What a salesperson looks up of a product."""

    _inherit = "product.product"

    def _lookup(self, customer):
        """Return the action that opens past orders, papers and stock of the product.

        :param customer: `res.partner` whose prices and orders are shown
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "crm.resource.product.lookup",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_product_id": self.id,
                "default_partner_id": customer.id,
            },
        }
