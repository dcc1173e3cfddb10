import base64
import io
from decimal import Decimal

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models.target_spread import spread
from .common_target import NOW, TargetCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmResourceTargetFill(TargetCommon):
    """Targets by the year: copied, shared out, from a workbook."""

    def _fill(self, user="leader", **values):
        dialog = self.env["crm.resource.target.fill"].with_user(self.users[user])
        dialog.create({"year": 2026, **values}).action_fill()

    def _get_year(self, team=None, user=None, year=2026):
        return self._get_row(team, user, year=year)["target"]

    @given(
        st.integers(0, 10**12),
        st.lists(st.floats(0, 1e6), min_size=1, max_size=12),
    )
    def test_shares_add_up(self, cents, weights):
        shares = spread(Decimal(cents) / 100, weights)
        self.assertEqual(sum(shares), Decimal(cents) / 100)
        self.assertGreaterEqual(min(shares), 0)

    def test_copy(self):
        targets = self.target.with_user(self.users["leader"])
        cell = self._cell(33.33, self.north, "north", 1)
        targets.set_targets(2025, "sales", [cell, {**cell, "month": 2}])
        self._set("leader", self._cell(7, self.north, "north", 2))
        self._fill(factor=1.1)
        year = self._get_year(self.north, "north")
        self.assertEqual(year[:3], [36.66, 7, None])
        self._fill(factor=1.1, is_overwriting=True)
        self.assertEqual(self._get_year(self.north, "north")[1], 36.66)

    def test_spread(self):
        row = {"method": "spread", "team_id": self.north.id, "amount": 100}
        row["user_id"] = self.users["north"].id
        self._fill(**row, season="equal")
        year = self._get_year(self.north, "north")
        self.assertEqual((year[0], year[11]), (8.34, 8.33))
        self.assertAlmostEqual(sum(year), 100)
        self._fill(**row, season="weights", weights="1 0 0 0 0 0 0 0 0 0 0 3")
        year = self._get_year(self.north, "north")
        self.assertEqual((year[0], year[1], year[11]), (25, 0, 75))

    def test_spread_by_season(self):
        for day, amount in (("2025-01-10", 30), ("2025-07-10", 10)):
            self._sell(amount, day)
        self._fill(
            method="spread",
            amount=100,
            team_id=self.north.id,
            user_id=self.users["north"].id,
        )
        year = self._get_year(self.north, "north")
        self.assertEqual((year[0], year[6], sum(year)), (75, 25, 100))

    def test_closed_months_are_part_of_the_year(self):
        self._set("reviewer", self._cell(40, self.north, month=1))
        months = self.env["crm.resource.target.month"]
        months.with_user(self.users["reviewer"]).close_month("2026-01-01")
        row = {"method": "spread", "team_id": self.north.id, "season": "equal"}
        self._fill("reviewer", amount=150, **row)
        self.assertEqual(self._get_year(self.north), [40, *[10] * 11])
        with self.assertRaisesRegex(UserError, "hold more"):
            self._fill("reviewer", amount=30, **row)

    def test_refusals(self):
        row = {"method": "spread", "amount": 100, "team_id": self.north.id}
        for values, text in (
            ({"factor": 0}, "factor"),
            ({"factor": 1}, "nothing to fill"),
            ({**row, "season": "weights", "weights": "1 2"}, "twelve"),
            ({**row, "season": "weights", "weights": "x"}, "twelve"),
            ({**row, "team_id": self.south.id}, "not in your targets"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, text):
                self._fill(**values)
        with self.assertRaises(AccessError):
            self._fill(**row, season="equal")  # his own department's
        with self.assertRaises(AccessError):
            self._fill("executive")
        self.assertFalse(self.target.search([]))

    # ------------------------------------------------------------
    # Workbooks
    # ------------------------------------------------------------

    def _export(self, user="leader"):
        targets = self.target.with_user(self.users[user])
        return openpyxl.load_workbook(io.BytesIO(targets._get_workbook(2026, "sales")))

    def _import(self, book, user="leader", **values):
        stream = io.BytesIO()
        book.save(stream)
        dialog = self.env["crm.resource.target.import"].with_user(self.users[user])
        return dialog.create(
            {"year": 2026, "file": base64.b64encode(stream.getvalue()), **values}
        )

    def _get_line(self, sheet, text):
        [line] = [row for row in sheet.iter_rows(min_row=2) if row[2].value == text]
        return line

    def test_export_comes_back_unchanged(self):
        self._set(
            "reviewer",
            self._cell(5.25, self.north, "north", 2),
            self._cell(8, self.north, "north", 2, "stretch"),
            self._cell(0, self.north, month=12),
        )
        before = self._get_grid(has_results=False)
        dialog = self._import(self._export("reviewer"), "reviewer")
        dialog.action_check()
        self.assertEqual({*dialog.line_ids.mapped("state")}, {"same"})
        dialog.action_import()
        self.assertEqual(self._get_grid(has_results=False), before)
        self.assertEqual(self.env["crm.resource.target.change"].search_count([]), 3)

    def test_import(self):
        book = self._export()
        self._get_line(book.active, "reach_north")[4].value = 12.5
        dialog = self._import(book)
        dialog.action_check()
        self.assertFalse(self.target.search([]))  # looked through only
        self.assertEqual(dialog.line_ids.mapped("state").count("changed"), 1)
        dialog.action_import()
        self.assertEqual(self._get_year(self.north, "north")[0], 12.5)

    def test_broken_rows(self):
        """Each is named by its number, and nothing at all is imported."""
        self.env["crm.resource.target.month"].with_user(
            self.users["reviewer"]
        ).close_month("2026-01-01")
        for column, value, text in (
            (2, "nobody", "nobody"),
            (0, "East", "no row"),
            (3, "Hope", "neither"),
            (5, "many", "no number"),
            (5, -1, "not negative"),
            (4, 1, "closed"),
        ):
            book = self._export()
            good = self._get_line(book.active, "reach_member")
            good[6].value = 3
            line = self._get_line(book.active, "reach_north")
            line[column].value = value
            line[1].value = "" if column == 2 else line[1].value
            number = line[0].row
            dialog = self._import(book)
            with self.subTest(value=value):
                with self.assertRaisesRegex(UserError, f"Row {number}: .*{text}"):
                    dialog.action_import()
                self.assertFalse(self.target.search([]))
        dialog.is_skipping = True
        dialog.action_import()
        self.assertEqual(len(self.target.search([])), 1)

    def test_not_allowed(self):
        book = self._export()
        [line] = [row for row in book.active.iter_rows(min_row=2) if not row[2].value]
        line[6].value = 5
        with self.assertRaisesRegex(UserError, "do not set"):
            self._import(book).action_import()

    def test_no_workbook(self):
        dialog = self.env["crm.resource.target.import"].with_user(self.users["leader"])
        dialog = dialog.create({"year": 2026, "file": base64.b64encode(b"text")})
        with self.assertRaisesRegex(UserError, "no XLSX"):
            dialog.action_check()
        with self.assertRaisesRegex(UserError, "no month of 2025"):
            self._import(self._export(), year=2025).action_check()
