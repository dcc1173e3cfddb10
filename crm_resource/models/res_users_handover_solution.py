from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    """Solutions that are not decided pass when a person hands over."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "solution",
                self.env._("Requirement Solutions"),
                "crm.resource.solution",
                Domain("state", "in", ("draft", "proposed")),
                team="team_id",
            ),
        ]
