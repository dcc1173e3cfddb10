from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    """Campaigns and activities to come pass with the rest."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        none = self.env["res.partner"]
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "campaign",
                self.env._("Campaigns"),
                "utm.campaign",
                Domain("crm_number", "!=", False) & Domain("active", "=", True),
                get_partners=lambda campaigns: dict.fromkeys(campaigns, none),
            ),
            HandoverKind(
                "activity_event",
                self.env._("Activities for Customers"),
                "event.event",
                Domain("date_end", ">=", "now") & Domain("active", "=", True),
                get_partners=lambda events: dict.fromkeys(events, none),
            ),
        ]
