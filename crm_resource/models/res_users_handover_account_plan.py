from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    """Account plans that are not closed pass when a person hands over."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "account_plan",
                self.env._("Account Plans"),
                "crm.resource.account.plan",
                Domain("state", "!=", "closed"),
                team="team_id",
            ),
        ]
