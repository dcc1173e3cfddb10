from datetime import date as Date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_resource_target import AMOUNTS
from .crm_resource_target_cell_mixin import COUNTS, MEASURES

YEARS = (1900, 2200)


class Cell(NamedTuple):
    """What a grid shows of a target: a year has thousands, which records take ten times
    as long to read."""

    team_id: int | None = None
    user_id: int | None = None
    date: Date | None = None
    target: float | None = None
    stretch: float | None = None
    date_from: Date | None = None
    date_to: Date | None = None
    counted_closed: float | None = None


class CrmResourceTarget(models.Model):
    """A year of targets on one screen."""

    _inherit = "crm.resource.target"

    @api.model
    @api.readonly
    def get_grid(self, year, measure="sales", has_results=False):
        """Return a year of targets of the user's company, as far as he reaches them.

        :param int year: of the months
        :param str measure: a key of `MEASURES`
        :param bool has_results: whether with what was achieved and is forecast
        :return: dict of ``rows`` in the order of the tree, each with ``key``,
            ``parent`` (a key), ``kind``, ``level``, ``name``, ``team_id``, ``user_id``,
            ``is_readable``, ``is_settable`` and lists of twelve: ``target`` (None: not
            set), ``stretch``, ``share`` (which part of a target counts), ``over``
            (which part of it is due today) and, with results, ``achieved`` and
            ``forecast``; further ``months`` and what heads the page
        :raise UserError: if there is no such year or measure
        """
        self.check_access("read")
        self._check_year(year, measure)
        company = self.env.company
        span = (Date(year, 1, 1), Date(year, 12, 31))
        cells = self._get_cells(company, measure, *span)
        results = {}
        if has_results:
            results = {
                "achieved": self._get_achieved([measure], company, *span),
                "forecast": self._get_forecast([measure], company, *span),
            }
        rows = self._get_rows(company, cells, results.get("achieved", ()))
        months = self._get_grid_months(company, year)
        self._fill_rows(rows, company, measure, months, cells, results)
        return {
            "rows": rows,
            "year": year,
            "measure": measure,
            "measures": self._fields["measure"]._description_selection(self.env),
            "has_results": bool(has_results),
            "company": company.name,
            "currency_id": False if measure in COUNTS else company.currency_id.id,
            "months": months,
            "may_fill": any(row["is_settable"] for row in rows),
            "may_close": self.env.user.has_group("crm_resource.group_reviewer"),
            "may_reopen": self.env.user.has_group("sales_team.group_sale_manager"),
        }

    @api.model
    def _get_cells(self, company, measure, date_from, date_to):
        """Return the targets that the user reads, as `Cell` by department, person and
        month."""
        query = self._search(
            [
                ("company_id", "=", company.id),
                ("measure", "=", measure),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
            ]
        )
        columns = [
            SQL("COALESCE(%s, 0)", column) if name in AMOUNTS else column
            for name in Cell._fields
            for column in [self._field_to_sql(self._table, name, query)]
        ]
        cells = map(Cell._make, self.env.execute_query(query.select(*columns)))
        return {(cell.team_id, cell.user_id, cell.date): cell for cell in cells}

    @api.model
    def _check_year(self, year, measure):
        if measure not in dict(MEASURES):
            raise UserError(
                self.env._("There is no such measure: choose one of the list.")
            )
        if type(year) is not int or not YEARS[0] <= year <= YEARS[1]:
            raise UserError(
                self.env._(
                    "Choose a year between %(first)s and %(last)s.",
                    first=YEARS[0],
                    last=YEARS[1],
                )
            )

    def _get_grid_months(self, company, year):
        # which months are closed is no secret
        months = self.env["crm.resource.target.month"].sudo()
        months = months.search(
            [
                ("company_id", "=", company.id),
                ("date", ">=", Date(year, 1, 1)),
                ("date", "<=", Date(year, 12, 31)),
            ]
        )
        known = {month.date.month: month for month in months}
        today = company._get_today()
        result = []
        for number in range(1, 13):
            month = known.get(number, months.browse())
            result.append(
                {
                    "id": month.id,
                    "date": fields.Date.to_string(Date(year, number, 1)),
                    "is_closed": month.is_closed,
                    "is_over": (year, number) < (today.year, today.month),
                    "is_current": (year, number) == (today.year, today.month),
                }
            )
        return result

    @api.model
    def _fill_rows(self, rows, company, measure, months, cells, results):
        """Put the figures of twelve months into rows.

        :param months: of `_get_grid_months`
        :param dict cells: of `_get_cells`
        :param dict results: of `_get_achieved` by the name of the figure
        """
        dates = [fields.Date.to_date(month["date"]) for month in months]
        closed = [month["is_closed"] for month in months]
        nothing = Cell()
        # of the other months nothing or everything is over, whoever's it is
        whole = [(1, float(month["is_over"])) for month in months]
        running = [month["is_current"] for month in months]
        keys = {}
        for row in rows:
            node = (row["team_id"] or None, row["user_id"] or None)
            for date, is_running in zip(dates, running, strict=True):
                cell = cells.get((*node, date), nothing)
                if is_running or cell.date_from or cell.date_to:
                    part = (node[1], date, cell.date_from, cell.date_to)
                    keys[*node, date] = (company, *part)
        shares = self._get_month_shares(keys.values())
        for row in rows:
            node = (row["team_id"] or None, row["user_id"] or None)
            values = []
            for date, is_closed, part in zip(dates, closed, whole, strict=True):
                cell = cells.get((*node, date), nothing)
                part = shares.get(keys.get((*node, date)), part)
                values.append(
                    (cell.target, cell.stretch, *cell_shares(cell, is_closed, part))
                )
            for place, name in enumerate(("target", "stretch", "share", "over")):
                row[name] = [value[place] for value in values]
            for name, amounts in results.items():
                row[name] = [
                    amounts.get((measure, company.id, *node, date), 0)
                    if row["is_readable"]
                    else 0
                    for date in dates
                ]


def cell_shares(cell, is_closed, shares):
    """Return which part of a target counts, and which is due: of closed months, what
    was kept when they were closed.

    :param cell: `Cell`
    :param shares: both of a month that is open
    """
    if not is_closed or cell.target is None:
        return shares
    share = (cell.counted_closed or 0) / cell.target if cell.target else 1
    return share, share
