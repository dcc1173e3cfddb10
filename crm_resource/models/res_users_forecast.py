from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def unlink(self):
        """Snapshots of forecasts forget them."""
        self.env["crm.resource.forecast.snapshot.line"]._forget("user_id", self)
        return super().unlink()
