from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_churn import UNSETTLED

# from when silence counts, and for how many months it may last
_SINCE = SQL("GREATEST(silent.date_last_purchase, dropped.date)")
_MONTHS = SQL("COALESCE(NULLIF(level.churn_months, 0), company.months)")
# days: whoever is silent for months is silent for as many of these
SHORTEST_MONTH = 28


class CrmResourceChurn(models.Model):
    """Which customers are about to be lost, in one statement for all of them."""

    _inherit = "crm.resource.churn"

    @api.model
    def _get_company_rows(self):
        """Return FROM's part ``company``: the settings of each company."""
        # every company's customers count
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        return SQL(
            "(VALUES %s) company(id, currency_id, months, factor, purchases, min_days,"
            " never, escalate_days)",
            SQL(", ").join(
                SQL(
                    "(%s, %s, %s, %s::numeric, %s, %s, %s, %s)",
                    company.id,
                    company.currency_id.id,
                    company.crm_churn_months,
                    company.crm_churn_factor,
                    company.crm_churn_min_purchases,
                    company.crm_churn_min_days,
                    company.crm_churn_never_months,
                    company.crm_churn_escalate_days,
                )
                for company in companies
            ),
        )

    @api.model
    def _get_churn_query(self, date):
        """Return the SELECT of the customers without an unsettled case who are about to
        be lost, as of a day.

        Silence counts from the last purchase, or from the day on which somebody dropped
        a case.

        Columns: ``partner_id``, ``user_id``, ``team_id``, ``company_id``,
        ``currency_id``, ``date_last_purchase`` and ``cause``.
        """
        return SQL(
            """
            SELECT partner_id, user_id, team_id, company_id, currency_id,
                   date_last_purchase, cause
              FROM (
                    SELECT silent.partner_id, silent.user_id, silent.team_id,
                           company.id AS company_id, company.currency_id,
                           -- the salesperson may not be shown what was before him
                           CASE WHEN silent.date_hidden_before IS NULL
                                  OR silent.date_hidden_before::date
                                     <= silent.date_last_purchase
                                THEN silent.date_last_purchase
                                END AS date_last_purchase,
                           CASE WHEN silent.date_last_purchase IS NULL
                                THEN CASE WHEN company.never > 0
                                           AND %(never)s < %(date)s THEN 'never' END
                                WHEN %(months)s > 0 AND %(late)s < %(date)s
                                THEN 'months'
                                WHEN company.factor > 0
                                 AND silent.purchase_days >= company.purchases
                                 AND %(date)s - %(since)s
                                   > GREATEST(
                                       company.factor * (silent.date_last_purchase
                                                         - silent.date_first_purchase)
                                       / (silent.purchase_days - 1),
                                       company.min_days)
                                THEN 'rhythm' END AS cause
                      FROM (%(silent)s) silent
                      LEFT JOIN res_users owner ON owner.id = silent.user_id
                      LEFT JOIN crm_team team ON team.id = silent.team_id
                      LEFT JOIN crm_resource_pool pool ON pool.id = silent.pool_id
                      JOIN %(companies)s
                        ON company.id = COALESCE(
                               silent.company_id, owner.company_id, team.company_id,
                               pool.company_id, %(company)s)
                      LEFT JOIN crm_resource_level level ON level.id = silent.level_id
                      LEFT JOIN (
                            SELECT partner_id, MAX(date_closed) AS date
                              FROM crm_resource_churn
                             WHERE state = 'dropped'
                             GROUP BY partner_id) dropped
                        ON dropped.partner_id = silent.partner_id
                     WHERE NOT EXISTS (
                            SELECT FROM crm_resource_churn unsettled
                             WHERE unsettled.partner_id = silent.partner_id
                               AND unsettled.state IN %(unsettled)s)
                   ) customer
             WHERE cause IS NOT NULL
            """,
            date=date,
            since=_SINCE,
            months=_MONTHS,
            late=SQL("(%s + MAKE_INTERVAL(months => %s))::date", _SINCE, _MONTHS),
            never=SQL(
                """(GREATEST(silent.date_entered, dropped.date)
                    + MAKE_INTERVAL(months => company.never))::date"""
            ),
            silent=self._get_silent_query(date),
            companies=self._get_company_rows(),
            company=self.env.company.id,
            unsettled=UNSETTLED,
        )

    @api.model
    def _get_silent_query(self, date):
        """Return the SELECT of the customers who may be about to be lost by the
        strictest settings of any company or level: few of all, found without looking
        up whose they are."""
        # every company's customers count
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        return SQL(
            """
            SELECT partner.id AS partner_id, partner.user_id, partner.team_id,
                   partner.pool_id, partner.company_id, partner.date_hidden_before,
                   COALESCE(partner.date_registered, partner.create_date)::date
                       AS date_entered,
                   standing.level_id, standing.purchase_days,
                   standing.date_first_purchase, standing.date_last_purchase
              FROM crm_resource_standing standing
              JOIN res_partner partner ON partner.id = standing.partner_id
             WHERE partner.customer_state = 'approved' AND partner.active
               AND partner.date_terminated IS NULL
               AND (standing.date_last_purchase IS NULL
                    AND COALESCE(partner.date_registered, partner.create_date)
                        < %(date)s - %(shortest)s * %(never)s
                    OR standing.date_last_purchase < %(date)s - %(shortest)s * LEAST(
                        %(months)s, (SELECT MIN(churn_months) FROM crm_resource_level
                                      WHERE churn_months > 0))
                    OR standing.purchase_days >= %(purchases)s
                   AND (%(date)s - standing.date_last_purchase)
                       * (standing.purchase_days - 1)
                     > %(factor)s * (standing.date_last_purchase
                                     - standing.date_first_purchase))
            -- the planner does not know how few they are
            OFFSET 0
            """,
            date=date,
            shortest=SHORTEST_MONTH,
            never=_get_least(companies, "crm_churn_never_months"),
            months=_get_least(companies, "crm_churn_months"),
            factor=_get_least(companies, "crm_churn_factor"),
            purchases=_get_least(companies, "crm_churn_min_purchases"),
        )

    @api.model
    def _open_cases(self, date):
        """Open a case for each customer who is about to be lost."""
        self.env.flush_all()
        numbers, book = self._get_numbers()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_resource_churn (
                    name, partner_id, user_id, team_id, company_id, currency_id, cause,
                    date, date_open, date_last_purchase, sales_before, state,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(number)s, partner_id, user_id, team_id, company_id,
                       currency_id, cause, %(date)s, %(date)s, date_last_purchase, 0,
                       'open', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(due)s) due
                    ON CONFLICT DO NOTHING
             RETURNING id, partner_id, currency_id, date_last_purchase
                """,
                number=numbers,
                date=date,
                due=self._get_churn_query(date),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        book(len(rows))
        self._store_sales(rows)
        self._follow(partner for _case, partner, _currency, _day in rows)

    def _get_numbers(self):
        """Return the expression of the next number, and what to call with how many were
        drawn."""
        # everybody's cases draw from it; it tells nothing
        sequence = self.env.ref("crm_resource.ir_sequence_churn").sudo()
        prefix, suffix = sequence._get_prefix_suffix()
        if sequence.implementation == "standard":
            number = SQL("NEXTVAL(%s)", f"ir_sequence_{sequence.id:03}")
        else:
            number = SQL("%s + ROW_NUMBER() OVER ()", sequence.number_next - 1)

        def book(count):
            if sequence.implementation != "standard":
                sequence.number_next += count

        return (
            SQL(
                "CONCAT(%s, TO_CHAR(%s, %s), %s)",
                prefix,
                number,
                f"FM999999999{'0' * sequence.padding}",
                suffix,
            ),
            book,
        )

    def _store_sales(self, rows):
        """Write what new cases are about: what the company of each sold in the 12
        months that ended with the last purchase, in the currency of the case."""
        bought = [row for row in rows if row[3]]
        # one statement for each currency that companies have
        for currency in self.env["res.currency"].browse({row[2] for row in bought}):
            cases = [row for row in bought if row[2] == currency.id]
            days = [day for _case, _partner, _currency, day in cases]
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_resource_churn churn SET sales_before = sold.amount
                      FROM (
                            SELECT found.id, SUM(sales.amount) AS amount
                              FROM (%(sales)s) sales
                              JOIN crm_resource_churn found
                                ON found.partner_id = sales.partner_id
                               AND found.company_id = sales.company_id
                               AND found.id = ANY(%(cases)s)
                              JOIN res_partner customer
                                ON customer.id = found.partner_id
                             WHERE sales.partner_id = ANY(%(partners)s)
                               AND sales.date <= found.date_last_purchase
                               AND sales.date > (found.date_last_purchase
                                                 - INTERVAL '12 months')::date
                               AND (customer.date_hidden_before IS NULL
                                    OR sales.date
                                       >= customer.date_hidden_before::date)
                             GROUP BY found.id
                           ) sold
                     WHERE churn.id = sold.id
                    """,
                    sales=self.env["crm.resource.sales"]._get_query(
                        date_from=min(days) - timedelta(days=366),
                        date_to=max(days),
                        currency=currency,
                    ),
                    cases=[case for case, _partner, _currency, _day in cases],
                    partners=[partner for _case, partner, _currency, _day in cases],
                )
            )


def _get_least(companies, name):
    """Return the least value of a setting that is in use, NULL if none is."""
    values = [company[name] for company in companies if company[name] > 0]
    least = min(values, default=None)
    return SQL("NULL::int") if least is None else SQL("%s", least)
