import base64
import csv
import io
from itertools import chain

from odoo import api, fields, models
from odoo.tools import SQL

from .past_sale_reader import escape_formula

NAMED_ROWS = 10


class CrmResourcePastSaleImportRefusal(models.Model):
    """The rows of a file that are refused for one reason."""

    _name = "crm.resource.past.sale.import.refusal"
    _description = "Refused Rows of a File of Past Sales"
    _order = "row_count desc, id"

    import_id = fields.Many2one(
        "crm.resource.past.sale.import", required=True, index=True, ondelete="cascade"
    )
    code = fields.Char(required=True)
    value = fields.Char(help="The value in the first of these rows.")
    reason = fields.Char(compute="_compute_reason")
    row_count = fields.Integer(string="Rows")
    first_rows = fields.Char(string="Row Numbers")

    @api.depends("code", "value")
    @api.depends_context("lang")
    def _compute_reason(self):
        templates = self.env["crm.resource.past.sale.import"]._get_reason_templates()
        for refusal in self:
            refusal.reason = templates[refusal.code] % {"value": refusal.value or ""}


class CrmResourcePastSaleImport(models.Model):
    """What is refused: counted for the screen, and as a file to be mended."""

    _inherit = "crm.resource.past.sale.import"

    refusal_ids = fields.One2many(
        "crm.resource.past.sale.import.refusal",
        "import_id",
        string="Refused Rows by Reason",
        readonly=True,
    )
    refused_file = fields.Binary(
        string="Refused Rows as CSV", attachment=True, readonly=True, copy=False
    )
    refused_file_name = fields.Char(compute="_compute_refused_file_name")

    @api.depends("name")
    def _compute_refused_file_name(self):
        for record in self:
            record.refused_file_name = self.env._(
                "%(name)s - refused rows.csv", name=record.name
            )

    def _get_reason_templates(self):
        """Return the text of each reason to refuse a row, in the user's language.

        :return: dict of text by code, with a placeholder for the value
        """
        return {
            "cells": self.env._("The row has more cells than there are columns."),
            **self._get_text_templates(),
            "document_missing": self.env._("The document is missing."),
            "date_missing": self.env._("The date is missing."),
            "date_invalid": self.env._("“%(value)s” is no date."),
            "date_future": self.env._("The date %(value)s lies in the future."),
            "date_early": self.env._("The date %(value)s lies before 1900."),
            "quantity_invalid": self.env._("The quantity “%(value)s” is no number."),
            "quantity_large": self.env._("The quantity %(value)s is too large."),
            "price_unit_invalid": self.env._(
                "The unit price “%(value)s” is no number."
            ),
            "price_unit_large": self.env._("The unit price %(value)s is too large."),
            "amount_invalid": self.env._("The amount “%(value)s” is no number."),
            "amount_large": self.env._("The amount %(value)s is too large."),
            "amount_missing": self.env._(
                "There is neither an amount nor a quantity with a unit price."
            ),
            "product_large": self.env._("The amount of %(value)s is too large."),
            **self._get_name_templates(),
        }

    def _get_text_templates(self):
        return {
            "document_long": self.env._("The document “%(value)s…” is too long."),
            "customer_code_long": self.env._(
                "The customer code “%(value)s…” is too long."
            ),
            "customer_name_long": self.env._(
                "The customer name “%(value)s…” is too long."
            ),
            "product_code_long": self.env._(
                "The product code “%(value)s…” is too long."
            ),
            "name_long": self.env._("The description “%(value)s…” is too long."),
        }

    def _get_name_templates(self):
        return {
            "currency_unknown": self.env._(
                "There is no active currency “%(value)s”. Activate it, or correct it."
            ),
            "currency_rate": self.env._(
                "The currency %(value)s has no rate. Enter one first."
            ),
            "country_unknown": self.env._("There is no country “%(value)s”."),
            "salesperson_unknown": self.env._(
                "There is no user with the login or name “%(value)s”."
            ),
            "department_unknown": self.env._("There is no department “%(value)s”."),
            "customer_missing": self.env._("The customer is missing."),
            "customer_unknown": self.env._("There is no customer “%(value)s”."),
            "customer_archived": self.env._(
                "The customer with the code %(value)s is archived. Restore him first."
            ),
            "product_unknown": self.env._("There is no product “%(value)s”."),
        }

    def _store_refusals(self, path=None):
        """Keep what was found out about the refused rows of the file.

        :param str path: the file on disk, None for the one that was uploaded
        """
        self.refusal_ids.unlink()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT reason AS code, COUNT(*) AS row_count,
                       MIN(value) FILTER (WHERE place = 1) AS value,
                       STRING_AGG(number::text, ', ' ORDER BY number)
                           FILTER (WHERE place <= %(named)s)
                       || CASE WHEN COUNT(*) > %(named)s THEN ' …' ELSE '' END
                           AS first_rows
                  FROM (
                        SELECT number, reason, value, ROW_NUMBER() OVER (
                                   PARTITION BY reason ORDER BY number) AS place
                          FROM past_sale_line
                         WHERE reason IS NOT NULL
                       ) refused
                 GROUP BY reason
                """,
                named=NAMED_ROWS,
            )
        )
        self.refusal_ids.create([{**row, "import_id": self.id} for row in rows])
        self.with_context(bin_size=False).refused_file = (
            self._make_refused_file(path) if rows else False
        )

    def _make_refused_file(self, path=None):
        """Return the refused rows as CSV in base64: the columns of the file and the
        reason, to be mended and imported alone."""
        templates = self._get_reason_templates()
        refused = self._fetch_refused()
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        headers, start, chunks = self._open_table(path).read_table()
        title = self.env._("Reason")
        width = len(headers) - (headers[-1] == title)  # refused once more
        writer.writerow([*map(escape_formula, headers[:width]), title])
        number, code, value = next(refused)
        for place, row in enumerate(chain.from_iterable(chunks), start):
            if place < number:
                continue
            cells = row[:width] + [""] * (width - len(row)) + row[len(headers) :]
            reason = templates[code] % {"value": value}
            writer.writerow([*map(escape_formula, cells), escape_formula(reason)])
            number, code, value = next(refused, (0, None, None))
            if not number:
                break
        # spreadsheets take the mark for a sign of UTF-8
        return base64.b64encode(buffer.getvalue().encode("utf_8_sig"))

    def _fetch_refused(self):
        """Yield number, code and value of the refused rows, as the file has them."""
        last = 0
        while rows := self.env.execute_query(
            SQL(
                """
                SELECT number, reason, COALESCE(value, '') FROM past_sale_line
                 WHERE reason IS NOT NULL AND number > %s
                 ORDER BY number LIMIT 10000
                """,
                last,
            )
        ):
            yield from rows
            last = rows[-1][0]
