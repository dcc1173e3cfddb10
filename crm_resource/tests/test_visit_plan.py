from datetime import date, datetime, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_visit import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitPlan(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"

    def setUp(self):
        super().setUp()
        # the job commits; how long it goes on is what is tested
        self.progress = self.startPatcher(
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", return_value=60
            )
        )

    def _make_plan(self, user=None, **values):
        return (
            self.env["crm.resource.visit.plan"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "name": "Weekly",
                    "partner_ids": [Command.set(self.customer.ids)],
                    "type_id": self.on_site.id,
                    "date_from": date(2026, 3, 16),
                    "weekday": "2",
                    **values,
                }
            )
        )

    def _get_visits(self, plan):
        return self.env["crm.resource.visit"].search(
            [("plan_id", "=", plan.id)], order="date_start"
        )

    def test_weekly(self):
        """On four Wednesdays of the 28 days ahead, for the customer's salesperson."""
        plan = self._make_plan()
        plan.action_start()
        visits = self._get_visits(plan)
        self.assertEqual(
            visits.mapped("date_start"),
            [datetime(2026, 3, 18, 9) + timedelta(weeks=week) for week in range(4)],
        )
        self.assertEqual(visits.user_id, self.salesperson)
        self.assertEqual(len(visits.event_id), 4)

    def test_monthly(self):
        """Each second month, on its third Friday."""
        plan = self._make_plan(
            interval_unit="months",
            interval_number=2,
            weekday="4",
            position="3",
            days_ahead=120,
        )
        # the third Fridays: 20 March, 15 May; July is too far
        plan.action_start()
        self.assertEqual(
            self._get_visits(plan).mapped("plan_date"),
            [date(2026, 3, 20), date(2026, 5, 15)],
        )

    def test_once(self):
        """Whatever is repeated or cancelled, each visit is made once."""
        plan = self._make_plan()
        plan.action_start()
        visits = self._get_visits(plan)
        visits[0].with_user(self.salesperson)._cancel("Away")
        with self.assertRaisesRegex(UserError, "would make"):
            visits[1].with_user(self.salesperson).unlink()
        plan.sudo()._make_visits()
        self.env["crm.resource.visit.plan"]._cron_plan()
        self.assertEqual(self._get_visits(plan), visits)
        with freeze_time(NOW + timedelta(days=7)):
            plan.sudo()._make_visits()
        self.assertEqual(len(self._get_visits(plan)), 5)

    def test_killed(self):
        """What a run left undone the next one does."""
        plan = self._make_plan()
        plan.sudo().write({"state": "running"})
        jobs = self.env["crm.resource.visit.plan"]
        self.progress.return_value = 0
        with patch(
            "odoo.addons.crm_resource.models.crm_resource_visit_plan_run.BATCH_SIZE", 1
        ):
            jobs._cron_plan()
        self.assertEqual(len(self._get_visits(plan)), 1)
        self.progress.return_value = 60
        jobs._cron_plan()
        self.assertEqual(len(self._get_visits(plan)), 4)

    @mute_logger("odoo.sql_db")
    def test_twice_at_a_time(self):
        """Whoever is faster makes the visit; there are no two."""
        plan = self._make_plan()
        plan.action_start()
        visit = self._get_visits(plan)[0]
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            visit.sudo().copy({"plan_id": plan.id, "plan_date": visit.plan_date})

    def test_days_off(self):
        """Not while the person is away, and not when the company is closed."""
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.salesperson.id,
                "date_from": date(2026, 3, 17),
                "date_to": date(2026, 3, 18),
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 25, 0),
                "date_to": datetime(2026, 3, 25, 23, 59),
            }
        )
        plan = self._make_plan()
        plan.action_start()
        self.assertEqual(
            [d.date() for d in self._get_visits(plan).mapped("date_start")],
            [date(2026, 3, 26), date(2026, 4, 1), date(2026, 4, 8)],
        )

    def test_full_day(self):
        """So many visits fit in a day; the others are on the next working ones."""
        customers = self.env["res.partner"].browse()
        for number in range(5):
            customers |= self._make_customer(
                f"Customer {number}", user_id=self.salesperson.id
            )
        plan = self._make_plan(
            partner_ids=[Command.set(customers.ids)], per_day=2, days_ahead=4
        )
        plan.action_start()
        self.assertEqual(
            self._get_visits(plan).mapped("date_start"),
            [
                datetime(2026, 3, 18, 9),
                datetime(2026, 3, 18, 10),
                datetime(2026, 3, 19, 9),
                datetime(2026, 3, 19, 10),
                datetime(2026, 3, 20, 9),
            ],
        )

    def test_conditions(self):
        """By conditions only market staff plans, for all salespeople."""
        with self.assertRaisesRegex(AccessError, "market staff"):
            self._make_plan(scope="filter")
        plan = self._make_plan(
            self.reviewer,
            scope="filter",
            domain=f"[('id', 'in', {self.customer.ids})]",
            days_ahead=3,
        )
        plan.action_start()
        self.assertEqual(self._get_visits(plan).user_id, self.salesperson)

    def test_others(self):
        """Nobody plans for customers of others, nor sees their plans."""
        plan = self._make_plan()
        with self.assertRaises(AccessError):
            self._make_plan(self.other)
        for user in (self.other, self.clerk):
            with self.assertRaises(AccessError):
                plan.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            plan.with_user(self.executive).action_start()
        with self.assertRaises(AccessError):
            plan.write({"state": "running"})
        self.customer.user_id = self.other
        plan.sudo()._make_visits()
        self.assertFalse(self._get_visits(plan))

    def test_incomplete(self):
        with self.assertRaisesRegex(ValidationError, "names no customers"):
            self._make_plan(partner_ids=False).action_start()

    def test_nobody_answers(self):
        plan = self._make_plan()
        plan.action_start()
        self.salesperson.group_ids = self.env.ref("base.group_user")
        self.env["crm.resource.visit.plan"]._cron_plan()
        self.assertEqual(plan.sudo().state, "draft")

    @settings(max_examples=40, deadline=None)
    @given(
        interval=st.integers(1, 9),
        weekday=st.integers(0, 6),
        first=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    )
    def test_law_weeks(self, interval, weekday, first):
        """Days are of the weekday, so many weeks apart, and in the span."""
        plan = self.env["crm.resource.visit.plan"].new(
            {
                "interval_unit": "weeks",
                "interval_number": interval,
                "weekday": str(weekday),
                "date_from": first,
            }
        )
        last = first + timedelta(days=200)
        days = plan._get_days(first, last)
        self.assertTrue(all(day.weekday() == weekday for day in days))
        self.assertTrue(all(first <= day <= last for day in days))
        gaps = {(b - a).days for a, b in zip(days, days[1:], strict=False)}
        self.assertLessEqual(gaps, {7 * interval})
        self.assertLess((days[0] - first).days, 7)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitCoverage(VisitCommon):
    def setUp(self):
        super().setUp()
        self.large.write({"visit_number": 3, "visit_period": "quarter"})
        self.customer.standing_id.level_id = self.large
        self.phone.is_counted = False
        self.env.flush_all()

    def _get_row(self, user=None):
        return (
            self.env["crm.resource.visit.coverage"]
            .with_user(user or self.salesperson)
            .search([("partner_id", "=", self.customer.id)])
        )

    def test_figures(self):
        """Three are due in the quarter: one made, one planned, one missing."""
        made = self._make_visit(start=datetime(2026, 1, 5, 9))
        before = self._make_visit(start=datetime(2025, 12, 30, 9))
        call = self._make_visit(start=NOW, type_id=self.phone.id)
        (made | before | call).action_done()
        self._make_visit(start=datetime(2026, 3, 30, 9))
        self._make_visit(start=datetime(2026, 4, 2, 9))
        row = self._get_row()
        self.assertEqual((row.due, row.done, row.planned), (3, 1, 1))
        self.assertEqual((row.gap, row.open), (1, 2))
        self.assertEqual(row.date_last, date(2026, 1, 5))
        self.assertEqual(row.date_begin, date(2026, 1, 1))
        self.large.visit_period = "year"
        self.env.invalidate_all()
        self.assertEqual((self._get_row().planned, self._get_row().gap), (2, 0))

    def test_rights(self):
        for user in (self.salesperson, self.leader, self.reviewer, self.executive):
            self.assertTrue(self._get_row(user), user.login)
        self.assertFalse(self._get_row(self.other))
        with self.assertRaises(AccessError):
            self._get_row(self.clerk)

    def test_not_due(self):
        self.large.visit_number = 0
        self.assertFalse(self._get_row())
