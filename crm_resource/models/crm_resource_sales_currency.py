from odoo import models
from odoo.tools import SQL


class CrmResourceSales(models.AbstractModel):
    """How sales in several currencies become amounts in one."""

    _inherit = "crm.resource.sales"

    def _convert(self, sales, companies, currency, partners):
        """Bring the amounts of ``sales`` into ``currency``, each company's own if None.

        Rates are looked up once for each company, currency and day, and not at all when
        everything is in the wanted currency."""
        columns = SQL(
            "sales.company_id, sales.date, sales.partner_id, sales.product_id,"
            " sales.user_id, sales.team_id, sales.quantity"
        )
        if not self._has_foreign_currencies(companies, currency, partners):
            return SQL("SELECT %s, sales.amount FROM (%s) sales", columns, sales)
        target = currency.id if currency else SQL("sales.company_currency_id")
        return SQL(
            """
            WITH sales AS MATERIALIZED (%(sales)s), factor AS (
                SELECT day.*, target.decimal_places,
                       %(rate_to)s / NULLIF(%(rate_from)s, 0) AS factor
                  FROM (SELECT DISTINCT sales.root_id, sales.date, sales.currency_id,
                               %(target)s AS target_id
                          FROM sales
                         WHERE sales.currency_id <> %(target)s) day
                  JOIN res_currency target ON target.id = day.target_id
            )
            SELECT %(columns)s,
                   COALESCE(ROUND(sales.amount * factor.factor, factor.decimal_places),
                            sales.amount) AS amount
              FROM sales
              LEFT JOIN factor ON factor.root_id = sales.root_id
                              AND factor.date = sales.date
                              AND factor.currency_id = sales.currency_id
                              AND factor.target_id = %(target)s
            """,
            sales=sales,
            columns=columns,
            target=target,
            rate_to=self._get_rate(SQL.identifier("day", "target_id")),
            rate_from=self._get_rate(SQL.identifier("day", "currency_id")),
        )

    def _has_foreign_currencies(self, companies, currency, partners):
        """Return whether any of the sales are not in the wanted currency."""
        if currency and companies.currency_id - currency:
            return True
        # which currencies occur is no secret, and no row is shown
        rows = self.env.execute_query(
            SQL(
                """
                SELECT FROM crm_resource_past_sale past
                  JOIN res_company company ON company.id = past.company_id
                 WHERE company.id = ANY(%s)
                   AND past.currency_id <> %s %s
                 LIMIT 1
                """,
                companies.ids,
                currency.id if currency else SQL("company.currency_id"),
                SQL()
                if partners is None
                else SQL(
                    "AND past.partner_id IN (SELECT id FROM res_partner partner"
                    " WHERE %s)",
                    self._get_scope(partners),
                ),
            )
        )
        return bool(rows)

    def _get_rate(self, currency):
        """Return the rate of a column of ``day`` as `res.currency._get_rates` finds it:
        the company's before the common one, the latest before the earliest."""
        rate = SQL(
            """FROM res_currency_rate rate
              WHERE rate.currency_id = %s
                AND (rate.company_id = day.root_id OR rate.company_id IS NULL)""",
            currency,
        )
        return SQL(
            """COALESCE(
                (SELECT rate.rate %(rate)s AND rate.name <= day.date
                  ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                (SELECT rate.rate %(rate)s ORDER BY rate.company_id, rate.name LIMIT 1),
                1.0)""",
            rate=rate,
        )
