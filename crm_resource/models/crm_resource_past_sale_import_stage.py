import io
from operator import itemgetter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from .past_sale_columns import COLUMNS, REQUIRED
from .past_sale_reader import ESCAPED_START, UnreadableFile

CHUNK_SIZE = 10000
CODES = ("document", "customer_code", "product_code")
# time of day, with seconds, half of the day and zone or without
TIME = (
    r"(?:[ T,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
    r"(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST = rf"^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{TIME}$"
YEAR_LAST = rf"^(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){TIME}$"
COMPACT = r"^(\d{4})(\d{2})(\d{2})$"
SERIAL = r"^(\d{5})(?:[.,]\d+)?$"
PLAIN_NUMBER = r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"
GROUPED_NUMBER = r"^[-+]?[0-9]{1,3}([, '’\u00a0\u202f][0-9]{3})+(\.[0-9]*)?$"
POWER_NUMBER = r"^[-+]?[0-9](\.[0-9]*)?[eE][-+]?[0-9]{1,2}$"
NUMBER_SIZE = 60
SEPARATOR = "\x1f"  # of the texts of a row, where they are digested
COPY_ESCAPES = {
    "\\": "\\\\",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    SEPARATOR: " ",
}


class CrmResourcePastSaleImport(models.Model):
    """From the file to typed values: the cells go to a temporary table as they are, and
    PostgreSQL parses them. Memory does not grow with the file."""

    _inherit = "crm.resource.past.sale.import"

    def _get_mapping(self):
        """Return the place in the file of each kind of column.

        :return: dict of index by key of ``COLUMNS``
        :raise UserError: if two columns hold the same, or a needed one is missing
        """
        self.ensure_one()
        mapped = self.column_ids.filtered("target")
        mapping = {column.target: column.sequence for column in mapped}
        if len(mapping) < len(mapped):
            raise UserError(
                self.env._(
                    "Two columns are said to hold the same. Leave one of them empty."
                )
            )
        if not mapping.keys() >= {*REQUIRED} or (
            "amount" not in mapping and not mapping.keys() >= {"quantity", "price_unit"}
        ):
            raise UserError(
                self.env._(
                    "Say which columns hold the document, the date, and the amount or "
                    "else both the quantity and the unit price."
                )
            )
        return mapping

    def _stage(self, path=None):
        """Copy the mapped columns of the file into a temporary table, as text.

        :param str path: the file on disk, None for the one that was uploaded
        :raise UserError: if the file cannot be read
        """
        mapping = self._get_mapping()
        self._create_stage()
        copy = SQL(
            "COPY past_sale_row (number, is_wide, %s) FROM STDIN (NULL '')",
            SQL(", ").join(SQL.identifier(name) for name in mapping),
        )
        try:
            headers, number, chunks = self._open_table(path).read_table(CHUNK_SIZE)
            for chunk in chunks:
                with disabling_gc():  # strings and lists of them make no cycles
                    text = _make_copy_text(chunk, number, mapping, len(headers))
                # the driver's own method: Odoo's cursor has none that sends a stream
                self.env.cr.copy_expert(copy.code, io.StringIO(text), CHUNK_SIZE)
                number += len(chunk)
        except UnreadableFile as error:
            raise UserError(self._get_unreadable_message(error)) from error
        self.env.cr.execute(SQL("ANALYZE past_sale_row"))

    def _create_stage(self):
        # what is sorted and joined here is as large as the file
        self.env.cr.execute(SQL("SET LOCAL work_mem = '16MB'"))
        self.env.cr.execute(SQL("SET LOCAL hash_mem_multiplier = 1"))  # and no more
        # how many and how different: a tenth of the usual sample tells well enough
        self.env.cr.execute(SQL("SET LOCAL default_statistics_target = 10"))
        self.env.cr.execute(
            SQL(
                """
                DROP TABLE IF EXISTS pg_temp.past_sale_row, pg_temp.past_sale_customer,
                    pg_temp.past_sale_product, pg_temp.past_sale_line
                """
            )
        )
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE past_sale_row (number int4, is_wide boolean, %s)
                    ON COMMIT DROP
                """,
                SQL(", ").join(
                    SQL("%s text", SQL.identifier(name)) for name in COLUMNS
                ),
            )
        )

    # ------------------------------------------------------------
    # Parsing
    # ------------------------------------------------------------

    def _get_given(self, name):
        """Return the SELECT of each different ``text`` of a column; there is none where
        the file has no such column, and PostgreSQL plans accordingly."""
        if name not in self.column_ids.mapped("target"):
            return SQL("SELECT NULL::text AS text WHERE FALSE")
        return SQL(
            """SELECT DISTINCT %(column)s AS text FROM past_sale_row
                WHERE %(column)s IS NOT NULL""",
            column=SQL.identifier(name),
        )

    def _get_numbers(self, name):
        """Return the SELECT of each ``text`` of a column and the number it means, as
        ``value`` and as it is ``written`` shortest; NULL if it is none."""
        text = SQL("given.text")
        if self.use_decimal_comma:
            text = SQL("TRANSLATE(given.text, ',.', '.,')")
        return SQL(
            """
            SELECT number.text, number.value,
                   TRIM_SCALE(number.value)::text AS written
              FROM (
                    SELECT given.text,
                           CASE WHEN LENGTH(%(text)s) > %(size)s THEN NULL
                                WHEN %(text)s ~ %(plain)s THEN %(text)s::numeric
                                WHEN %(text)s ~ %(grouped)s
                                THEN REGEXP_REPLACE(
                                    %(text)s, '[^-+0-9.]', '', 'g')::numeric
                                WHEN %(text)s ~ %(power)s THEN %(text)s::numeric
                            END AS value
                      FROM (%(given)s) given
                    OFFSET 0
                   ) number
            OFFSET 0
            """,
            text=text,
            given=self._get_given(name),
            size=NUMBER_SIZE,
            plain=PLAIN_NUMBER,
            grouped=GROUPED_NUMBER,
            power=POWER_NUMBER,
        )

    def _get_days(self):
        """Return the SELECT of each ``text`` of the column of dates and the ``date`` it
        means, NULL if it is none; OFFSET 0 has each of them parsed once."""
        day, month = (1, 2) if self.date_order == "dmy" else (2, 1)
        return SQL(
            """
            SELECT part.text,
                   CASE WHEN serial IS NOT NULL THEN DATE '1899-12-30' + serial
                        WHEN year BETWEEN 1900 AND 9999 AND month BETWEEN 1 AND 12
                             AND day BETWEEN 1 AND CASE
                                 WHEN month IN (4, 6, 9, 11) THEN 30
                                 WHEN month <> 2 THEN 31
                                 WHEN MOD(year, 4) = 0
                                      AND (MOD(year, 100) <> 0 OR MOD(year, 400) = 0)
                                 THEN 29 ELSE 28 END
                        THEN MAKE_DATE(year, month, day) END AS date
              FROM (
                    SELECT text, serial[1]::int4 AS serial,
                           COALESCE(
                               ymd[1]::int4,
                               CASE WHEN LENGTH(dmy[3]) = 4 THEN dmy[3]::int4
                                    WHEN dmy[3]::int4 < 70 THEN 2000 + dmy[3]::int4
                                    ELSE 1900 + dmy[3]::int4 END
                           ) AS year,
                           COALESCE(ymd[2], dmy[%(month)s])::int4 AS month,
                           COALESCE(ymd[3], dmy[%(day)s])::int4 AS day
                      FROM (%(parts)s) parts
                    OFFSET 0
                   ) part
            """,
            day=day,
            month=month,
            parts=self._get_date_parts(),
        )

    def _get_date_parts(self):
        return SQL(
            """
            SELECT text, REGEXP_MATCH(text, %(serial)s) AS serial,
                   REGEXP_MATCH(text, %(year_last)s) AS dmy,
                   COALESCE(REGEXP_MATCH(text, %(year_first)s),
                            REGEXP_MATCH(text, %(compact)s)) AS ymd
              FROM (%(given)s) given
            OFFSET 0
            """,
            given=self._get_given("date"),
            serial=SERIAL,
            year_first=YEAR_FIRST,
            year_last=YEAR_LAST,
            compact=COMPACT,
        )

    def _get_today(self):
        return fields.Date.context_today(self.with_company(self.company_id))


def _make_copy_text(rows, number, mapping, width):
    """Return rows of the file as PostgreSQL's COPY takes them: number of the row,
    whether it has more cells than there are columns, and the cells of the mapped
    columns.

    Works by column: that is several times as fast as by row.

    :param list rows: rows of the file, short ones are filled up
    :param int number: number of the first of them
    :param dict mapping: place of each mapped column
    :param int width: number of columns
    """
    is_wide = [""] * len(rows)
    if {*map(len, rows)} != {width}:
        is_wide = ["t" if any(map(str.strip, row[width:])) else "" for row in rows]
        rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    columns = [
        _clean_column(map(itemgetter(place), rows), name in CODES)
        for name, place in mapping.items()
    ]
    numbers = map(str, range(number, number + len(rows)))
    return "\n".join(map("\t".join, zip(numbers, is_wide, *columns, strict=True)))


def _clean_column(cells, is_code):
    """Return the cells of a column without blanks around them, escaped for COPY."""
    cells = list(map(str.strip, cells))
    glued = "\0".join(cells)
    if "'" in glued:
        # the sign that keeps a spreadsheet from running a formula
        cells = [cell[1:] if cell[:2] in ESCAPED_START else cell for cell in cells]
    if is_code and ".0" in glued:
        # a spreadsheet may have taken the code for a number
        cells = [
            cell[:-2] if cell[-2:] == ".0" and cell[:-2].isdigit() else cell
            for cell in cells
        ]
    for letter, escape in COPY_ESCAPES.items():
        if letter in glued:
            cells = [cell.replace(letter, escape) for cell in cells]
    return cells
