from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        """Somebody else answers for survey rounds that are not over, too."""
        none = self.env["res.partner"]
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "survey_round",
                self.env._("Survey Rounds"),
                "crm.resource.survey.round",
                Domain("state", "!=", "closed"),
                get_partners=lambda rounds: dict.fromkeys(rounds, none),
            ),
        ]
