from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    """What is still striven for passes when a person hands over."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "forecast",
                self.env._("Open Forecasts"),
                "crm.resource.forecast",
                Domain("state", "=", "striving"),
                team="team_id",
            ),
        ]
