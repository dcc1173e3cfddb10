from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from .crm_resource_target_cell_mixin import COUNTS

# the base of sales that a measure takes whatever the company counts as sales
BASES = {"sales": None, "orders": "order", "invoices": "invoice", "receipts": "payment"}


class CrmResourceTarget(models.Model):
    """What was achieved: of documents as long as a month is open, of its closing
    afterwards. All cells take the same number of queries."""

    _inherit = "crm.resource.target"

    # ------------------------------------------------------------
    # Facts: one row for each month, department and person of documents
    # ------------------------------------------------------------

    @api.model
    def _get_fact_query(self, measures, companies, date_from, date_to):
        """Return the SELECT of what documents say, with the columns ``measure``,
        ``company_id``, ``team_id``, ``user_id``, ``date`` (first of the month) and
        ``amount`` in the currency of the company.

        Whose it is says the document. The caller flushes; no record rule applies.

        :param measures: keys of `MEASURES`
        :param companies: `res.company`
        :param date date_from: first day
        :param date date_to: last day
        """
        parts = [
            SQL(
                """SELECT %s::varchar AS measure, company_id, team_id, user_id,
                          DATE_TRUNC('month', date)::date AS date, amount
                     FROM (%s) fact""",
                measure,
                self._get_measure_query(measure, companies, date_from, date_to),
            )
            for measure in measures
        ]
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _get_measure_query(self, measure, companies, date_from, date_to):
        """Hook: return the SELECT of ``company_id``, ``team_id``, ``user_id``, ``date``
        and ``amount`` of a measure; arguments as for `_get_fact_query`."""
        if measure == "customers":
            return self._get_customer_query(companies, date_from, date_to)
        if measure == "visits":
            return self._get_visit_query(companies, date_from, date_to)
        sales = self.env["crm.resource.sales"]._get_query(
            date_from=date_from,
            date_to=date_to,
            basis=BASES.get(measure),
            # how companies count sales is no secret
            companies=companies.sudo(),
        )
        if measure == "margin":
            return self._get_margin_query(sales)
        return sales

    @api.model
    def _get_margin_query(self, sales):
        """Return sales, by the company's definition, less the product's cost in this
        company as it is now; what has no product costs nothing."""
        return SQL(
            """
            SELECT sales.company_id, sales.team_id, sales.user_id, sales.date,
                   sales.amount - ROUND(
                       sales.quantity * COALESCE(
                           (product.standard_price
                               ->> sales.company_id::text)::numeric, 0),
                       currency.decimal_places
                   ) AS amount
              FROM (%s) sales
              JOIN res_company company ON company.id = sales.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN product_product product ON product.id = sales.product_id
            """,
            sales,
        )

    @api.model
    def _get_customer_query(self, companies, date_from, date_to):
        """Return customers who are approved by now, on the day when they came into the
        file; one of no company counts for that of his salesperson."""
        return SQL(
            """
            SELECT company.id AS company_id, partner.team_id, partner.user_id,
                   %(day)s AS date, 1 AS amount
              FROM res_partner partner
              LEFT JOIN res_users owner ON owner.id = partner.user_id
              JOIN %(companies)s
                ON company.id = COALESCE(partner.company_id, owner.company_id)
             WHERE partner.customer_state = 'approved'
               AND partner.id = partner.commercial_partner_id
               AND %(day)s BETWEEN %(date_from)s AND %(date_to)s
            """,
            day=self._get_local_day(SQL.identifier("partner", "date_registered")),
            **self._get_span(companies, date_from, date_to),
        )

    @api.model
    def _get_visit_query(self, companies, date_from, date_to):
        return SQL(
            """
            SELECT visit.company_id, visit.team_id, visit.user_id, %(day)s AS date,
                   1 AS amount
              FROM crm_resource_visit visit
              JOIN %(companies)s ON company.id = visit.company_id
             WHERE visit.state = 'done'
               AND visit.date_start BETWEEN %(date_from)s::date - 1
                                        AND %(date_to)s::date + 2
               AND %(day)s BETWEEN %(date_from)s AND %(date_to)s
            """,
            day=self._get_local_day(SQL.identifier("visit", "date_start")),
            **self._get_span(companies, date_from, date_to),
        )

    def _get_local_day(self, column):
        return SQL("((%s AT TIME ZONE 'UTC') AT TIME ZONE company.tz)::date", column)

    def _get_span(self, companies, date_from, date_to):
        # time zones of companies are no secret
        companies = self.env["crm.resource.sales"]._get_companies(companies.sudo())
        return {"companies": companies, "date_from": date_from, "date_to": date_to}

    @api.model
    def _get_forecast_query(self, companies, date_from, date_to):
        """Hook: return the SELECT of ``company_id``, ``team_id``, ``user_id``, ``date``
        (first of the month) and ``amount`` (currency of the company) of what is
        forecast and neither won nor lost, or None; arguments as for
        `_get_fact_query`."""
        return None

    # ------------------------------------------------------------
    # Nodes: what counts for a person, a department with those below, a company
    # ------------------------------------------------------------

    @api.model
    def _get_node_query(self, facts):
        """Return the SELECT of the sums of facts for each cell: companies (no
        department), departments with all below them (no person), and persons.

        :param facts: as `_get_fact_query` returns them
        """
        return SQL(
            """
            WITH fact AS MATERIALIZED (
                SELECT measure, company_id, team_id, user_id, date,
                       SUM(amount) AS amount
                  FROM (%s) part
                 GROUP BY 1, 2, 3, 4, 5
            )
            SELECT measure, company_id, NULL::int4 AS team_id, NULL::int4 AS user_id,
                   date, SUM(amount) AS amount
              FROM fact
             GROUP BY measure, company_id, date
             UNION ALL
            SELECT fact.measure, fact.company_id, above.id, NULL, fact.date,
                   SUM(fact.amount)
              FROM fact
              JOIN crm_team team ON team.id = fact.team_id
             CROSS JOIN UNNEST(
                    STRING_TO_ARRAY(RTRIM(team.parent_path, '/'), '/')::int4[]
                   ) above(id)
             GROUP BY fact.measure, fact.company_id, above.id, fact.date
             UNION ALL
            SELECT measure, company_id, team_id, user_id, date, amount
              FROM fact
             WHERE team_id IS NOT NULL AND user_id IS NOT NULL
            """,
            facts,
        )

    @api.model
    def _get_result_query(self, measures, companies, date_from, date_to):
        """Return the SELECT of what was achieved in each cell: frozen in closed months,
        of documents in the others; arguments as for `_get_fact_query`."""
        frozen = SQL(
            """
            SELECT measure, company_id, team_id, user_id, date, achieved AS amount
              FROM crm_resource_target_result
             WHERE company_id = ANY(%s) AND measure = ANY(%s)
               AND date BETWEEN %s AND %s
            """,
            companies.ids,
            list(measures),
            date_from,
            date_to,
        )
        span = self._get_open_span(companies, date_from, date_to)
        if not span:
            return frozen
        return SQL(
            """
            SELECT measure, company_id, team_id, user_id, date, amount
              FROM (%s) node
             WHERE (company_id, date) NOT IN (
                    SELECT company_id, date FROM crm_resource_target_month
                     WHERE is_closed)
             UNION ALL %s
            """,
            self._get_node_query(self._get_fact_query(measures, companies, *span)),
            frozen,
        )

    @api.model
    def _get_open_span(self, companies, date_from, date_to):
        """Return the first and the last day of the months that are open in any of the
        companies, None if there are none: documents of others are not asked."""
        months = []
        month = date_from.replace(day=1)
        while month <= date_to:
            months.append(month)
            month += relativedelta(months=1)
        closed = self._get_closed_months(companies.ids, months)
        months = [
            month
            for month in months
            if any((company.id, month) not in closed for company in companies)
        ]
        if not months:
            return None
        return (
            max(months[0], date_from),
            min(months[-1] + relativedelta(months=1, days=-1), date_to),
        )

    @api.model
    def _get_closed_months(self, company_ids, dates):
        """Return which months are closed, as a set of company ids and dates."""
        if not dates:
            return set()
        # which months are closed is no secret
        months = self.env["crm.resource.target.month"].sudo()
        months = months.search_fetch(
            [
                ("is_closed", "=", True),
                ("company_id", "in", [*company_ids]),
                ("date", ">=", min(dates)),
                ("date", "<=", max(dates)),
            ],
            ["company_id", "date"],
        )
        return {(month.company_id.id, month.date) for month in months}

    @api.model
    def _get_achieved(self, measures, companies, date_from, date_to):
        """Return what was achieved, by measure, ids of company, department and person
        (or None) and month; arguments as for `_get_fact_query`."""
        return self._fetch_nodes(
            self._get_result_query(measures, companies, date_from, date_to)
        )

    @api.model
    def _get_forecast(self, measures, companies, date_from, date_to):
        """Return what is forecast for open months, as `_get_achieved`: the same for
        each measure of sales, nothing for the others."""
        span = self._get_open_span(companies, date_from, date_to)
        measures = [name for name in measures if name in BASES]
        query = span and measures and self._get_forecast_query(companies, *span)
        if not query:
            return {}
        facts = SQL(
            """SELECT measure, company_id, team_id, user_id, date, amount
                 FROM (%s) forecast
                CROSS JOIN UNNEST(%s::varchar[]) measure""",
            query,
            measures,
        )
        closed = self._get_closed_months(companies.ids, span)
        return {
            key: amount
            for key, amount in self._fetch_nodes(self._get_node_query(facts)).items()
            if (key[1], key[4]) not in closed
        }

    @api.model
    def _fetch_nodes(self, query):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT measure, company_id, team_id, user_id, date, amount
                     FROM (%s) node""",
                query,
            )
        )
        return {
            tuple(key): int(amount) if key[0] in COUNTS else float(amount)
            for *key, amount in rows
        }
