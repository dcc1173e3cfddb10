from datetime import date as Date

from odoo import fields, models
from odoo.tools import SQL

from .crm_resource_target_cell_mixin import MEASURES


class CrmResourceTargetReport(models.Model):
    """Targets beside what was achieved, for pivots and charts: one row for each cell
    that has either."""

    _name = "crm.resource.target.report"
    _description = "Targets and Achievement"
    _inherit = "crm.resource.target.cell.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"

    target = fields.Monetary(readonly=True)
    stretch = fields.Monetary(readonly=True)
    achieved = fields.Monetary(readonly=True)
    difference = fields.Monetary(
        readonly=True, help="What was achieved less the target of the whole month."
    )
    is_set = fields.Boolean(string="Target Set", readonly=True)

    _depends = {
        "crm.resource.target": [
            "company_id",
            "date",
            "measure",
            "stretch",
            "target",
            "team_id",
            "user_id",
        ],
        "crm.resource.target.month": ["company_id", "date", "is_closed"],
        "crm.resource.target.result": ["achieved"],
    }

    @property
    def _table_query(self):
        # rules say who sees which rows, whose numbers are the same for everybody;
        # documents are added up for all
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        targets = self.env["crm.resource.target"].sudo()
        [(begin, end)] = self.env.execute_query(
            SQL("SELECT MIN(date), MAX(date) FROM crm_resource_target")
        )
        today = fields.Date.context_today(self)
        begin = min(begin or today, Date(today.year, 1, 1))
        end = max(end or today, Date(today.year, 12, 31))
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (
                       ORDER BY date, company_id, measure, team_id, user_id
                   ) AS id,
                   company_id, team_id, user_id, date, measure,
                   CASE WHEN user_id IS NOT NULL THEN 'person'
                        WHEN team_id IS NOT NULL THEN 'department'
                        ELSE 'company' END AS kind,
                   CASE WHEN measure NOT IN ('customers', 'visits')
                        THEN company.currency_id END AS currency_id,
                   COALESCE(target.target, 0) AS target,
                   COALESCE(target.stretch, 0) AS stretch,
                   COALESCE(node.amount, 0) AS achieved,
                   COALESCE(node.amount, 0) - COALESCE(target.target, 0) AS difference,
                   target.id IS NOT NULL AS is_set
              FROM (
                    SELECT id, company_id, COALESCE(team_id, 0) AS team_key,
                           COALESCE(user_id, 0) AS user_key, date, measure, target,
                           stretch
                      FROM crm_resource_target
                     WHERE company_id = ANY(%(companies)s)
                   ) target
              FULL JOIN (
                    SELECT company_id, COALESCE(team_id, 0) AS team_key,
                           COALESCE(user_id, 0) AS user_key, date, measure, amount
                      FROM (%(nodes)s) result
                   ) node USING (company_id, team_key, user_key, date, measure)
             CROSS JOIN LATERAL (
                    SELECT NULLIF(team_key, 0) AS team_id,
                           NULLIF(user_key, 0) AS user_id
                   ) person
              JOIN res_company company ON company.id = company_id
            """,
            companies=companies.ids,
            nodes=targets._get_result_query(
                [key for key, _label in MEASURES], companies, begin, end
            ),
        )
