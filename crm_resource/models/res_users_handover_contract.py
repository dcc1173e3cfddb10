from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    """Contracts that are not over pass when a person hands over."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "contract",
                self.env._("Contracts"),
                "crm.resource.contract",
                Domain("state", "not in", ("completed", "terminated")),
                team="team_id",
                is_team_kept=True,
            ),
        ]
