from odoo import api, models
from odoo.tools import SQL

# evaluations of a day above which the nightly job ranks instead of each person
RANKED_AT_ONCE = 1000


class CrmResourceEvaluationScheme(models.Model):
    """Totals, grades, ranks, and which evaluation is the latest."""

    _inherit = "crm.resource.evaluation.scheme"

    def _finish(self, ids):
        """Add up the scores of evaluations of which all is filled in."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_resource_evaluation evaluation
                   SET state = 'done', total = rated.total, grade_id = %(grade)s,
                       date_done = %(today)s, evaluation_before_id = before.id,
                       trend = rated.total - before.total
                  FROM (
                        SELECT score.evaluation_id,
                               ROUND(SUM(score.weight * score.points)
                                     / SUM(score.weight), 2) AS total
                          FROM crm_resource_evaluation_score score
                         WHERE score.evaluation_id = ANY(%(ids)s)
                         GROUP BY score.evaluation_id
                        HAVING BOOL_AND(score.is_given)
                       ) rated
                  JOIN crm_resource_evaluation own ON own.id = rated.evaluation_id
                  JOIN res_partner partner ON partner.id = own.partner_id
                  JOIN res_partner customer
                    ON customer.id = partner.commercial_partner_id
                  LEFT JOIN LATERAL (
                        SELECT other.id, other.total
                          FROM crm_resource_evaluation other
                         WHERE other.scheme_id = own.scheme_id
                           AND other.partner_id = own.partner_id
                           AND other.date < own.date AND other.date_done IS NOT NULL
                           -- a trend would tell of a past that is hidden
                           AND (customer.date_hidden_before IS NULL
                                OR other.date >= customer.date_hidden_before::date)
                         ORDER BY other.date DESC
                         LIMIT 1
                       ) before ON TRUE
                 WHERE evaluation.id = rated.evaluation_id
             RETURNING evaluation.partner_id, evaluation.date
                """,
                grade=self._get_grade_case(),
                today=self._get_today(),
                ids=ids,
            )
        )
        self.env.invalidate_all(flush=False)
        self._refresh_latest(
            self.env["res.partner"].browse({partner for partner, _date in rows})
        )
        for date in {date for _partner, date in rows}:
            if len(ids) > 1 or self._count_run(date) <= RANKED_AT_ONCE:
                self._rank_run(date)

    def _get_grade_case(self):
        """Return the expression of the grade of a total."""
        grades = self._get_grades_downwards()
        if not grades:
            return SQL("NULL::integer")
        return SQL(
            "CASE %s ELSE %s END",
            SQL(" ").join(
                SQL("WHEN rated.total >= %s THEN %s", str(grade.limit_from), grade.id)
                for grade in grades
            ),
            grades[-1].id,
        )

    def _refresh_latest(self, partners):
        """Mark the latest evaluation of partners that is done."""
        self.env.flush_all()
        # two statements: no partner has two latest ones in between
        for is_latest in (False, True):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_resource_evaluation evaluation SET is_latest = %(mark)s
                      FROM (
                            SELECT id, date_done IS NOT NULL AND date = MAX(date)
                                       FILTER (WHERE date_done IS NOT NULL)
                                       OVER (PARTITION BY partner_id) AS is_newest
                              FROM crm_resource_evaluation
                             WHERE scheme_id = %(scheme)s
                               AND partner_id = ANY(%(partners)s)
                           ) own
                     WHERE own.id = evaluation.id
                       AND COALESCE(own.is_newest, FALSE) = %(mark)s
                       AND evaluation.is_latest IS DISTINCT FROM %(mark)s
                    """,
                    mark=is_latest,
                    scheme=self.id,
                    partners=partners.ids,
                )
            )
        self.env.invalidate_all(flush=False)

    def _count_run(self, date):
        return self.env["crm.resource.evaluation"].search_count(
            [("scheme_id", "=", self.id), ("date", "=", date)],
            limit=RANKED_AT_ONCE + 1,
        )

    def _rank_run(self, date):
        """Rank what was evaluated on a day and is done."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_evaluation evaluation SET rank = ranked.place
                  FROM (
                        SELECT id, RANK() OVER (ORDER BY total DESC) AS place
                          FROM crm_resource_evaluation
                         WHERE scheme_id = %s AND date = %s AND date_done IS NOT NULL
                       ) ranked
                 WHERE ranked.id = evaluation.id
                   AND evaluation.rank IS DISTINCT FROM ranked.place
                """,
                self.id,
                date,
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _rank_left(self):
        """Rank the large runs of which people finished some since."""
        runs = self.env["crm.resource.evaluation"]._read_group(
            [("date_done", "!=", False), ("rank", "=", 0)], ["scheme_id", "date:day"]
        )
        for scheme, date in runs:
            scheme._rank_run(date)
