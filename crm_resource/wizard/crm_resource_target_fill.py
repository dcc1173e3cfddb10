import math

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_resource_target_cell_mixin import COUNTS, MEASURES
from ..models.target_spread import spread


class CrmResourceTargetFill(models.TransientModel):
    """Fill a year of targets: from the year before, or by sharing out an amount."""

    _name = "crm.resource.target.fill"
    _description = "Fill Targets"

    method = fields.Selection(
        [
            ("copy", "Copy last year's targets"),
            ("spread", "Share out an amount of the year"),
        ],
        required=True,
        default="copy",
    )
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year
    )
    measure = fields.Selection(MEASURES, required=True, default="sales")
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        help="When targets are copied, empty: all that you set. When an amount is "
        "shared out, empty: the company.",
    )
    user_id = fields.Many2one("res.users", string="Salesperson")
    factor = fields.Float(
        default=1, digits=(16, 4), help="1.1: a tenth more than last year."
    )
    is_overwriting = fields.Boolean(
        string="Replace What Is Set", help="Otherwise only months without a target."
    )
    company_id = fields.Many2one("res.company", compute="_compute_currency_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(help="Of the year. What closed months hold is part of it.")
    season = fields.Selection(
        [
            ("achieved", "Like last year's achievement"),
            ("equal", "Equally"),
            ("weights", "By weights"),
        ],
        string="By Month",
        required=True,
        default="achieved",
    )
    weights = fields.Char(
        help="Twelve numbers, January first, separated by blanks: 1 1 2 2 …"
    )

    @api.depends("measure")
    def _compute_currency_id(self):
        for fill in self:
            fill.company_id = self.env.company
            fill.currency_id = (
                False if fill.measure in COUNTS else self.env.company.currency_id
            )

    def action_fill(self):
        """Set the targets, as far as the user sets them."""
        self.ensure_one()
        targets = self.env["crm.resource.target"]
        values = self._get_copied() if self.method == "copy" else self._get_spread()
        cells = [
            {**cell, "value": int(value) if self.measure in COUNTS else float(value)}
            for cell, value in values
        ]
        if not cells:
            raise UserError(
                self.env._(
                    "There is nothing to fill in: last year has no targets, or all "
                    "months are closed or set."
                )
            )
        targets.set_targets(self.year, self.measure, cells)
        return {"type": "ir.actions.act_window_close"}

    def _get_rows(self, year, **options):
        """Return the rows of a year's grid by their key."""
        grid = self.env["crm.resource.target"].get_grid(year, self.measure, **options)
        closed = [month["is_closed"] for month in grid["months"]]
        return {row["key"]: row for row in grid["rows"]}, closed

    def _get_cell(self, row, place, figure="target"):
        return {
            "team_id": row["team_id"],
            "user_id": row["user_id"],
            "month": place + 1,
            "figure": figure,
        }

    def _get_unit(self):
        return "1" if self.measure in COUNTS else str(self.currency_id.rounding)

    # ------------------------------------------------------------
    # Last year's
    # ------------------------------------------------------------

    def _get_copied(self):
        """Return the cells and values of last year's targets times the factor."""
        if not math.isfinite(self.factor) or not 0 < self.factor <= 1000:
            raise UserError(
                self.env._("The factor is a number above 0 and up to 1000.")
            )
        before, _closed = self._get_rows(self.year - 1)
        rows, closed = self._get_rows(self.year)
        unit = self._get_unit()
        values = []
        for key, row in rows.items():
            if key not in before or not row["is_settable"] or not self._is_meant(row):
                continue
            for place in range(12):
                old = before[key]["target"][place]
                is_set = row["target"][place] is not None
                if old is None or closed[place] or (is_set and not self.is_overwriting):
                    continue
                for figure in ("target", "stretch"):
                    amount = before[key][figure][place] * self.factor
                    [value] = spread(amount, [1], unit)
                    values.append((self._get_cell(row, place, figure), value))
        return values

    def _is_meant(self, row):
        return (not self.team_id or row["team_id"] == self.team_id.id) and (
            not self.user_id or row["user_id"] == self.user_id.id
        )

    # ------------------------------------------------------------
    # An amount of the year
    # ------------------------------------------------------------

    def _get_spread(self):
        """Return the cells and values of the shares of the amount."""
        rows, closed = self._get_rows(self.year)
        key = f"t{self.team_id.id}" if self.team_id else "c"
        key = f"{key}u{self.user_id.id}" if self.user_id else key
        if key not in rows:
            raise UserError(
                self.env._(
                    "This row is not in your targets: choose a department and one of "
                    "its people."
                )
            )
        row = rows[key]
        held = sum(row["target"][place] or 0 for place in range(12) if closed[place])
        places = [place for place in range(12) if not closed[place]]
        amount = self.amount - held
        if not math.isfinite(amount) or amount < 0:
            raise UserError(
                self.env._(
                    "Closed months hold more than the amount, or it is negative: enter "
                    "a larger one."
                )
            )
        weights = self._get_weights(key)
        shares = spread(amount, [weights[place] for place in places], self._get_unit())
        return [
            (self._get_cell(row, place), share)
            for place, share in zip(places, shares, strict=True)
        ]

    def _get_weights(self, key):
        """Return twelve numbers by which the amount is shared out."""
        if self.season == "weights":
            return self._read_weights()
        if self.season == "achieved":
            rows, _closed = self._get_rows(self.year - 1, has_results=True)
            if key in rows:
                return [max(amount, 0) for amount in rows[key]["achieved"]]
        return [1] * 12

    def _read_weights(self):
        try:
            weights = [
                float(text) for text in (self.weights or "").replace(";", " ").split()
            ]
        except ValueError:
            weights = []
        if (
            len(weights) != 12
            or not all(0 <= weight < 1e9 for weight in weights)
            or not sum(weights)
        ):
            raise UserError(
                self.env._(
                    "Enter twelve weights separated by blanks, January first: numbers "
                    "that are not negative, and one of them above 0."
                )
            )
        return weights
