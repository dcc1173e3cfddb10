from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        """Somebody else answers for web forms, too."""
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "web_form",
                self.env._("Web Forms"),
                "crm.resource.web.form",
                Domain("active", "=", True),
                # they belong to no customer
                get_partners=lambda forms: dict.fromkeys(
                    forms, forms.env["res.partner"]
                ),
            ),
        ]
