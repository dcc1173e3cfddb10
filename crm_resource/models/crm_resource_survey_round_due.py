from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmResourceSurveyRound(models.Model):
    """Who is due in a round, who is left out, and why: one statement."""

    _inherit = "crm.resource.survey.round"

    def _get_typed_domain(self):
        domain = super()._get_typed_domain()
        if self.level_ids:
            domain &= Domain("level_id", "in", self.level_ids.ids)
        return domain

    def _get_candidates_query(self):
        """Leave out whoever was asked, or answered, a short time ago."""
        today = self.date_started or self.company_id._get_today()
        intervals = self.interval_ids
        return SQL(
            """
            SELECT candidate.partner_id, candidate.customer_id, candidate.user_id,
                   candidate.team_id, candidate.level_id, candidate.address,
                   CASE WHEN candidate.reason IS NOT NULL THEN candidate.reason
                        WHEN answered.date > %(today)s::date
                                             - COALESCE(spell.days, %(days)s)
                        THEN 'answered'
                        WHEN asked.date > %(asked_after)s THEN 'asked'
                        END AS reason
              FROM (%(candidates)s) candidate
              LEFT JOIN UNNEST(%(levels)s::int4[], %(spells)s::int4[])
                        spell(level_id, days)
                ON spell.level_id = candidate.level_id
              LEFT JOIN (
                        SELECT customer_id, MAX(date) AS date
                          FROM crm_resource_survey_answer
                         WHERE survey_id = %(survey)s AND company_id = %(company)s
                         GROUP BY customer_id
                   ) answered ON answered.customer_id = candidate.customer_id
              LEFT JOIN (
                        SELECT customer_id, MAX(date_sent) AS date
                          FROM crm_resource_survey_line
                         WHERE company_id = %(company)s AND date_sent IS NOT NULL
                           AND date_sent > %(asked_after)s
                         GROUP BY customer_id
                   ) asked ON asked.customer_id = candidate.customer_id
            """,
            candidates=super()._get_candidates_query(),
            today=today,
            days=self.days_answered,
            asked_after=today - timedelta(days=self.days_asked),
            levels=intervals.level_id.ids,
            spells=[spell.days for spell in intervals],
            survey=self.survey_id.id,
            company=self.company_id.id,
        )

    def _list_receivers(self):
        """Freeze who is asked, and who is not."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_resource_survey_line WHERE round_id = %(id)s;
                INSERT INTO crm_resource_survey_line (
                    round_id, company_id, partner_id, customer_id, user_id, team_id,
                    level_id, address, state, reason, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(id)s, %(company)s, partner_id, customer_id, user_id, team_id,
                       level_id, address,
                       CASE WHEN reason IS NULL THEN 'planned' ELSE 'skipped' END,
                       reason, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) target
                """,
                id=self.id,
                company=self.company_id.id,
                query=self._get_target_query(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["crm.resource.survey.line"].invalidate_model()
        self.invalidate_recordset()
