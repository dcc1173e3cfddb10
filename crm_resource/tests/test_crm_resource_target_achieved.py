from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models.crm_resource_target_cell_mixin import MEASURES
from .common import new_users
from .common_target import MARCH, NOW, TargetCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmResourceTargetAchieved(TargetCommon):
    """What became of targets. March 2026 has 22 working days from Monday to Friday;
    Monday the 16th is the eleventh of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.env["resource.calendar.leaves"].search([]).unlink()

    def test_whose_it_is(self):
        """The document says whose it is, and departments have those below them."""
        self._sell(100, date(2026, 3, 2))
        self._sell(10, date(2026, 3, 31), user="member")
        self._sell(1, date(2026, 4, 1), self.south, "south")
        self._sell(1000, date(2026, 3, 3), self.south, "north")  # in another one then
        expected = {
            (None, None): 1110,
            (self.region, None): 1110,
            (self.north, None): 110,
            (self.south, None): 1000,
            (self.north, "north"): 100,
            (self.south, "north"): 1000,
            (self.north, "member"): 10,
        }
        for (team, user), amount in expected.items():
            with self.subTest(team=team, user=user):
                self.assertEqual(self._get_row(team, user)["achieved"][2], amount)
        self.assertEqual(self._get_row()["achieved"][3], 1)

    def test_definition_of_sales(self):
        """Sales are what the company counts, orders are orders whatever it counts."""
        order = self._sell(100, date(2026, 3, 2))
        self.assertEqual(self._get_row()["achieved"][2], 100)
        self.company.crm_sales_basis = "invoice"
        self.assertEqual(self._get_row()["achieved"][2], 0)
        self.assertEqual(self._get_row(measure="orders")["achieved"][2], 100)
        order.order_line.product_id.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 3, 9)
        invoice.action_post()
        self.assertEqual(self._get_row()["achieved"][2], 100)
        self.assertEqual(self._get_row(measure="invoices")["achieved"][2], 100)
        self.assertEqual(self._get_row(measure="receipts")["achieved"][2], 0)

    def test_margin(self):
        self.product.standard_price = 30
        order = self._sell(100, date(2026, 3, 2))
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._get_row(measure="margin")["achieved"][2], 140)

    def test_counts(self):
        self.lake.date_registered = datetime(2026, 2, 10)
        self.customers.date_registered = datetime(2026, 1, 10)
        row = self._get_row(self.north, "north", measure="customers")
        self.assertEqual(row["achieved"][:3], [1, 1, 0])
        self.env["crm.resource.visit"].with_user(self.users["north"]).create(
            {
                "partner_id": self.lake.id,
                "type_id": self.env.ref(
                    "crm_resource.crm_resource_visit_type_phone"
                ).id,
                "date_start": datetime(2026, 3, 3, 9),
                "report": "<p>Talked</p>",
            }
        ).action_done()
        row = self._get_row(self.north, "north", measure="visits")
        self.assertEqual(row["achieved"][:4], [0, 0, 1, 0])

    def test_other_companies_do_not_count(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        order = self._sell(100, date(2026, 3, 2))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET company_id = %s WHERE id = %s",
                other.id,
                order.id,
            )
        )
        self.assertEqual(self._get_row()["achieved"][2], 0)

    # ------------------------------------------------------------
    # Working days
    # ------------------------------------------------------------

    def test_due_today(self):
        target = self._make_target(220, self.north, "north")
        self.assertEqual((target.counted, target.due), (220, 110))
        future = self._make_target(220, self.north, "north", date(2026, 4, 1))
        past = self._make_target(220, self.north, "north", date(2026, 2, 1))
        self.assertEqual((future.due, past.due), (0, 220))

    def test_holidays_and_leaves(self):
        """A holiday of the company is no working day, a leave of somebody is one, and
        a holiday of another company is no matter of ours."""
        target = self._make_target(210, self.north, "north")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        person = self.env["resource.resource"].create(
            {
                "name": "North",
                "user_id": self.users["north"].id,
                "calendar_id": self.calendar.id,
            }
        )
        leaves = self.env["resource.calendar.leaves"]
        for day, company, values in (
            (2, self.company, {}),
            (3, self.company, {"resource_id": person.id}),
            (4, other, {}),
        ):
            leave = leaves.create(
                {
                    "name": "Away",
                    "date_from": datetime(2026, 3, day),
                    "date_to": datetime(2026, 3, day, 23, 59),
                    **values,
                }
            )
            leave.company_id = company
        target.invalidate_recordset()
        # 21 working days, 10 of them until today
        self.assertEqual((target.counted, target.due), (210, 100))

    def test_own_calendar(self):
        """Who works from Monday to Wednesday is due by these: 14 days in March, 7 of
        them until the 16th."""
        short = self.calendar.copy({"name": "Short"})
        short.attendance_ids.filtered(lambda line: line.dayofweek in "34").unlink()
        self.env["resource.resource"].create(
            {"name": "N", "user_id": self.users["north"].id, "calendar_id": short.id}
        )
        target = self._make_target(140, self.north, "north")
        self.assertEqual(target.due, 70)
        self.assertEqual(self._make_target(220, self.north).due, 110)

    def test_joiners_and_leavers(self):
        """Joins on the 17th: 11 of 22 working days; leaves on the 5th: 4."""
        joiner = self._make_target(
            220, self.north, "north", date_from=date(2026, 3, 17)
        )
        leaver = self._make_target(220, self.north, "member", date_to=date(2026, 3, 5))
        self.assertEqual((joiner.counted, joiner.due), (110, 0))
        self.assertEqual((leaver.counted, leaver.due), (40, 40))
        row = self._get_row(self.north, "north")
        self.assertEqual((row["target"][2], row["share"][2]), (220, 0.5))

    # ------------------------------------------------------------
    # What is missing, and what does not fit
    # ------------------------------------------------------------

    def test_shortage_and_behind(self):
        target = self._make_target(220, self.north, "north")
        self._sell(100, date(2026, 3, 2))
        self.assertEqual((target.achieved, target.shortage), (100, 120))
        self.assertTrue(target.is_behind)
        self.assertEqual(self.target.search([("is_behind", "=", True)]), target)
        self._sell(10, date(2026, 3, 2))
        target.invalidate_recordset()
        self.assertFalse(target.is_behind)
        self.assertFalse(self.target.search([("is_behind", "=", True)]))

    def test_forecast_hook(self):
        """What the hook returns counts for the cells above, too."""
        row = SQL(
            "SELECT %s, %s, %s, %s::date, 30::numeric",
            self.company.id,
            self.north.id,
            self.users["north"].id,
            MARCH,
        )
        query = SQL(
            "SELECT * FROM (%s) f(company_id, team_id, user_id, date, amount)", row
        )
        self.patch(
            type(self.target), "_get_forecast_query", lambda *_args, **_kw: query
        )
        target = self._make_target(100, self.region)
        self.assertEqual((target.forecast, target.shortage), (30, 70))
        self.assertEqual(self._get_row(self.north, "north")["forecast"][2], 30)
        self.assertEqual(self._get_row(measure="visits")["forecast"][2], 0)

    def test_open_forecasts_make_the_shortage_smaller(self):
        target = self._make_target(1000, self.north, "north")
        self._sell(100, "2026-03-05")
        forecasts = self.env["crm.resource.forecast"]
        values = {
            "partner_id": self.lake.id,
            "user_id": self.users["north"].id,
            "team_id": self.north.id,
            "amount": 500,
            "probability": 40,
        }
        made = forecasts.create(
            [
                {**values, "date_expected": day}
                for day in ("2026-03-30", "2026-03-31", "2026-04-01")
            ]
        )
        made[1]._lose(self.env.ref("crm_resource.crm_lost_reason_price"))
        target.invalidate_recordset()
        self.assertRecordValues(target, [{"forecast": 200, "shortage": 700}])

    def test_mismatch(self):
        company = self._make_target(100)
        region = self._make_target(100, self.region)
        north = self._make_target(60, self.north)
        self._make_target(50, self.north, "north")
        self.assertEqual((company.allotted, company.is_mismatch), (100, False))
        self.assertEqual((region.allotted, region.is_mismatch), (60, True))
        self.assertEqual((north.allotted, north.is_mismatch), (50, True))
        south = self._make_target(40, self.south)
        self.assertFalse(south.is_mismatch)  # nobody below has any yet
        self.env.invalidate_all()
        self.assertFalse(region.is_mismatch)
        self.assertEqual(self.target.search([("is_mismatch", "=", True)]), north)

    # ------------------------------------------------------------
    # The same number everywhere, in as many queries
    # ------------------------------------------------------------

    def test_report(self):
        self._make_target(220, self.north, "north")
        self._sell(100, date(2026, 3, 2))
        self._sell(7, date(2026, 3, 2), self.south, "south")
        self.env.flush_all()
        report = self.env["crm.resource.target.report"]
        rows = report.search([("kind", "=", "person"), ("measure", "=", "sales")])
        self.assertEqual(
            {(row.user_id, row.target, row.achieved, row.is_set) for row in rows},
            {
                (self.users["north"], 220, 100, True),
                (self.users["south"], 0, 7, False),
            },
        )
        mine = report.with_user(self.users["north"]).search([])
        self.assertEqual(mine.user_id, self.users["north"])

    def test_queries(self):
        """As many for two people as for twenty."""
        counts = []
        for people in (2, 18):
            logins = {
                f"target_{people}_{number}": "sales_team.group_sale_salesman"
                for number in range(people)
            }
            users = new_users(self.env, logins)
            self.north.member_ids = [Command.link(user.id) for user in users]
            for user in users:
                for month in range(1, 13):
                    self.target.create(
                        {
                            "team_id": self.north.id,
                            "user_id": user.id,
                            "date": date(2026, month, 1),
                            "target": 1,
                        }
                    )
            self.env.flush_all()
            for _turn in range(2):  # the first one fills caches
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._get_grid()
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 40)

    def test_grid_shows_what_is_reached(self):
        self._make_target(9)
        self._make_target(8, self.north)
        self._make_target(7, self.north, "north")
        self._sell(100, date(2026, 3, 2), user="member")
        rows = self._get_rows("north")
        self.assertEqual({*rows}, {"North", "reach_north"})
        self.assertFalse(rows["North"]["is_readable"])
        self.assertEqual(rows["North"]["target"][2], None)
        self.assertEqual(rows["North"]["achieved"][2], 0)
        self.assertEqual(rows["reach_north"]["target"][2], 7)
        self.assertFalse(rows["reach_north"]["is_settable"])
        rows = self._get_rows("leader")
        self.assertEqual({*rows}, {"North", "reach_north", "reach_member"})
        self.assertEqual(rows["North"]["achieved"][2], 100)
        self.assertTrue(rows["reach_north"]["is_settable"])
        self.assertEqual(self._get_rows("executive")[self.company.name]["target"][2], 9)

    def test_refusals_of_the_grid(self):
        for options in ({"year": 0}, {"year": "2026"}, {"measure": "profit"}):
            with self.subTest(**options), self.assertRaises(UserError):
                self._get_grid(**options)
        with self.assertRaises(AccessError):
            self._get_grid("colleague")

    def test_every_measure(self):
        for measure, _label in MEASURES:
            with self.subTest(measure=measure):
                self.assertTrue(self._get_grid(measure=measure)["rows"])

    def test_start_page(self):
        self._make_target(220, self.north, "north")
        self._make_target(440, self.north)
        self._sell(100, date(2026, 3, 2))
        for user, labels in (("north", ["Sales"]), ("leader", ["Sales, North"])):
            self.env.flush_all()
            start = self.env["crm.resource.start"].with_user(self.users[user])
            figures = start.get_block("targets")["figures"]
            self.assertEqual([figure["label"] for figure in figures], labels)
            self.assertEqual([figure["value"] for figure in figures], [100])
