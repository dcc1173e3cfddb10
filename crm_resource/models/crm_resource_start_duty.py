from odoo import api, fields, models

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """Customers who are about to be lost, and whom to get in touch with."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "churn",
                "sequence": 42,
                "title": self.env._("About to Be Lost"),
                "icon": "fa-exclamation-triangle",
                "empty": self.env._("None of your customers is about to be lost."),
                "method": "_get_churn",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_churn_action",
            },
            {
                "key": "follow_ups",
                "sequence": 45,
                "title": self.env._("To Be Followed Up"),
                "icon": "fa-phone",
                "empty": self.env._("You got in touch with everybody."),
                "method": "_get_follow_ups",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_follow_up_action",
            },
        ]

    def _get_churn(self):
        cases = self.env["crm.resource.churn"].search_fetch(
            [("user_id", "=", self.env.uid), ("state", "=", "open")],
            ["cause", "date", "partner_id"],
            order="date desc, id desc",
            limit=LIMIT + 1,
        )
        causes = dict(cases._fields["cause"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "id": case.id,
                    "model": "crm.resource.churn",
                    "title": case.partner_id.name,
                    "text": causes[case.cause],
                    "date": fields.Date.to_string(case.date),
                    "is_day": True,
                    "tone": "warning",
                    "partner_id": case.partner_id.id,
                }
                for case in cases
            ]
        }

    def _get_follow_ups(self):
        today = fields.Date.context_today(self)
        duties = self.env["crm.resource.follow.up"].search_fetch(
            [("user_id", "=", self.env.uid)],
            ["date_due", "kind", "lead_id", "name", "partner_id"],
            limit=LIMIT + 1,
        )
        kinds = dict(duties._fields["kind"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "id": duty.id,
                    "model": "crm.lead" if duty.lead_id else "res.partner",
                    "res_id": duty.lead_id.id or duty.partner_id.id,
                    "title": duty.name,
                    "text": kinds[duty.kind],
                    "date": fields.Date.to_string(duty.date_due),
                    "is_day": True,
                    "tone": "danger" if duty.date_due < today else "warning",
                    "partner_id": not duty.lead_id and duty.partner_id.id,
                }
                for duty in duties
            ]
        }
