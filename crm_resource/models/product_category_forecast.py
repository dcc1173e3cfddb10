from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    def unlink(self):
        """Snapshots of forecasts forget them."""
        self.env["crm.resource.forecast.snapshot.line"]._forget("categ_id", self)
        return super().unlink()
