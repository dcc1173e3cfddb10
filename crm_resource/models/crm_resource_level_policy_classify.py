from collections import namedtuple

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

# what a salesperson is told: how many of his customers moved, and the largest of them
Move = namedtuple("Move", "user_id count partner_ids")

# how many customers a message to their salesperson names
NAMED_IN_MESSAGE = 10


class CrmResourceLevelPolicy(models.Model):
    """How a policy gives any number of customers their level, in one statement."""

    _inherit = "crm.resource.level.policy"

    @api.model
    def _classify_customers(self, partners, date=None):
        """Classify these customers by every policy that is for them."""
        # computed figures, which are shown by the rights on the customer
        for policy in self.sudo().search([("active", "=", True)]):
            policy._classify(date, partners=partners)

    def _classify(self, date=None, partners=None):
        """Give each customer the level the policy asks for and log every change.

        One statement does it for any number of customers; it touches no row of
        `res.partner`.

        :param date date: evaluate as of this day, today if None
        :param partners: limit to these `res.partner` records
        :return: list of :class:`Move`, one for each salesperson whose customers moved
        """
        self.ensure_one()
        date = date or fields.Date.context_today(self)
        self.env.flush_all()
        store = self._store_level if self.is_leading else self._store_grade
        rows = self.env.execute_query(
            SQL(
                """
                WITH rated AS MATERIALIZED (%(rated)s), stored AS (%(stored)s),
                logged AS (
                    INSERT INTO crm_resource_level_change (
                        partner_id, policy_id, level_from_id, level_to_id, date,
                        date_from, date_to, turnover, purchasing_power, figure,
                        is_manual, currency_id, user_id
                    )
                    SELECT partner_id, %(policy)s, old_level_id, level_id, %(date)s,
                           %(date_from)s, %(date_to)s, turnover, purchasing_power,
                           figure, is_manual, %(currency)s, %(uid)s
                      FROM rated
                     WHERE old_level_id IS DISTINCT FROM level_id
                )
                SELECT user_id, COUNT(*),
                       (ARRAY_AGG(partner_id ORDER BY turnover DESC))[:%(named)s]
                  FROM rated
                 WHERE old_level_id IS DISTINCT FROM level_id AND user_id IS NOT NULL
                 GROUP BY user_id
                """,
                rated=self._rate(date, partners),
                stored=store(date),
                policy=self.id,
                date=date,
                date_from=self._get_window(date)[0],
                date_to=self._get_window(date)[1],
                currency=self.currency_id.id,
                uid=self.env.uid,
                named=NAMED_IN_MESSAGE,
            )
        )
        self.env.invalidate_all(flush=False)
        return [Move(*row) for row in rows]

    def _rate(self, date, partners=None):
        """Return the SELECT of customers with their level as of a day.

        Columns: ``partner_id``, ``user_id``, ``old_level_id``, ``level_id``,
        ``turnover``, ``purchasing_power``, ``figure``, ``is_manual``. A positive figure
        never counts as 0: it is at least 0.01.
        """
        self.ensure_one()
        date_from, date_to = self._get_window(date)
        sales = self.env["crm.resource.sales"]._get_query(
            date_from,
            date_to,
            basis=self.basis,
            companies=self.company_id or None,
            currency=self.currency_id,
        )
        return SQL(
            """
            SELECT figure.*,
                   COALESCE(figure.manual_level_id, %(level)s) AS level_id,
                   figure.manual_level_id IS NOT NULL AS is_manual
              FROM (
                    SELECT customer.*, %(figure)s AS figure
                      FROM (%(customers)s) customer
                    OFFSET 0  -- else each limit computes the figure again
                   ) figure
            """,
            level=self._get_level_case(),
            figure=self._get_figure(),
            customers=self._get_customers(date, sales, partners),
        )

    def _get_customers(self, date, sales, partners=None):
        """Return the SELECT of the customers of this policy with what decides."""
        if self.is_leading:
            old = SQL("standing.level_id")
            grade = SQL()
            manual = SQL(
                """CASE WHEN manual.policy_id = %s
                         AND COALESCE(partner.date_manual_level_end, %s) >= %s
                        THEN partner.manual_level_id END""",
                self.id,
                date,
                date,
            )
        else:
            old = SQL("grade.level_id")
            grade = SQL(
                """LEFT JOIN crm_resource_grade grade ON grade.partner_id = partner.id
                                                     AND grade.policy_id = %s""",
                self.id,
            )
            manual = SQL("NULL::integer")
        return SQL(
            """
            SELECT partner.id AS partner_id, partner.user_id, %(old)s AS old_level_id,
                   COALESCE(sale.turnover, 0) AS turnover,
                   ROUND(partner.annual_purchasing_power * %(power)s, %(digits)s)
                       AS purchasing_power,
                   %(manual)s AS manual_level_id
              FROM crm_resource_standing standing
              JOIN res_partner partner ON partner.id = standing.partner_id
              LEFT JOIN crm_resource_level manual ON manual.id = partner.manual_level_id
              LEFT JOIN (
                    SELECT sales.partner_id, SUM(sales.amount) AS turnover
                      FROM (%(sales)s) sales
                     WHERE %(sales_scope)s
                     GROUP BY sales.partner_id
                   ) sale ON sale.partner_id = partner.id
              %(grade)s
             WHERE %(scope)s
            """,
            old=old,
            manual=manual,
            grade=grade,
            sales=sales,
            power=self._get_power_factor(date),
            digits=self.currency_id.decimal_places,
            scope=self._get_scope(partners),
            sales_scope=SQL("TRUE")
            if partners is None
            else SQL("sales.partner_id = ANY(%s)", partners.ids),
        )

    def _get_scope(self, partners=None):
        """Return the condition for the customers of this policy, as
        :meth:`_get_customer_domain` has it, in SQL."""
        conditions = [SQL("partner.customer_state IS NOT NULL AND partner.active")]
        if partners is not None:
            conditions.append(SQL("partner.id = ANY(%s)", partners.ids))
        if self.company_id:
            conditions.append(SQL("partner.company_id = %s", self.company_id.id))
        elif self.is_leading:
            conditions.append(
                SQL(
                    "(partner.company_id IS NULL OR NOT partner.company_id = ANY(%s))",
                    self._get_led_companies().ids,
                )
            )
        return SQL(" AND ").join(conditions)

    def _get_power_factor(self, date):
        """Return the expression of what a customer's currency is worth in this policy's
        currency, in which customers without a currency count."""
        company = self.company_id or self.env.company
        currencies = self.env["res.currency"].search(
            [("id", "!=", self.currency_id.id)]
        )
        worths = SQL(" ").join(
            SQL(
                "WHEN %s THEN %s::numeric",
                currency.id,
                str(
                    self.env["res.currency"]._get_conversion_rate(
                        currency, self.currency_id, company, date
                    )
                ),
            )
            for currency in currencies
        )
        return SQL(
            """CASE COALESCE(partner.customer_currency_id, %(own)s)
                    WHEN %(own)s THEN 1 %(worths)s END""",
            own=self.currency_id.id,
            worths=worths,
        )

    def _get_figure(self):
        """Return the expression of what the limits are compared with.

        It is cut to two decimals, as limits have them, which changes no comparison. A
        customer who bought something but whose purchasing power is not known has no
        share; one who bought nothing has a share of 0 whatever he could buy.
        """
        if self.criterion == "amount":
            return self._cut_figure(SQL("customer.turnover"))
        if self.criterion == "share":
            return SQL(
                """CASE WHEN customer.turnover = 0 THEN 0
                        WHEN customer.purchasing_power > 0 THEN %s END""",
                self._cut_figure(
                    SQL("customer.turnover * 100 / customer.purchasing_power")
                ),
            )
        return SQL("NULL::numeric")

    def _cut_figure(self, figure):
        """Return the expression of a figure cut to two decimals; little is not
        nothing.
        """
        return SQL(
            """CASE WHEN %(figure)s = 0 THEN 0
                    WHEN %(figure)s > 0 THEN GREATEST(TRUNC(%(figure)s, 2), 0.01)
                    ELSE ROUND(FLOOR(%(figure)s * 100) / 100, 2) END""",
            figure=figure,
        )

    def _get_level_case(self):
        """Return the expression of the level a figure falls into."""
        if self.criterion == "manual":
            return SQL("NULL::integer")
        levels = self._get_levels_upwards()
        return SQL(
            "CASE WHEN figure.figure IS NULL THEN NULL %s ELSE %s END",
            SQL(" ").join(
                SQL("WHEN figure.figure < %s THEN %s", str(level.limit_to), level.id)
                for level in levels[:-1]
            ),
            levels[-1].id,
        )

    def _store_level(self, date):
        return SQL(
            """
            UPDATE crm_resource_standing standing
               SET level_id = rated.level_id, turnover = rated.turnover,
                   level_figure = rated.figure, currency_id = %(currency)s,
                   date_level = CASE WHEN rated.old_level_id IS DISTINCT FROM
                   rated.level_id
                                     THEN %(date)s ELSE standing.date_level END
              FROM rated
             WHERE standing.partner_id = rated.partner_id
               AND (standing.level_id, standing.turnover, standing.level_figure,
                    standing.currency_id)
                   IS DISTINCT FROM
                   (rated.level_id, rated.turnover, rated.figure, %(currency)s)
            """,
            currency=self.currency_id.id,
            date=date,
        )

    def _store_grade(self, date):
        return SQL(
            """
            INSERT INTO crm_resource_grade AS grade (
                partner_id, policy_id, level_id, date_level, turnover, figure
            )
            SELECT rated.partner_id, %(policy)s, rated.level_id, %(date)s,
                   rated.turnover, rated.figure
              FROM rated
              LEFT JOIN crm_resource_grade old
                ON old.partner_id = rated.partner_id AND old.policy_id = %(policy)s
             -- a conflict locks the row even when it changes nothing
             WHERE old.id IS NULL
                OR (old.level_id, old.turnover, old.figure)
                   IS DISTINCT FROM (rated.level_id, rated.turnover, rated.figure)
            ON CONFLICT (partner_id, policy_id) DO UPDATE
               SET level_id = EXCLUDED.level_id, turnover = EXCLUDED.turnover,
                   figure = EXCLUDED.figure,
                   date_level = CASE
                       WHEN grade.level_id IS NOT DISTINCT FROM EXCLUDED.level_id
                       THEN grade.date_level ELSE EXCLUDED.date_level END
            """,
            policy=self.id,
            date=date,
        )

    def _notify_moves(self, moves):
        """Tell each salesperson in one message which of his customers moved."""
        self.ensure_one()
        for move in moves:
            user = self.env["res.users"].browse(move.user_id)
            customers = self.env["res.partner"].browse(move.partner_ids)
            body = (
                self.env["ir.qweb"]
                .with_context(lang=user.lang)
                ._render(
                    "crm_resource.level_moves_message",
                    {
                        "policy": self,
                        "count": move.count,
                        "customers": customers,
                        "format_amount": lambda amount, policy=self: format_amount(
                            policy.env, amount, policy.currency_id
                        ),
                    },
                )
            )
            self.message_notify(
                partner_ids=user.partner_id.ids,
                subject=self.with_context(lang=user.lang).env._(
                    "%(count)s of your customers have a new level", count=move.count
                ),
                body=body,
            )

    @api.model
    def _cron_classify(self):
        """Nightly: classify all customers by every policy, a commit after each."""
        policies = self.search([("active", "=", True)])
        cron = self.env["ir.cron"]
        for left, policy in zip(range(len(policies), 0, -1), policies, strict=True):
            policy._notify_moves(policy._classify())
            if not cron._commit_progress(1, remaining=left - 1):
                break
