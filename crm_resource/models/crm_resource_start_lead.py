from odoo import api, models

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """Opportunities that wait for a leader to say whose they are."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        blocks = super()._get_start_blocks()
        if not (
            self.env.company.crm_is_lead_assigned
            and self.env["crm.team"]._is_allocator()
        ):
            return blocks
        return [
            *blocks,
            {
                "key": "to_assign",
                "sequence": 38,
                "title": self.env._("Opportunities to Assign"),
                "icon": "fa-user-plus",
                "empty": self.env._("Every opportunity has its salesperson."),
                "method": "_get_to_assign",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_lead_action_assign",
            },
        ]

    def _get_to_assign(self):
        leads = self.env["crm.lead"].search_fetch(
            [
                ("type", "=", "opportunity"),
                ("assignment_state", "=", "unassigned"),
                ("won_status", "=", "pending"),
            ],
            ["create_date", "name", "partner_id", "user_id"],
            order="id desc",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": lead.id,
                    "model": "crm.lead",
                    "title": lead.name,
                    "text": lead.user_id.name or "",
                    "date": lead.create_date.date().isoformat(),
                    "is_day": True,
                    "tone": "warning",
                    "partner_id": lead.partner_id.id,
                }
                for lead in leads
            ]
        }
