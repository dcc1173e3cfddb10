from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def unlink(self):
        """Snapshots of forecasts forget them."""
        self.env["crm.resource.forecast.snapshot.line"]._forget("product_id", self)
        return super().unlink()
