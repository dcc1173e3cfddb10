from odoo import fields, models
from odoo.tools import SQL

from .crm_resource_past_sale_import_stage import SEPARATOR
from .past_sale_columns import COLUMNS, TEXT_LIMITS

FIRST_DAY = fields.Date.to_date("1900-01-01")
LARGEST_FACTOR = 10**12
LARGEST_AMOUNT = 10**15
NUMBERS = {"quantity": "quantity", "price_unit": "price", "amount": "total"}
NOTHING = SQL("NULL")
AMOUNT = SQL("COALESCE(total.value, quantity.value * price.value)")
# what tells lines apart: the file's own values, whatever they are written like
CONTENT = (
    "document",
    "customer_code",
    "customer_name",
    "product_code",
    "name",
    "currency",
    "country",
    "salesperson",
    "department",
)


class CrmResourcePastSaleImport(models.Model):
    """From typed values to lines: what each row becomes, or why it is refused."""

    _inherit = "crm.resource.past.sale.import"

    def _analyse(self, path=None):
        """Read the file and decide about each of its rows, in temporary tables; nothing
        is written.

        :param str path: the file on disk, None for the one that was uploaded
        """
        self._stage(path)
        self._match()
        self._create_lines()
        self._number_copies()
        self._mark_known()
        self._mark_used()

    def _create_lines(self):
        """One line for each row; ``reason`` says why it is refused, and ``value`` which
        of its values it is about."""
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE past_sale_line ON COMMIT DROP AS
                SELECT row.number, row.document, day.date, customer.id AS customer,
                       product.id AS product, row.name, quantity.value AS quantity,
                       price.value AS price_unit, currency.id AS currency_id,
                       TRIM_SCALE(
                           ROUND(%(amount)s / currency.rounding) * currency.rounding
                       ) AS amount,
                       salesperson.user_id, department.team_id, verdict.reason,
                       CASE WHEN verdict.reason IS NOT NULL THEN %(value)s END AS value,
                       CASE WHEN verdict.reason IS NULL THEN %(content)s END AS content,
                       1 AS copy, FALSE AS is_known
                  %(from)s
                 CROSS JOIN LATERAL (SELECT %(reason)s AS reason OFFSET 0) verdict
                 WHERE COALESCE(%(cells)s) IS NOT NULL
                """,
                amount=AMOUNT,
                value=self._get_case("verdict.reason", 2),
                content=self._get_content(),
                reason=self._get_case(None, 1),
                cells=SQL(", ").join(SQL.identifier("row", name) for name in COLUMNS),
                **{"from": self._get_line_from()},
            )
        )
        self.env.cr.execute(SQL("ANALYZE past_sale_line"))

    def _get_line_from(self):
        return SQL(
            """
              FROM past_sale_row row
              LEFT JOIN (%(days)s) day ON day.text = row.date
              LEFT JOIN (%(currencies)s) given_currency
                ON given_currency.text = row.currency
              LEFT JOIN res_currency currency
                ON currency.id = CASE WHEN row.currency IS NULL THEN %(currency)s
                                      ELSE given_currency.currency_id END
              LEFT JOIN (%(countries)s) country
                ON %(is_country_needed)s AND country.text = row.country
              LEFT JOIN (%(salespeople)s) salesperson
                ON salesperson.text = row.salesperson
              LEFT JOIN (%(departments)s) department
                ON department.text = row.department
              LEFT JOIN past_sale_customer customer ON customer.key = %(customer_key)s
              LEFT JOIN past_sale_product product ON product.key = %(product_key)s
              LEFT JOIN (%(quantities)s) quantity ON quantity.text = row.quantity
              LEFT JOIN (%(prices)s) price ON price.text = row.price_unit
              LEFT JOIN (%(totals)s) total ON total.text = row.amount
            """,
            days=self._get_days(),
            currencies=self._get_currencies(),
            currency=self.currency_id.id,
            countries=self._get_countries(),
            is_country_needed=self.country_policy == "refuse",
            salespeople=self._get_salespeople(),
            departments=self._get_departments(),
            customer_key=self._get_customer_key("row"),
            product_key=self._get_product_key("row"),
            quantities=self._get_numbers("quantity"),
            prices=self._get_numbers("price_unit"),
            totals=self._get_numbers("amount"),
        )

    def _get_content(self):
        """Return the digest of what a line says: the same however its date and numbers
        are written."""
        values = [
            SQL("day.date - DATE '1970-01-01'"),
            *(SQL.identifier(name, "written") for name in NUMBERS.values()),
            *(SQL.identifier("row", name) for name in CONTENT),
        ]
        return SQL(
            """ENCODE(SUBSTR(SHA256(CONVERT_TO(CONCAT(%s, %s), 'UTF8')), 1, 12),
                      'base64')""",
            self.source,
            SQL(", ").join(SQL("%s, %s", SEPARATOR, value) for value in values),
        )

    def _get_case(self, code, place):
        """Return a CASE over the checks of a row.

        :param str code: column that holds the code of the check that failed, None to
            try them
        :param int place: what to return, a place in the tuples of the checks
        """
        branches = []
        for name, condition, value in self._get_checks():
            when = SQL("%s = %s", SQL(code), name) if code else condition
            branches.append(SQL("WHEN %s THEN %s", when, value if place == 2 else name))
        return SQL("CASE %s END", SQL(" ").join(branches))

    def _get_checks(self):
        """Return what rows are refused for, the first one counts.

        :return: list of tuples of a code, a condition and the value it is about, both
            SQL; the texts are in `_get_reason_templates`
        """
        row = {name: SQL.identifier("row", name) for name in COLUMNS}
        return [
            ("cells", SQL("row.is_wide"), NOTHING),
            *self._get_text_checks(row),
            ("document_missing", SQL("row.document IS NULL"), NOTHING),
            ("date_missing", SQL("row.date IS NULL"), NOTHING),
            ("date_invalid", SQL("day.date IS NULL"), row["date"]),
            ("date_future", SQL("day.date > %s", self._get_today()), row["date"]),
            ("date_early", SQL("day.date < %s", FIRST_DAY), row["date"]),
            *self._get_number_checks(row),
            *self._get_name_checks(row),
            *self._get_record_checks(),
        ]

    def _get_text_checks(self, row):
        for name, limit in TEXT_LIMITS.items():
            # the first condition is fast, the second right
            condition = SQL(
                "OCTET_LENGTH(%(text)s) > %(limit)s AND LENGTH(%(text)s) > %(limit)s",
                text=row[name],
                limit=limit,
            )
            yield f"{name}_long", condition, SQL("LEFT(%s, 40)", row[name])

    def _get_record_checks(self):
        for reason in ("customer_missing", "customer_unknown", "customer_archived"):
            condition = SQL("customer.reason = %s", reason)
            yield reason, condition, self._get_shown("customer")
        condition = SQL("product.reason IS NOT NULL")
        yield "product_unknown", condition, self._get_shown("product")

    def _get_number_checks(self, row):
        for name, table in NUMBERS.items():
            figure = SQL.identifier(table, "value")
            largest = LARGEST_AMOUNT if name == "amount" else LARGEST_FACTOR
            yield (
                f"{name}_invalid",
                SQL("%s IS NULL AND %s IS NOT NULL", figure, row[name]),
                row[name],
            )
            yield f"{name}_large", SQL("ABS(%s) >= %s", figure, largest), row[name]
        yield (
            "amount_missing",
            SQL("%s IS NULL", AMOUNT),
            NOTHING,
        )
        yield (
            "product_large",
            SQL("ABS(%s) >= %s", AMOUNT, LARGEST_AMOUNT),
            SQL("row.quantity || ' x ' || row.price_unit"),
        )

    def _get_name_checks(self, row):
        yield "currency_unknown", SQL("currency.id IS NULL"), row["currency"]
        yield "currency_rate", SQL("NOT given_currency.has_rate"), row["currency"]
        if self.country_policy == "refuse":
            yield (
                "country_unknown",
                SQL("row.country IS NOT NULL AND country.text IS NULL"),
                row["country"],
            )
        yield (
            "salesperson_unknown",
            SQL("row.salesperson IS NOT NULL AND salesperson.user_id IS NULL"),
            row["salesperson"],
        )
        yield (
            "department_unknown",
            SQL("row.department IS NOT NULL AND department.team_id IS NULL"),
            row["department"],
        )

    def _get_shown(self, table):
        """Return the code, else the name, of a customer or product of the file."""
        return SQL(
            "COALESCE(%s, %s)",
            SQL.identifier(table, "code"),
            SQL.identifier(table, "name"),
        )

    def _number_copies(self):
        """Number the lines that say the same: they are few, and all are real."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_line line SET copy = repeated.copy
                  FROM (
                        SELECT number, ROW_NUMBER() OVER (
                                   PARTITION BY content ORDER BY number) AS copy
                          FROM past_sale_line
                         WHERE content IN (
                               SELECT content FROM past_sale_line
                                GROUP BY content HAVING COUNT(*) > 1)
                       ) repeated
                 WHERE repeated.number = line.number AND repeated.copy > 1
                """
            )
        )

    def _get_key(self):
        """Return the key of a line. It begins with the day, so that lines of one time
        stand together in the index."""
        return SQL("line.date - DATE '1970-01-01' || line.content || line.copy")

    def _mark_known(self):
        """Mark the lines that were imported before."""
        self.env["crm.resource.past.sale"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_line line SET is_known = TRUE
                  FROM crm_resource_past_sale past
                 WHERE past.company_id = %s AND past.key = %s AND line.reason IS NULL
                """,
                self.company_id.id,
                self._get_key(),
            )
        )

    def _mark_used(self):
        """Mark the customers and products of the lines that are new."""
        for table, column in (
            ("past_sale_customer", "customer"),
            ("past_sale_product", "product"),
        ):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s used SET is_used = TRUE
                      FROM (SELECT DISTINCT %(column)s AS id
                              FROM past_sale_line
                             WHERE reason IS NULL AND NOT is_known) new
                     WHERE new.id = used.id
                    """,
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                )
            )
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_customer customer SET is_used = TRUE
                  FROM past_sale_customer same
                 WHERE same.same_id = customer.id AND same.is_used
                """
            )
        )
