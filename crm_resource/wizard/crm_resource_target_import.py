import base64
import io
import re
from collections import Counter
from datetime import date as Date
from zipfile import BadZipFile

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.crm_resource_target_cell_mixin import COUNTS, MEASURES

MAX_BYTES = 5 << 20
MAX_ROWS = 5000
MONTH = re.compile(r"(\d{4})-(\d{2})")
COLUMNS = 4  # that say whose the row is


class CrmResourceTargetImport(models.TransientModel):
    """A workbook of targets, as the grid exports it: looked through, then imported."""

    _name = "crm.resource.target.import"
    _description = "Import Targets"

    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year
    )
    measure = fields.Selection(MEASURES, required=True, default="sales")
    file = fields.Binary(string="Workbook (XLSX)", required=True, attachment=False)
    filename = fields.Char()
    is_skipping = fields.Boolean(
        string="Leave Out Broken Rows",
        help="Otherwise nothing is imported as long as a row is broken.",
    )
    line_ids = fields.One2many(
        "crm.resource.target.import.line", "import_id", readonly=True
    )

    def action_check(self):
        """Show for each row what would happen, and change nothing."""
        self.ensure_one()
        self._show(self._read())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Targets"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_import(self):
        """Import the rows.

        :raise UserError: if one is broken and broken ones are not to be left out
        """
        self.ensure_one()
        rows = self._read()
        broken = [row for row in rows if row["state"] == "broken"]
        if broken and not self.is_skipping:
            raise UserError(
                self.env._(
                    "Nothing is imported, rows are broken: %(rows)s",
                    rows="\n".join(
                        self.env._(
                            "Row %(number)s: %(message)s",
                            number=row["number"],
                            message=row["message"],
                        )
                        for row in broken[:20]
                    ),
                )
            )
        cells = [cell for row in rows for cell in row["cells"]]
        self.env["crm.resource.target"].set_targets(self.year, self.measure, cells)
        return {"type": "ir.actions.act_window_close"}

    def _show(self, rows):
        # people read what came of their file, they do not write it
        lines = self.env["crm.resource.target.import.line"].sudo()
        lines.search([("import_id", "=", self.id)]).unlink()
        lines.create(
            [
                {
                    "import_id": self.id,
                    **{name: row[name] for name in ("number", "name", "state")},
                    "message": row["message"],
                }
                for row in rows
            ]
        )

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _read(self):
        """Return what each row says: dicts of ``number``, ``name``, ``state``
        ("changed", "same", "broken"), ``message`` and ``cells`` as `set_targets` takes
        them."""
        header, *table = self._read_table() or [()]
        months = self._read_header(header)
        targets = self.env["crm.resource.target"]
        grid = targets.get_grid(self.year, self.measure)
        known = self._get_known(grid)
        closed = [month["is_closed"] for month in grid["months"]]
        rows, seen = [], set()
        for number, values in enumerate(table, 2):
            if all(value in (None, "") for value in values):
                continue
            names = [str(value or "").strip() for value in values[:COLUMNS]]
            row = {"number": number, "name": " / ".join(filter(None, names[:2]))}
            row |= {"cells": [], "message": "", "state": "broken"}
            rows.append(row)
            found, figure, row["message"] = self._identify(known, names, seen)
            if not row["message"]:
                seen.add((found["key"], figure))
                self._read_row(row, found, figure, months, closed, values)
        self._check_together(rows)
        return rows

    def _read_table(self):
        """Return the rows of the first sheet, as tuples of values."""
        try:
            import openpyxl
        except ImportError as error:
            raise UserError(
                self.env._("XLSX files are read with the library openpyxl: install it.")
            ) from error
        content = base64.b64decode(self.file or b"")
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is too large for a year of targets."))
        try:
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True
            )
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(
                max_row=MAX_ROWS + 1, max_col=COLUMNS + 24, values_only=True
            )
            return [tuple(row) for row in rows]
        except (
            BadZipFile,
            IndexError,
            KeyError,
            ValueError,
            TypeError,
            OSError,
        ) as error:
            raise UserError(
                self.env._(
                    "This is no XLSX workbook: export one, change and import it."
                )
            ) from error

    def _read_header(self, header):
        """Return the columns of months, by the number of the month."""
        months = {}
        for column, title in enumerate(header):
            if isinstance(title, Date):
                title = title.strftime("%Y-%m")
            match = MONTH.fullmatch(str(title or "").strip())
            if column < COLUMNS or not match:
                continue
            year, month = int(match[1]), int(match[2])
            if year != self.year or month in months or not 1 <= month <= 12:
                raise UserError(
                    self.env._(
                        "The column “%(title)s” is no month of %(year)s, or stands "
                        "there twice: choose the year of the file.",
                        title=match[0],
                        year=self.year,
                    )
                )
            months[month] = column
        if not months:
            raise UserError(
                self.env._(
                    "The first row names no months such as %(month)s: export a "
                    "workbook, change and import it.",
                    month=f"{self.year}-01",
                )
            )
        return months

    def _get_known(self, grid):
        """Return the rows of the grid by department and login, in small letters, and
        how often each stands there."""
        targets = self.env["crm.resource.target"]
        paths = targets._get_team_paths([row["team_id"] for row in grid["rows"]])
        # names and logins of colleagues are no secret
        users = self.env["res.users"].sudo()
        users = users.browse([row["user_id"] for row in grid["rows"] if row["user_id"]])
        logins = {user.id: user.login for user in users}
        known, counts = {}, Counter()
        for row in grid["rows"]:
            team = paths.get(row["team_id"], "").lower()
            for person in {
                logins.get(row["user_id"], ""),
                row["user_id"] and row["name"],
            }:
                if person is not False:
                    known[team, person.lower()] = row
                    counts[team, person.lower()] += 1
        return known, counts

    def _identify(self, known, names, seen):
        """Return which row of the grid and which figure a row of the file means, or
        why it means none.

        :param seen: keys and figures of the rows above
        """
        labels = self.env["crm.resource.target"]._get_figure_labels()
        figures = {name: name for name in labels}
        figures |= {label.lower(): name for name, label in labels.items()}
        figure = figures.get(names[3].lower())
        found = self._find(known, names)
        message = ""
        if isinstance(found, str):
            message = found
        elif not figure:
            message = self.env._(
                "“%(text)s” is neither target nor stretch.", text=names[3]
            )
        elif (found["key"], figure) in seen:
            message = self.env._("The same row stands above already.")
        return found, figure, message

    def _find(self, known, names):
        """Return the row of the grid that a row of the file means, or why there is
        none."""
        rows, counts = known
        team, name, login, _figure = names
        key = (team.lower(), (login or name).lower())
        if counts[key] > 1:
            return self.env._("Several rows of your targets are called like this one.")
        if key in rows:
            return rows[key]
        if login or name:
            return self.env._(
                "“%(person)s” has no row in “%(team)s”: enter the login of one of its "
                "people.",
                person=login or name,
                team=team,
            )
        return self.env._(
            "There is no department “%(team)s” among your targets.", team=team
        )

    def _read_row(self, row, found, figure, months, closed, values):
        """Put into ``row`` what is changed, or why it is broken."""
        row["state"] = "same"
        cells = []
        for month, column in sorted(months.items()):
            value = values[column] if column < len(values) else None
            if value is None or value == "":
                continue
            error = self._get_cell_error(value, found, figure, month, closed)
            if error:
                row["state"] = "broken"
                row["message"] = f"{self.year}-{month:02}: {error}"
                return
            if self._round(value) != found[figure][month - 1]:
                cell = {name: found[name] for name in ("team_id", "user_id")}
                cell |= {"month": month, "figure": figure, "value": self._round(value)}
                cells.append(cell)
        if cells:
            row |= {"state": "changed", "cells": cells}
            row["message"] = self.env._("%(count)s months are set.", count=len(cells))

    def _get_cell_error(self, value, found, figure, month, closed):
        """Return why a value is not set, None if it is, or is set already."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.env._("“%(text)s” is no number.", text=value)
        error = self.env["crm.resource.target"]._get_number_error(value, self.measure)
        if error or self._round(value) == found[figure][month - 1]:
            return error
        if closed[month - 1]:
            return self.env._("the month is closed.")
        if not found["is_settable"]:
            return self.env._("you do not set this target.")
        return None

    def _round(self, value):
        if self.measure in COUNTS:
            return int(value)
        return self.env.company.currency_id.round(value)

    def _check_together(self, rows):
        """Find what only shows when all is set, and set nothing."""
        cells = [cell for row in rows for cell in row["cells"]]
        targets = self.env["crm.resource.target"]
        try:
            with self.env.cr.savepoint() as savepoint:
                targets.set_targets(self.year, self.measure, cells)
                self.env.flush_all()
                savepoint.rollback()
        except UserError as error:
            row = {"number": 0, "name": "", "state": "broken", "cells": []}
            rows.append({**row, "message": str(error)})
        self.env.invalidate_all()
