from odoo import api, fields, models
from odoo.fields import Domain

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """Whom a person visits today."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "visits",
                "sequence": 15,
                "title": self.env._("Visits Today"),
                "icon": "fa-handshake-o",
                "empty": self.env._("No visits today."),
                "method": "_get_visits",
                "groups": "sales_team.group_sale_salesman,crm_resource.group_reviewer",
                "action": "crm_resource.crm_resource_visit_action",
            },
        ]

    def _get_visits(self):
        begin, end = self._get_day_span()
        visits = self.env["crm.resource.visit"]
        visits = visits.search_fetch(
            visits._get_mine_domain()
            & Domain("state", "in", ("planned", "checked_in", "done"))
            & Domain("date_end", ">=", begin)
            & Domain("date_start", "<", end),
            ["date_start", "partner_id", "state", "subject", "type_id"],
            order="date_start, id",
            limit=LIMIT + 1,
        )
        tones = {"checked_in": "warning", "done": "success"}
        return {
            "rows": [
                {
                    "id": visit.id,
                    "model": "crm.resource.visit",
                    # whoever sees the visit sees whom it is about
                    # whoever sees the visit sees whom it is about
                    "title": visit.sudo().partner_id.name,
                    "text": visit.subject or visit.type_id.name,
                    "icon": visit.type_id.icon,
                    "date": fields.Datetime.to_string(visit.date_start),
                    "is_time": True,
                    "tone": tones.get(visit.state, False),
                    # as above
                    "partner_id": visit.sudo().partner_id.id,
                }
                for visit in visits
            ]
        }
