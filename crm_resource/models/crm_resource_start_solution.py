from odoo import api, fields, models
from odoo.fields import Domain

from .crm_resource_start import LIMIT

# how long a customer may think before one asks
DAYS = 7


class CrmResourceStart(models.AbstractModel):
    """Solutions that a person proposed, and that nobody has answered."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "solutions",
                "sequence": 59,
                "title": self.env._("Solutions Without an Answer"),
                "icon": "fa-lightbulb-o",
                "empty": self.env._("Every solution you proposed was answered."),
                "method": "_get_solutions",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_solution_action",
            },
        ]

    def _get_solutions(self):
        today = fields.Date.context_today(self)
        solutions = self.env["crm.resource.solution"].search_fetch(
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "proposed")
            & Domain("date_proposed", "<=", fields.Date.subtract(today, days=DAYS)),
            ["date_proposed", "name", "partner_id", "subject", "version"],
            order="date_proposed, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": solution.id,
                    "model": "crm.resource.solution",
                    "title": solution.display_name,
                    # whoever sees the solution sees whom it is about
                    "text": solution.sudo().partner_id.name,
                    "date": fields.Date.to_string(solution.date_proposed),
                    "tone": False,
                    # as above
                    "partner_id": solution.sudo().partner_id.id,
                }
                for solution in solutions
            ]
        }
