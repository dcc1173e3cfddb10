from odoo import api, fields, models
from odoo.fields import Domain

from .crm_resource_start import LIMIT

SOON = 7  # days


class CrmResourceStart(models.AbstractModel):
    """Which steps of development plans a person takes next, and which opportunities of
    his and his people stand still."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "plan_steps",
                "sequence": 28,
                "title": self.env._("Steps of My Plans"),
                "icon": "fa-tasks",
                "empty": self.env._("No step is due within a week."),
                "method": "_get_plan_steps",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_plan_step_action",
            },
            {
                "key": "stuck_leads",
                "sequence": 48,
                "title": self.env._("Opportunities That Stand Still"),
                "icon": "fa-pause-circle-o",
                "empty": self.env._("Everything moves."),
                "method": "_get_stuck_leads",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_lead_action_glance",
            },
        ]

    def _get_plan_steps(self):
        today = fields.Date.context_today(self)
        steps = self.env["crm.resource.plan.step"].search_fetch(
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "planned")
            & Domain("date", "<=", fields.Date.add(today, days=SOON)),
            ["name", "date", "lead_id"],
            order="date, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": step.id,
                    "model": "crm.resource.plan.step",
                    "title": step.name,
                    # whoever sees the step sees what it is for
                    "text": step.sudo().lead_id.name,
                    "date": fields.Date.to_string(step.date),
                    "tone": "danger" if step.date < today else False,
                }
                for step in steps
            ]
        }

    def _get_stuck_leads(self):
        leads = self.env["crm.lead"]
        people = self.env["crm.team"]._get_led_members() | self.env.user
        stuck = leads.search_fetch(
            Domain("user_id", "in", people.ids) & Domain("is_rotting", "=", True),
            ["name", "date_last_stage_update", "stage_id", "user_id"],
            order="date_last_stage_update, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": lead.id,
                    "model": "crm.lead",
                    "title": lead.name,
                    "text": f"{lead.stage_id.name} · {lead.user_id.name}",
                    "date": fields.Datetime.to_string(lead.date_last_stage_update),
                    "tone": "warning",
                }
                for lead in stuck
            ]
        }
