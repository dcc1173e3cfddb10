from odoo import api, models
from odoo.tools import SQL


class CrmResourceRecallRule(models.Model):
    """Where the company says so, what is still striven for keeps the customer."""

    _inherit = "crm.resource.recall.rule"

    @api.model
    def _get_recall_holds(self):
        return [
            *super()._get_recall_holds(),
            SQL(
                """
                SELECT forecast.partner_id, MAX(forecast.date_expected) AS date
                  FROM crm_resource_forecast forecast
                  JOIN res_company company ON company.id = forecast.company_id
                 WHERE forecast.state = 'striving' AND company.crm_forecast_holds
                 GROUP BY forecast.partner_id
                """
            ),
        ]
