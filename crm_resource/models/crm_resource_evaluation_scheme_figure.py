from odoo import models
from odoo.tools import SQL

SALES = {"sales", "quantity", "growth", "sales_share", "margin", "margin_share", "days"}


class CrmResourceEvaluationScheme(models.Model):
    """The figures that criteria ask for, as sub-queries."""

    _inherit = "crm.resource.evaluation.scheme"

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


def _get_nothing(*names):
    """Return the SELECT of no rows with these columns."""
    columns = SQL(", ").join(
        SQL("NULL::numeric AS %s", SQL.identifier(name))
        if name != "date_last"
        else SQL("NULL::date AS date_last")
        for name in names
    )
    return SQL("SELECT NULL::integer AS partner_id, %s WHERE FALSE", columns)
