from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_survey_answer import NPS_GROUPS


class CrmResourceSatisfaction(models.Model):
    """How satisfied a customer is, by his answers; without a score there is no row.
    Only code writes here."""

    _name = "crm.resource.satisfaction"
    _description = "Satisfaction of a Customer"
    _inherit = "crm.resource.past.mixin"
    _past_dates = ("date_first",)
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    date_first = fields.Date(string="First Answer", readonly=True)
    date_last = fields.Date(string="Last Answer", readonly=True)
    answer_count = fields.Integer(string="Answers", readonly=True)
    score = fields.Float(
        string="Last Score (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    score_previous = fields.Float(
        string="Previous Score (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    score_average = fields.Float(
        string="Average Score (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    trend = fields.Selection(
        [("up", "Better"), ("same", "As before"), ("down", "Worse")], readonly=True
    )
    group = fields.Selection(NPS_GROUPS, string="NPS Group", readonly=True)

    _partner_unique = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A customer has one satisfaction a company."
    )

    @api.model
    def _refresh(self, customers):
        """Compute the satisfaction of some customers anew, in one statement."""
        if not customers:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT answer.*, ROW_NUMBER() OVER (
                               PARTITION BY customer_id, company_id, is_scored
                               ORDER BY date DESC, id DESC) AS place,
                           ROW_NUMBER() OVER (
                               PARTITION BY customer_id, company_id, is_nps
                               ORDER BY date DESC, id DESC) AS place_nps
                      FROM crm_resource_survey_answer answer
                     WHERE customer_id = ANY(%(customers)s)
                ), fresh AS (
                    SELECT customer_id, company_id, MIN(date) AS date_first,
                           MAX(date) AS date_last, COUNT(*) AS answer_count,
                           MAX(score) FILTER (WHERE is_scored AND place = 1) AS score,
                           MAX(score) FILTER (WHERE is_scored AND place = 2)
                               AS score_previous,
                           AVG(score) FILTER (WHERE is_scored) AS score_average,
                           MAX("group") FILTER (WHERE is_nps AND place_nps = 1)
                               AS "group"
                      FROM ranked
                     GROUP BY customer_id, company_id
                    HAVING COUNT(*) FILTER (WHERE is_scored) > 0
                ), gone AS (
                    DELETE FROM crm_resource_satisfaction old
                     WHERE old.partner_id = ANY(%(customers)s)
                       AND NOT EXISTS (
                           SELECT FROM fresh
                            WHERE fresh.customer_id = old.partner_id
                              AND fresh.company_id = old.company_id)
                )
                INSERT INTO crm_resource_satisfaction (
                    partner_id, company_id, date_first, date_last, answer_count, score,
                    score_previous, score_average, "group", trend
                )
                SELECT fresh.*, CASE SIGN(score - score_previous)
                                WHEN 1 THEN 'up' WHEN 0 THEN 'same' WHEN -1 THEN 'down'
                                END
                  FROM fresh
                ON CONFLICT (partner_id, company_id) DO UPDATE SET (
                    date_first, date_last, answer_count, score, score_previous,
                    score_average, "group", trend
                ) = ROW(
                    EXCLUDED.date_first, EXCLUDED.date_last, EXCLUDED.answer_count,
                    EXCLUDED.score, EXCLUDED.score_previous, EXCLUDED.score_average,
                    EXCLUDED."group", EXCLUDED.trend)
                """,
                customers=customers.ids,
            )
        )
        self.invalidate_model()
        customers.invalidate_recordset(["satisfaction_ids"])
