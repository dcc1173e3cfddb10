from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Steps of development plans in what there was with a customer."""

    _inherit = "res.partner"

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "plan_step",
                "label": self.env._("Steps of Development Plans"),
                "icon": "fa-tasks",
                "caption": self.env._("Step"),
                "model": "crm.resource.plan.step",
                "date_field": "date_done",
                "partner_field": "partner_id",
                "title_field": "name",
                "text_field": "effect",
                "user_field": "user_id",
                "domain": Domain("state", "=", "done"),
            },
        ]
