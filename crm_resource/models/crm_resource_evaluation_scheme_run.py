from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_resource_evaluation_criterion import FIGURES, TRAITS, TYPED

SALES = {"sales", "quantity", "growth", "sales_share", "margin", "margin_share", "days"}
# evaluations of a day above which the nightly job ranks instead of each person
RANKED_AT_ONCE = 1000


class CrmResourceEvaluationScheme(models.Model):
    """How a scheme evaluates any number of partners, in a few statements."""

    _inherit = "crm.resource.evaluation.scheme"

    @api.model
    def _cron_evaluate(self):
        """Nightly: evaluate by every scheme whose day has come, a commit after each.

        A scheme moves on to its next day in the same transaction, and a partner has one
        evaluation a day: a run that was killed begins anew and doubles nothing.
        """
        cron = self.env["ir.cron"]
        due = self.search([("date_next", "!=", False)]).filtered(
            lambda scheme: scheme.date_next <= scheme._get_today()
        )
        self._follow_owners()
        self._rank_left()
        cron._commit_progress(remaining=len(due))
        for left, scheme in zip(range(len(due), 0, -1), due, strict=True):
            date = scheme._get_today()
            if scheme.criterion_ids:
                scheme.criterion_ids._check_scale()
                scheme._plan_activities(scheme._evaluate(date))
            scheme._move_on(date)
            if not cron._commit_progress(1, remaining=left - 1):
                break

    def _move_on(self, date):
        """Set the next day, counted from the one that was planned."""
        day, times = self.date_next, 0
        while self.interval_months and day <= date:
            times += 1
            day = fields.Date.add(self.date_next, months=self.interval_months * times)
        self.date_next = day if self.interval_months else False

    def _evaluate(self, date, partners=None):
        """Evaluate all partners of the scheme as of a day.

        :param partners: limit to these `res.partner` records
        :return: the new `crm.resource.evaluation` records
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_resource_evaluation (
                    scheme_id, target, company_id, partner_id, date, date_from, state,
                    evaluator_id, create_uid, create_date, write_uid, write_date
                )
                SELECT %(scheme)s, %(target)s, %(company)s, partner.id, %(date)s,
                       %(date_from)s, 'draft', %(evaluator)s, %(uid)s, %(now)s,
                       %(uid)s, %(now)s
                  FROM res_partner partner
                 WHERE partner.id IN %(scope)s
                ON CONFLICT (scheme_id, partner_id, date) DO NOTHING
             RETURNING id
                """,
                scheme=self.id,
                target=self.target,
                company=self.company_id.id or None,
                date=date,
                date_from=self._get_windows(date)[0],
                evaluator=self._get_evaluator(),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                scope=self._get_scope(partners),
            )
        )
        ids = [row[0] for row in rows]
        self._score(ids)
        return self.env["crm.resource.evaluation"].browse(ids)

    def _prepare(self, evaluations):
        """Fill in what a run does of evaluations that a person opened."""
        self.ensure_one()
        for evaluation in evaluations:
            evaluation.date = self._get_today()
            evaluation.date_from = self._get_windows(evaluation.date)[0]
            if not evaluation.evaluator_id:
                owner = evaluation.partner_id.user_id
                evaluation.evaluator_id = (
                    owner
                    if self.evaluated_by == "owner" and owner
                    else self.evaluator_ids[:1]
                )

    def _get_evaluator(self):
        """Return the expression of who fills in what is not computed."""
        first = self.evaluator_ids[:1].id or None
        if self.evaluated_by == "owner":
            return SQL("COALESCE(partner.user_id, %s)", first)
        return SQL("%s::integer", first)

    def _get_scope(self, partners=None):
        """Return the sub-query of the ids of the partners to evaluate."""
        domain = self._get_partner_domain()
        if partners is not None:
            domain &= Domain("id", "in", partners.ids)
        # a run evaluates all, whoever starts it
        return self.env["res.partner"].sudo()._search(domain).subselect()

    # ------------------------------------------------------------
    # Scores
    # ------------------------------------------------------------

    def _score(self, ids):
        """Give evaluations of the scheme their scores; those of which nothing is left
        to fill in are done.

        All are of one day.
        """
        self.ensure_one()
        evaluations = self.env["crm.resource.evaluation"].browse(ids)
        if not ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH figure AS MATERIALIZED (%(figures)s)
                INSERT INTO crm_resource_evaluation_score (
                    evaluation_id, criterion_id, sequence, weight, figure, scale_id,
                    points, is_typed, is_given
                )
                SELECT rated.evaluation_id, criterion.id, criterion.sequence,
                       criterion.weight, ROUND(rated.figure, 2), rated.scale_id,
                       CASE WHEN rated.is_typed THEN 0
                            ELSE COALESCE(scale.points, criterion.points_otherwise, 0)
                        END,
                       rated.is_typed, NOT rated.is_typed
                  FROM (%(rated)s) rated
                  JOIN crm_resource_evaluation_criterion criterion
                    ON criterion.id = rated.criterion_id
                  LEFT JOIN crm_resource_evaluation_scale scale
                    ON scale.id = rated.scale_id
                ON CONFLICT (evaluation_id, criterion_id) DO NOTHING
                """,
                figures=self._get_figures(evaluations[0].date, ids),
                rated=SQL(" UNION ALL ").join(
                    self._rate(criterion) for criterion in self.criterion_ids
                ),
            )
        )
        self.env.invalidate_all(flush=False)
        if not self._has_typed():
            self._finish(ids)

    def _rate(self, criterion):
        """Return the SELECT of what evaluations get for a criterion."""
        figure = (
            SQL("figure.%s::numeric", SQL.identifier(criterion.source))
            if criterion.source in FIGURES
            else SQL("NULL")
        )
        return SQL(
            """
            SELECT figure.evaluation_id, %s AS criterion_id, %s AS is_typed,
                   (%s)::numeric AS figure, (%s)::integer AS scale_id FROM figure
            """,
            criterion.id,
            criterion.source in TYPED,
            figure,
            self._get_scale_case(criterion, figure),
        )

    def _get_scale_case(self, criterion, figure):
        """Return the expression of the line of the scale that fits."""
        source, scales = criterion.source, criterion.scale_ids
        if source in TYPED:
            return SQL("NULL")
        if source in FIGURES:
            lowest, *others = scales.sorted("limit_from")
            cases = [
                SQL("WHEN %s >= %s THEN %s", figure, str(scale.limit_from), scale.id)
                for scale in reversed(others)
            ]
            return SQL(
                "CASE WHEN %s IS NULL THEN NULL %s ELSE %s END",
                figure,
                SQL(" ").join(cases),
                lowest.id,
            )
        if source == "region":
            cases = [
                SQL(
                    "WHEN STARTS_WITH(figure.region_path, %s) THEN %s",
                    scale.region_id.parent_path,
                    scale.id,
                )
                # the closest region is the deepest one
                for scale in scales.sorted(
                    lambda scale: scale.region_id.parent_path.count("/"), reverse=True
                )
            ]
        else:
            name = TRAITS[source]
            cases = [
                SQL(
                    "WHEN figure.%s = %s THEN %s",
                    SQL.identifier(name),
                    scale[name].id,
                    scale.id,
                )
                for scale in scales
            ]
        return SQL("CASE %s END", SQL(" ").join(cases))

    def _get_figures(self, date, ids):
        """Return the SELECT of what the criteria ask for, one row for each evaluation.

        Shares are those among all partners of the scheme, also if few are evaluated.
        """
        sources = set(self.criterion_ids.mapped("source"))
        return SQL(
            """
            SELECT evaluation.id AS evaluation_id, figure.*
              FROM (
                    SELECT partner.id AS partner_id, partner.industry_id,
                           region.parent_path AS region_path, standing.level_id,
                           COALESCE(sale.sales, 0) AS sales,
                           COALESCE(sale.quantity, 0) AS quantity,
                           COALESCE(sale.margin, 0) AS margin,
                           COALESCE(bought.purchases, 0) AS purchases,
                           late.delay, %(date)s - sale.date_last AS days,
                           CASE WHEN sale.before > 0
                                THEN (sale.sales - sale.before) * 100 / sale.before
                            END AS growth,
                           %(sales_share)s AS sales_share,
                           %(margin_share)s AS margin_share
                      FROM res_partner partner
                      LEFT JOIN crm_resource_region region
                        ON region.id = partner.region_id
                      LEFT JOIN crm_resource_standing standing
                        ON standing.id = partner.standing_id
                      LEFT JOIN (%(sale)s) sale ON sale.partner_id = partner.id
                      LEFT JOIN (%(delay)s) late ON late.partner_id = partner.id
                      LEFT JOIN (%(bought)s) bought ON bought.partner_id = partner.id
                     WHERE partner.id IN %(scope)s
                   ) figure
              JOIN crm_resource_evaluation evaluation
                ON evaluation.partner_id = figure.partner_id
             WHERE evaluation.id = ANY(%(ids)s)
            """,
            date=date,
            sales_share=self._get_share(SQL("sale.sales")),
            margin_share=self._get_share(SQL("sale.margin")),
            sale=self._get_sale_source(date, sources)
            if sources & SALES
            else _get_nothing("sales", "quantity", "margin", "before", "date_last"),
            delay=self._get_delay_source(date)
            if "delay" in sources
            else _get_nothing("delay"),
            bought=self._get_purchase_source(date)
            if "purchases" in sources
            else _get_nothing("purchases"),
            scope=self._get_scope(),
            ids=ids,
        )

    def _get_share(self, amount):
        """Return the expression of what those with more make of the whole, in percent;
        whoever brings nothing has none."""
        return SQL(
            """
            CASE WHEN %(amount)s > 0
                 THEN (SUM(GREATEST(%(amount)s, 0)) OVER (
                           ORDER BY GREATEST(COALESCE(%(amount)s, 0), 0) DESC)
                       - SUM(GREATEST(%(amount)s, 0)) OVER (
                           PARTITION BY GREATEST(COALESCE(%(amount)s, 0), 0)))
                      * 100 / SUM(GREATEST(%(amount)s, 0)) OVER () END
            """,
            amount=amount,
        )

    def _get_sale_source(self, date, sources):
        """Return the SELECT of the sales of customers in the period and before it."""
        start, start_before = self._get_windows(date)
        begin = start_before if "growth" in sources else start
        sales = self.env["crm.resource.sales"]._get_query(
            # the last purchase may be long ago
            None if "days" in sources else begin,
            date,
            companies=self.company_id or None,
            currency=self.currency_id,
        )
        needs_cost = sources & {"margin", "margin_share"}
        return SQL(
            """
            SELECT sales.partner_id,
                   COALESCE(SUM(sales.amount) FILTER (%(inside)s), 0) AS sales,
                   COALESCE(SUM(sales.quantity) FILTER (%(inside)s), 0) AS quantity,
                   COALESCE(SUM(%(margin)s) FILTER (%(inside)s), 0) AS margin,
                   SUM(sales.amount) FILTER (
                       WHERE sales.date >= %(before)s AND sales.date < %(start)s
                   ) AS before,
                   MAX(sales.date) FILTER (WHERE sales.amount > 0) AS date_last
              FROM (%(sales)s) sales
              %(product)s
             GROUP BY sales.partner_id
            """,
            inside=SQL("WHERE sales.date >= %s", start),
            before=start_before,
            start=start,
            sales=sales,
            margin=SQL(
                "sales.amount - sales.quantity * COALESCE(%s, 0)", self._get_cost(date)
            )
            if needs_cost
            else SQL("NULL::numeric"),
            product=SQL(
                "LEFT JOIN product_product product ON product.id = sales.product_id"
            )
            if needs_cost
            else SQL(),
        )

    def _get_cost(self, date):
        """Return the expression of what a unit costs, in the scheme's currency."""
        return SQL(
            "(product.standard_price->>sales.company_id::text)::numeric * %s",
            self._get_factor(SQL("sales.company_id"), date),
        )

    def _get_factor(self, company, date):
        """Return the expression of what a company's currency is worth here."""
        rate = self.env["res.currency"]._get_conversion_rate
        return SQL(
            "CASE %s %s END",
            company,
            SQL(" ").join(
                SQL(
                    "WHEN %s THEN %s::numeric",
                    each.id,
                    str(rate(each.currency_id, self.currency_id, each, date)),
                )
                for each in self._get_companies()
            ),
        )

    def _get_delay_source(self, date):
        """Return the SELECT of how many days late customers pay what was due in the
        period, on average; what is still open counts up to the day."""
        return SQL(
            """
            SELECT move.commercial_partner_id AS partner_id,
                   AVG(CASE WHEN line.amount_residual = 0 THEN paid.date
                            ELSE %(date)s END - line.date_maturity) AS delay
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              LEFT JOIN LATERAL (
                    SELECT MAX(partial.max_date) AS date
                      FROM account_partial_reconcile partial
                     WHERE partial.debit_move_id = line.id
                   ) paid ON TRUE
             WHERE line.display_type = 'payment_term' AND move.state = 'posted'
               AND move.move_type = 'out_invoice'
               AND line.date_maturity BETWEEN %(start)s AND %(date)s
               AND move.company_id = ANY(%(companies)s)
             GROUP BY move.commercial_partner_id
            """,
            date=date,
            start=self._get_windows(date)[0],
            companies=self._get_companies().ids,
        )

    def _get_purchase_source(self, date):
        """Return the SELECT of the untaxed bills of the period, net of refunds."""
        return SQL(
            """
            SELECT move.commercial_partner_id AS partner_id,
                   SUM(-move.amount_untaxed_signed * %(factor)s) AS purchases
              FROM account_move move
             WHERE move.state = 'posted'
               AND move.move_type IN ('in_invoice', 'in_refund')
               AND move.invoice_date BETWEEN %(start)s AND %(date)s
               AND move.company_id = ANY(%(companies)s)
             GROUP BY move.commercial_partner_id
            """,
            factor=self._get_factor(SQL("move.company_id"), date),
            start=self._get_windows(date)[0],
            date=date,
            companies=self._get_companies().ids,
        )

    # ------------------------------------------------------------
    # Totals
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------

    @api.model
    def _follow_owners(self):
        """Let whoever got a customer fill in what was left to do for the salesperson
        before him."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS (
                    UPDATE crm_resource_evaluation evaluation
                       SET evaluator_id = partner.user_id
                      FROM res_partner partner
                     WHERE partner.id = evaluation.partner_id
                       AND evaluation.state IN ('draft', 'progress')
                       AND partner.user_id <> evaluation.evaluator_id
                       AND EXISTS (
                            SELECT FROM crm_resource_assignment assignment
                             WHERE assignment.partner_id = partner.id
                               AND assignment.user_from_id = evaluation.evaluator_id
                               AND assignment.date >= evaluation.create_date)
                 RETURNING evaluation.id, evaluation.evaluator_id
                )
                UPDATE mail_activity activity SET user_id = moved.evaluator_id
                  FROM moved
                 WHERE activity.res_model = 'crm.resource.evaluation'
                   AND activity.res_id = moved.id AND activity.date_done IS NULL
                   AND activity.activity_type_id = %s
                """,
                self.env.ref("crm_resource.mail_activity_data_evaluation").id,
            )
        )
        self.env.invalidate_all(flush=False)

    def _plan_activities(self, evaluations):
        """Ask the evaluators to fill in evaluations, any number in one statement."""
        self.ensure_one()
        if not evaluations or not self._has_typed():
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model, res_model_id, res_id, res_name, activity_type_id,
                    user_id, user_tz, date_deadline, summary, automated, active,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT 'crm.resource.evaluation', %(model)s, evaluation.id,
                       partner.complete_name, %(type)s, users.id, person.tz,
                       evaluation.date + %(days)s,
                       COALESCE(scheme.name->>person.lang, scheme.name->>'en_US'),
                       TRUE, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM crm_resource_evaluation evaluation
                  JOIN crm_resource_evaluation_scheme scheme
                    ON scheme.id = evaluation.scheme_id
                  JOIN res_partner partner ON partner.id = evaluation.partner_id
                  JOIN res_users users ON users.id = evaluation.evaluator_id
                  JOIN res_partner person ON person.id = users.partner_id
                 WHERE evaluation.id = ANY(%(ids)s) AND users.active
                """,
                model=self.env["ir.model"]._get_id("crm.resource.evaluation"),
                type=self.env.ref("crm_resource.mail_activity_data_evaluation").id,
                days=self.fill_days,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=evaluations.ids,
            )
        )
        self.env.invalidate_all(flush=False)


def _get_nothing(*names):
    """Return the SELECT of no rows with these columns."""
    columns = SQL(", ").join(
        SQL("NULL::numeric AS %s", SQL.identifier(name))
        if name != "date_last"
        else SQL("NULL::date AS date_last")
        for name in names
    )
    return SQL("SELECT NULL::integer AS partner_id, %s WHERE FALSE", columns)
