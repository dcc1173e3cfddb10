from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

SALES_BASIS = [
    ("order", "Confirmed orders"),
    ("invoice", "Posted invoices, net of credit notes"),
    ("payment", "Payments received"),
]


class CrmResourceSales(models.AbstractModel):
    """The one definition of sales: everything that speaks of sales asks here.

    Three bases (see :data:`SALES_BASIS`), each the untaxed amounts of the lines of the
    documents of customers:

    * ``order``: lines of confirmed orders, at the day of the order in the company's
      time zone;
    * ``invoice``: lines of posted customer invoices less those of credit notes, at the
      day of the invoice, as journal items value them;
    * ``payment``: the part of these lines that money in a bank or cash journal settled
      (see `_get_money_query`), at the day of the reconciliation. An invoice's lines
      share each part; the shares are rounded so that those of a fully paid invoice add
      up to the lines.

    Lines of past sales count before ``crm_date_sales_start`` of their company,
    documents of the ERP from that day on; without that date both count.
    """

    _name = "crm.resource.sales"
    _description = "Definition of Sales"

    @api.model
    def _get_query(
        self,
        date_from=None,
        date_to=None,
        basis=None,
        companies=None,
        currency=None,
        partners=None,
    ):
        """Return the SELECT of sales, one row for each line of a document.

        The caller flushes (``self.env.flush_all()``) and applies no record rule: access
        is the caller's matter.

        :param date date_from: first day, or None for no limit
        :param date date_to: last day, or None for no limit
        :param str basis: a key of :data:`SALES_BASIS`; None takes each company's own
        :param companies: `res.company` records; None takes all
        :param currency: `res.currency` of the amounts, each converted at the day of its
            row and rounded; None leaves each row in its company's currency
        :param partners: `res.partner` records, customers; None takes all
        :return: SQL with the columns ``company_id``, ``date``, ``partner_id`` (the
            commercial entity), ``product_id``, ``user_id``, ``team_id``, ``quantity``
            (in the product's unit) and ``amount``
        """
        if companies is None:
            # every company counts
            companies = self.env["res.company"].sudo().search([("active", "=", True)])
        parts = [self._get_past_query(companies, date_from, date_to, partners)]
        for key, _label in SALES_BASIS:
            counted = companies.filtered(
                lambda company, key=key: (basis or company.crm_sales_basis) == key
            )
            if counted:
                get_part = getattr(self, f"_get_{key}_query")
                parts.append(get_part(counted, date_from, date_to, partners))
        return self._convert(
            SQL(" UNION ALL ").join(parts), companies, currency, partners
        )

    def _get_companies(self, companies):
        """Return FROM's part ``company``: what the queries know of each company.

        Every query has its own VALUES: the planner makes constants of a single row, and
        leaves out of the union what nobody reads, which it does not with a CTE.
        """
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s::date)",
                company.id,
                company.root_id.id,
                company.currency_id.id,
                company.currency_id.decimal_places,
                company._get_sales_timezone(),
                company.crm_date_sales_start or None,
            )
            for company in companies
        )
        return SQL(
            "(VALUES %s) company(id, root_id, currency_id, digits, tz, start_date)",
            rows,
        )

    # ------------------------------------------------------------
    # One SELECT for each kind of document
    # ------------------------------------------------------------

    def _get_past_query(self, companies, date_from, date_to, partners):
        return SQL(
            """
            SELECT past.company_id, company.root_id, past.date,
                   partner.commercial_partner_id AS partner_id, past.product_id,
                   past.user_id, past.team_id, past.quantity::numeric AS quantity,
                   past.amount, past.currency_id,
                   company.currency_id AS company_currency_id
              FROM crm_resource_past_sale past
              JOIN %(companies)s ON company.id = past.company_id
              JOIN res_partner partner ON partner.id = past.partner_id
             WHERE (company.start_date IS NULL OR past.date < company.start_date)
               AND %(window)s AND %(scope)s
            """,
            companies=self._get_companies(companies),
            scope=self._get_scope(partners),
            window=self._get_window(SQL.identifier("past", "date"), date_from, date_to),
        )

    def _get_order_query(self, companies, date_from, date_to, partners):
        date = SQL(
            "((sale_order.date_order AT TIME ZONE 'UTC') AT TIME ZONE company.tz)::date"
        )
        return SQL(
            """
            SELECT sale_order.company_id, company.root_id, %(date)s AS date,
                   partner.commercial_partner_id AS partner_id, line.product_id,
                   sale_order.user_id, sale_order.team_id,
                   %(quantity)s AS quantity,
                   CASE WHEN sale_order.currency_id = company.currency_id
                        THEN line.price_subtotal
                        ELSE ROUND(
                            line.price_subtotal
                            / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)::numeric,
                            company.digits
                        )
                    END AS amount,
                   company.currency_id, company.currency_id AS company_currency_id
              FROM sale_order
              JOIN %(companies)s ON company.id = sale_order.company_id
              JOIN sale_order_line line ON line.order_id = sale_order.id
              JOIN res_partner partner ON partner.id = sale_order.partner_id
              %(unit)s
             WHERE sale_order.state = 'sale'
               AND line.display_type IS NULL
               AND %(window)s AND %(scope)s
               AND (company.start_date IS NULL OR %(date)s >= company.start_date)
            """,
            date=date,
            quantity=self._get_unit_quantity(SQL.identifier("line", "product_uom_qty")),
            unit=self._get_unit_join(),
            companies=self._get_companies(companies),
            scope=self._get_scope(partners),
            window=self._get_order_window(date, date_from, date_to),
        )

    def _get_order_window(self, date, date_from, date_to):
        """Return the condition that the day of an order lies within both days.

        The day in the company's time zone decides, but it is computed only for orders
        of the first and the last day: the time itself, in UTC, has an index, and
        statistics by which the planner knows how many orders there are. No time zone is
        a whole day away from UTC.
        """
        time = SQL.identifier("sale_order", "date_order")
        day = timedelta(days=1)
        return SQL(
            "%s AND ((%s) OR (%s))",
            self._get_window(
                time, date_from and date_from - day, date_to and date_to + 2 * day
            ),
            self._get_window(time, date_from and date_from + day, date_to),
            self._get_window(date, date_from, date_to),
        )

    def _get_invoice_query(self, companies, date_from, date_to, partners):
        return SQL(
            """
            SELECT move.company_id, company.root_id, move.invoice_date AS date,
                   partner.commercial_partner_id AS partner_id, line.product_id,
                   move.invoice_user_id AS user_id, move.team_id,
                   %(sign)s * %(quantity)s AS quantity, -line.balance AS amount,
                   company.currency_id, company.currency_id AS company_currency_id
              %(from)s
               AND %(window)s AND %(scope)s
               AND (company.start_date IS NULL
                    OR move.invoice_date >= company.start_date)
            """,
            sign=self._get_move_sign(),
            scope=self._get_scope(partners),
            quantity=self._get_unit_quantity(SQL.identifier("line", "quantity")),
            **{"from": self._get_invoice_from(companies)},
            window=self._get_window(
                SQL.identifier("move", "invoice_date"), date_from, date_to
            ),
        )

    def _get_payment_query(self, companies, date_from, date_to, partners):
        """Each part's share of a line is the rounded share of all parts so far less
        that of the parts before it: rounding never adds up to a cent too many."""
        share = SQL(
            """ROUND(%(value)s * paid.until / move.amount_total, %(digits)s)
             - ROUND(%(value)s * paid.before / move.amount_total, %(digits)s)""",
            value=SQL("-line.balance"),
            digits=SQL("company.digits"),
        )
        return SQL(
            """
            SELECT move.company_id, company.root_id, paid.date,
                   partner.commercial_partner_id AS partner_id, line.product_id,
                   move.invoice_user_id AS user_id, move.team_id,
                   %(sign)s * %(quantity)s * (paid.until - paid.before)
                            / move.amount_total AS quantity,
                   %(share)s AS amount,
                   company.currency_id, company.currency_id AS company_currency_id
              %(from)s
               AND %(window)s AND %(scope)s
               AND (company.start_date IS NULL OR paid.date >= company.start_date)
            """,
            sign=self._get_move_sign(),
            scope=self._get_scope(partners),
            quantity=self._get_unit_quantity(SQL.identifier("line", "quantity")),
            share=share,
            **{
                "from": self._get_invoice_from(
                    companies,
                    SQL(
                        """JOIN (%s) paid ON paid.move_id = move.id
                                         AND move.amount_total <> 0""",
                        self._get_paid_query(partners),
                    ),
                )
            },
            window=self._get_window(SQL.identifier("paid", "date"), date_from, date_to),
        )

    def _get_paid_query(self, partners):
        """Return the SELECT of the parts of customer invoices and credit notes that
        money settled: ``move_id``, ``date``, and the sum ``before`` and ``until`` this
        part, in the currency of the document."""
        customers = (
            SQL()
            if partners is None
            else SQL(
                """JOIN res_partner partner ON partner.id = document.partner_id
                                           AND %s""",
                self._get_scope(partners),
            )
        )
        return SQL(
            """
            SELECT part.move_id, part.date,
                   SUM(part.amount) OVER before_this - part.amount AS before,
                   SUM(part.amount) OVER before_this AS until
              FROM (%s) part
            WINDOW before_this AS (
                PARTITION BY part.move_id ORDER BY part.date, part.id
            )
            """,
            self._get_money_query(customers),
        )

    def _get_money_query(self, scope):
        """Return the SELECT of what money settled of customer invoices and credit
        notes, one row for each reconciliation: ``move_id``, ``id``, ``date``,
        ``amount``, in the currency of the document, and ``value``, in that of the
        company.

        Money is what an entry of a bank or cash journal moves, without what it writes
        off: cash discounts, fees and differences that it books as income, expense or
        tax.

        :param SQL scope: joins that leave only some of the rows ``document``
        """
        money = SQL(
            """
            JOIN account_journal journal ON journal.id = other.journal_id
             AND journal.type IN ('bank', 'cash', 'credit')
            CROSS JOIN LATERAL (
                SELECT GREATEST(0, LEAST(1, 1 + COALESCE(
                           SUM(item.balance) FILTER (WHERE %s)
                           / NULLIF(SUM(item.balance) FILTER (
                                 WHERE account.account_type = 'asset_receivable'
                             ), 0), 0))) AS share
                  FROM account_move_line item
                  JOIN account_account account ON account.id = item.account_id
                 WHERE item.move_id = other.move_id
            ) money
            """,
            SQL(
                """(account.account_type LIKE ANY (ARRAY['income%%', 'expense%%'])
                   OR item.tax_repartition_line_id IS NOT NULL)"""
            ),
        )
        return SQL(
            """
            SELECT debit.move_id, partial.id, partial.max_date AS date,
                   ROUND(partial.debit_amount_currency * money.share,
                         currency.decimal_places) AS amount,
                   ROUND(partial.amount * money.share, own_currency.decimal_places)
                   AS value
              FROM account_partial_reconcile partial
              JOIN account_move_line debit ON debit.id = partial.debit_move_id
              JOIN account_move document ON document.id = debit.move_id
               AND document.move_type IN ('out_invoice', 'out_receipt')
              JOIN res_currency currency ON currency.id = document.currency_id
              JOIN res_currency own_currency
                ON own_currency.id = debit.company_currency_id
              %(scope)s
              JOIN account_move_line other ON other.id = partial.credit_move_id
              %(money)s
         UNION ALL
            SELECT credit.move_id, partial.id, partial.max_date,
                   ROUND(partial.credit_amount_currency * money.share,
                         currency.decimal_places),
                   ROUND(partial.amount * money.share, own_currency.decimal_places)
              FROM account_partial_reconcile partial
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_move document ON document.id = credit.move_id
               AND document.move_type = 'out_refund'
              JOIN res_currency currency ON currency.id = document.currency_id
              JOIN res_currency own_currency
                ON own_currency.id = credit.company_currency_id
              %(scope)s
              JOIN account_move_line other ON other.id = partial.debit_move_id
              %(money)s
            """,
            scope=scope,
            money=money,
        )

    def _get_invoice_from(self, companies, joins=None):
        """FROM and WHERE of the lines that make up the untaxed amount of posted
        customer invoices and credit notes."""
        return SQL(
            """
              FROM account_move move
              JOIN %s ON company.id = move.company_id
              JOIN account_move_line line ON line.move_id = move.id
              JOIN res_partner partner ON partner.id = move.partner_id
              %s %s
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
               AND (line.display_type = 'product'
                    OR line.display_type = 'rounding'
                       AND line.tax_repartition_line_id IS NULL)
            """,
            self._get_companies(companies),
            self._get_unit_join(),
            joins or SQL(),
        )

    def _get_move_sign(self):
        return SQL("(CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)")

    def _get_unit_join(self):
        return SQL(
            """LEFT JOIN product_product product ON product.id = line.product_id
               LEFT JOIN product_template template
                 ON template.id = product.product_tmpl_id
               LEFT JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
               LEFT JOIN uom_uom product_unit ON product_unit.id = template.uom_id"""
        )

    def _get_unit_quantity(self, quantity):
        return SQL(
            """(%s::numeric * COALESCE(line_unit.factor, 1)::numeric
                            / COALESCE(product_unit.factor, 1)::numeric)""",
            quantity,
        )

    def _get_scope(self, partners):
        """Return the condition that ``partner`` belongs to one of these customers."""
        if partners is None:
            return SQL("TRUE")
        return SQL("partner.commercial_partner_id = ANY(%s)", partners.ids)

    def _get_window(self, column, date_from, date_to):
        """Return the condition that holds ``column`` within both days."""
        conditions = [SQL("TRUE")]
        if date_from:
            conditions.append(SQL("%s >= %s", column, date_from))
        if date_to:
            conditions.append(SQL("%s <= %s", column, date_to))
        return SQL(" AND ").join(conditions)
