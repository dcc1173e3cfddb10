from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def unlink(self):
        """Snapshots of forecasts forget them."""
        self.env["crm.resource.forecast.snapshot.line"]._forget("team_id", self)
        return super().unlink()
