from odoo import api, models
from odoo.tools import SQL


class CrmResourceTarget(models.Model):
    """What is still striven for makes a target's shortage smaller, as likely as it
    is."""

    _inherit = "crm.resource.target"

    @api.model
    def _get_forecast_query(self, companies, date_from, date_to):
        return SQL(
            """
            SELECT company_id, team_id, user_id,
                   DATE_TRUNC('month', date_expected)::date AS date,
                   amount_weighted AS amount
              FROM crm_resource_forecast
             WHERE state = 'striving' AND company_id = ANY(%s)
               AND date_expected BETWEEN %s AND %s
            """,
            companies.ids,
            date_from,
            date_to,
        )
