from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """What a person should have signed by now, or this month."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "forecasts",
                "sequence": 58,
                "title": self.env._("Forecasts of This Month"),
                "icon": "fa-bullseye",
                "empty": self.env._("Nothing is expected to be signed this month."),
                "method": "_get_forecasts",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_forecast_action",
            },
        ]

    def _get_forecasts(self):
        today = fields.Date.context_today(self)
        end = fields.Date.end_of(today, "month")
        forecasts = self.env["crm.resource.forecast"].search_fetch(
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "striving")
            & Domain("date_expected", "<=", end),
            ["amount", "currency_id", "date_expected", "name", "partner_id", "subject"],
            order="date_expected, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": forecast.id,
                    "model": "crm.resource.forecast",
                    # whoever sees the forecast sees whom it is about
                    "title": forecast.sudo().partner_id.name,
                    "text": " · ".join(
                        filter(
                            None,
                            [
                                forecast.subject,
                                format_amount(
                                    self.env, forecast.amount, forecast.currency_id
                                ),
                            ],
                        )
                    ),
                    "date": fields.Date.to_string(forecast.date_expected),
                    "tone": "danger" if forecast.date_expected < today else False,
                    # as above
                    "partner_id": forecast.sudo().partner_id.id,
                }
                for forecast in forecasts
            ]
        }
