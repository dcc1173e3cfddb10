import io
from datetime import date as Date

import xlsxwriter

from odoo import api, models

WIDTHS = (28, 22, 22, 12)


class CrmResourceTarget(models.Model):
    """A year of targets as a workbook, which comes back by the import."""

    _inherit = "crm.resource.target"

    @api.model
    def _get_workbook(self, year, measure):
        """Return a year of targets, as far as the user reads them, as an XLSX file: a
        row for each department or person and for target and stretch.

        :param int year: of the months
        :param str measure: a key of `MEASURES`
        """
        grid = self.get_grid(year, measure)
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
            # names are text, whatever they look like
            workbook.strings_to_formulas = workbook.strings_to_urls = False
            bold = workbook.add_format({"bold": True})
            sheet = workbook.add_worksheet(str(year))
            sheet.freeze_panes(1, len(WIDTHS))
            for column, width in enumerate(WIDTHS):
                sheet.set_column(column, column, width)
            sheet.write_row(0, 0, self._get_workbook_header(year), bold)
            for place, row in enumerate(self._get_workbook_rows(grid), 1):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(place, column, value)
                    elif value is not None:
                        sheet.write_number(place, column, value)
        return stream.getvalue()

    @api.model
    def _get_workbook_header(self, year):
        """Return the titles of the columns; months are written as 2026-01."""
        return [
            self.env._("Department"),
            self.env._("Person"),
            self.env._("Login"),
            self.env._("Figure"),
            *(Date(year, month, 1).strftime("%Y-%m") for month in range(1, 13)),
        ]

    @api.model
    def _get_workbook_rows(self, grid):
        labels = self._get_figure_labels()
        paths = self._get_team_paths([row["team_id"] for row in grid["rows"]])
        # names and logins of colleagues are no secret
        users = (
            self.env["res.users"]
            .sudo()
            .browse([row["user_id"] for row in grid["rows"] if row["user_id"]])
        )
        logins = {user.id: user.login for user in users}
        for row in grid["rows"]:
            if not row["is_readable"]:
                continue
            names = [
                paths.get(row["team_id"], ""),
                row["name"] if row["user_id"] else "",
                logins.get(row["user_id"], ""),
            ]
            for figure in ("target", "stretch"):
                if figure == "target" or any(row[figure]):
                    yield [*names, labels[figure], *row[figure]]

    @api.model
    def _get_figure_labels(self):
        return {
            name: self._fields[name]._description_string(self.env)
            for name in ("target", "stretch")
        }

    @api.model
    def _get_team_paths(self, ids):
        """Return the names of departments with those above them, by id."""
        # which departments there are is no secret
        teams = self.env["crm.team"].sudo().browse({*ids} - {False})
        above = teams.browse(
            {int(part) for team in teams for part in team.parent_path.split("/")[:-1]}
        )
        names = {team.id: team.name or "" for team in above}
        return {
            team.id: " / ".join(
                names[int(part)] for part in team.parent_path.split("/")[:-1]
            )
            for team in teams
        }
