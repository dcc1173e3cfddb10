from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    """Steps that are still to be taken pass when a person hands over."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "plan_step",
                self.env._("Steps of Development Plans"),
                "crm.resource.plan.step",
                Domain("state", "=", "planned"),
            ),
        ]
