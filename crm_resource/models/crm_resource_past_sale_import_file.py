import io
import os

from odoo import fields, models
from odoo.exceptions import UserError

from .past_sale_columns import guess_columns
from .past_sale_reader import (
    DELIMITERS,
    TableFile,
    UnreadableFile,
    guess_is_decimal_comma,
    guess_is_month_first,
)


class CrmResourcePastSaleImport(models.Model):
    """The file: opening it, reading its columns, guessing what they hold."""

    _inherit = "crm.resource.past.sale.import"

    def action_read(self):
        """Read the columns again, after encoding or separator were corrected."""
        self._read_columns(
            given=[name for name in ("encoding", "delimiter") if self[name]]
        )

    def _get_opener(self, path=None):
        """Return a function that opens the bytes of the file.

        :param str path: the file on disk, None for the one that was uploaded
        """
        self.ensure_one()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "=", self.id),
            ]
        )
        if not path and not attachment:
            raise UserError(self.env._("Choose a file first."))
        if not path and attachment.store_fname:
            path = attachment._full_path(attachment.store_fname)
        if path:
            return lambda: open(path, "rb")
        raw = attachment.raw
        return lambda: io.BytesIO(raw)

    def _open_table(self, path=None, names=("encoding", "delimiter")):
        """Return the file as a :class:`TableFile`.

        :param str path: the file on disk, None for the one that was uploaded
        :param names: which fields say how it is written, the rest is found out
        """
        return TableFile(
            self._get_opener(path),
            encoding="encoding" in names and self.encoding,
            delimiter="delimiter" in names and DELIMITERS.get(self.delimiter),
            use_decimal_comma=self.use_decimal_comma,
        )

    def _read_columns(self, path=None, given=()):
        """Read the names of the columns, and guess what they hold and how it is
        written.

        :param str path: the file on disk, None for the one that was uploaded
        :param given: names of the fields that are not to be guessed
        """
        for record in self:
            try:
                table = record._open_table(path, given)
                headers, rows = table.read_start()
            except UnreadableFile as error:
                raise UserError(record._get_unreadable_message(error)) from error
            guess = record._prepare_file_values(table, headers, rows)
            record.write({name: guess[name] for name in guess if name not in given})

    def _prepare_file_values(self, table, headers, rows):
        fields_get = self.env["crm.resource.past.sale.import.column"]._fields["target"]
        labels = [
            (label, target)
            for target, label in fields_get._description_selection(self.env)
        ]
        targets = guess_columns(headers, labels)
        cells = {
            target: [row[index].strip() for row in rows if len(row) > index]
            for index, target in enumerate(targets)
            if target
        }
        numbers = [
            *cells.get("quantity", ()),
            *cells.get("price_unit", ()),
            *cells.get("amount", ()),
        ]
        names = {char: name for name, char in DELIMITERS.items()}
        is_month_first = guess_is_month_first(cells.get("date", ()))
        return {
            "state": "draft",
            "checksum": table.get_checksum(),
            "encoding": False if table.is_xlsx else table.encoding,
            "delimiter": False if table.is_xlsx else names[table.delimiter],
            "date_order": "mdy" if is_month_first else "dmy",
            "use_decimal_comma": guess_is_decimal_comma(numbers),
            "column_ids": [
                fields.Command.clear(),
                *self._prepare_column_commands(headers, targets, rows),
            ],
        }

    def _prepare_column_commands(self, headers, targets, rows):
        for index, (header, target) in enumerate(zip(headers, targets, strict=True)):
            cells = [row[index].strip() for row in rows if len(row) > index]
            examples = list(dict.fromkeys(cell[:40] for cell in cells if cell))[:3]
            yield fields.Command.create(
                {
                    "sequence": index,
                    "name": header.strip()
                    or self.env._("Column %(number)s", number=index + 1),
                    "sample": ", ".join(examples),
                    "target": target,
                }
            )

    def _get_unreadable_message(self, error):
        """Return what to do about a file that cannot be read.

        :param UnreadableFile error: what the reader said
        """
        row = error.row or 1
        messages = {
            "compressed": self.env._(
                "The file is damaged: it ends or breaks off in the middle. Upload it "
                "again."
            ),
            "empty": self.env._("The file is empty. Choose another one."),
            "encoding": self.env._(
                "Row %(row)s is not written in the chosen encoding. Choose another "
                "encoding, or save the file as UTF-8.",
                row=row,
            ),
            "old_excel": self.env._(
                "This is a file of an old Excel (.xls). Save it as .xlsx or as CSV."
            ),
            "openpyxl": self.env._(
                "This server lacks the Python library openpyxl, which reads XLSX "
                "files: have it installed, or save the file as CSV."
            ),
            "quotes": self.env._(
                "The quotation marks of row %(row)s do not match: a cell begins with "
                "one that is not closed, or goes on after the closing one. Mend that "
                "row, or choose another separator.",
                row=row,
            ),
            "xlsx": self.env._(
                "The file is no XLSX file, or it is damaged. Save it again as .xlsx or "
                "as CSV."
            ),
        }
        return messages[error.code]

    def _keep_file(self, path):
        """Keep a file on disk as that of the import, as if it had been uploaded."""
        with open(path, "rb") as stream:
            self.env["ir.attachment"].create(
                {
                    "name": os.path.basename(path),
                    "res_model": self._name,
                    "res_field": "file",
                    "res_id": self.id,
                    # no text, whose words the ERP would keep a second time
                    "mimetype": "application/binary",
                    "raw": stream.read(),
                }
            )
        self.invalidate_recordset(["file"])
