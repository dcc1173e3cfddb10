from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.crm_resource_start import LIMIT
from .common import new_users
from .test_crm_resource_audience import AudienceCase

NOW = datetime(2026, 3, 15, 9)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestCrmResourceStart(AudienceCase):
    """What a person finds on his start page."""

    def _get_block(self, key, user="north"):
        self.env.flush_all()
        return self.env["crm.resource.start"].with_user(self.users[user]).get_block(key)

    def _get_titles(self, key, user="north"):
        return [row["title"] for row in self._get_block(key, user)["rows"]]

    def test_blocks_of_each(self):
        for user, present, absent in (
            ("north", {"activities", "pinned", "recalls", "new", "sales"}, {"reviews"}),
            ("reviewer", {"activities", "reviews", "approvals"}, {"sales"}),
            ("executive", {"pinned"}, {"sales", "reviews", "recalls"}),
        ):
            start = self.env["crm.resource.start"].with_user(self.users[user])
            keys = {block["key"] for block in start.get_blocks()}
            self.assertEqual((keys & present, keys & absent), (present, set()))
            for key in absent:
                with self.assertRaises(UserError):
                    start.get_block(key)

    def test_portal_has_none(self):
        [portal] = new_users(self.env, {"start_portal": "base.group_portal"})
        with self.assertRaises(AccessError):
            self.env["crm.resource.start"].with_user(portal).get_blocks()

    def test_activities_that_are_due(self):
        customer = self.north_customer.with_user(self.users["north"])
        for summary, day in (
            ("Late", date(2026, 3, 14)),
            ("Today", date(2026, 3, 15)),
            ("Tomorrow", date(2026, 3, 16)),
        ):
            customer.activity_schedule(
                "mail.mail_activity_data_call",
                day,
                summary=summary,
                user_id=self.users["north"].id,
            )
        rows = self._get_block("activities")["rows"]
        self.assertEqual(
            [(row["text"], row["tone"], row["res_id"]) for row in rows],
            [("Late", "danger", customer.id), ("Today", "warning", customer.id)],
        )
        self.assertEqual(rows[0]["title"], "north")
        self.assertEqual(rows[0]["partner_id"], customer.id)
        self.assertEqual(self._get_titles("activities", "leader"), [])

    def test_meetings_of_the_day(self):
        user = self.users["north"]
        user.tz = "Asia/Shanghai"
        # the 15th there: from 16:00 UTC of the 14th to 16:00 UTC of the 15th
        for name, start in (
            ("Before", datetime(2026, 3, 14, 13)),
            ("Early", datetime(2026, 3, 14, 17)),
            ("Late", datetime(2026, 3, 15, 15)),
            ("After", datetime(2026, 3, 15, 16)),
        ):
            self.env["calendar.event"].create(
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": [Command.set(user.partner_id.ids)],
                    "user_id": user.id,
                }
            )
        self.assertEqual(self._get_titles("meetings"), ["Early", "Late"])
        self.assertEqual(self._get_titles("meetings", "south"), [])

    def test_pinned(self):
        self.north_customer.with_user(self.users["north"]).action_toggle_pin()
        self.north_customer.standing_id.date_last_contact = "2026-03-12"
        [row] = self._get_block("pinned")["rows"]
        self.assertEqual(row["title"], "north")
        self.assertEqual(row["text"], "last contact 3 days ago")

    def test_recalls_are_near_and_mine(self):
        standing = self.north_customer.standing_id
        self.south_customer.standing_id.date_recall = "2026-03-20"
        for day, found in (
            ("2026-04-15", []),
            ("2026-04-14", ["north"]),
            ("2026-03-20", ["north"]),
        ):
            standing.date_recall = day
            self.assertEqual(self._get_titles("recalls"), found)
        [row] = self._get_block("recalls")["rows"]
        self.assertIn("5 days left", row["text"])
        self.assertEqual(row["tone"], "warning")

    def test_newly_given(self):
        # those that were entered for him
        self.assertEqual(self._get_titles("new"), ["north"])
        customer = self._make_customer("Given", user_id=self.users["south"].id)
        customer.with_user(self.users["all"]).user_id = self.users["north"]
        row = self._get_block("new")["rows"][0]
        self.assertEqual(row["title"], "Given")
        self.assertIn("reach_all", row["text"])
        with freeze_time(NOW + timedelta(days=15)):
            self.assertEqual(self._get_titles("new"), [])
        customer.with_user(self.users["all"]).user_id = self.users["south"]
        self.assertEqual(self._get_titles("new"), ["north"])

    def test_reviews(self):
        self._make_customer("Waiting", customer_state="submitted")
        self.assertIn("Waiting", self._get_titles("reviews", "reviewer"))

    def test_sales_of_the_month(self):
        self.company.crm_sales_basis = "order"
        self.company.crm_date_sales_start = False
        user = self.users["north"].id
        for amount, day in (
            (90, "2026-03-01"),
            (10, "2026-02-28"),
            (40, "2026-02-15"),
            (20, "2026-02-01"),
            (1, "2026-01-31"),
        ):
            self._make_order(
                self.north_customer, amount, datetime.fromisoformat(day), user_id=user
            )
        self._make_order(self.south_customer, 7, NOW, user_id=self.users["south"].id)
        # the day of the order made in `setUpClass` is 15 March, too
        month, last = self._get_block("sales")["figures"]
        self.assertEqual((month["value"], last["value"]), (190, 70))
        self.assertAlmostEqual(month["trend"], (190 - 60) / 60)

    def test_more_than_a_block_shows(self):
        for number in range(LIMIT + 2):
            self._make_customer(
                f"Many {number}", user_id=self.users["north"].id
            ).with_user(self.users["north"]).action_toggle_pin()
        block = self._get_block("pinned")
        self.assertEqual((len(block["rows"]), block["has_more"]), (LIMIT, True))

    def test_queries_do_not_grow(self):
        user = self.users["north"]

        def fill(number):
            for place in range(number):
                customer = self._make_customer(f"Grow {place}", user_id=user.id)
                customer.with_user(user).action_toggle_pin()
                customer.standing_id.date_recall = "2026-03-20"
                customer.with_user(user).activity_schedule(
                    "mail.mail_activity_data_call",
                    date(2026, 3, 15),
                    user_id=user.id,
                )
                self.env["calendar.event"].create(
                    {
                        "name": "Visit",
                        "start": NOW,
                        "stop": NOW + timedelta(hours=1),
                        "partner_ids": [Command.set(user.partner_id.ids)],
                        "user_id": user.id,
                    }
                )
                self._make_order(customer, 10, NOW, user_id=user.id)
                waiting = self._make_customer("W", customer_state="submitted")
                waiting.submitted_by_id = self.users["leader"]

        def count():
            counts = {}
            for name in ("north", "reviewer"):
                start = self.env["crm.resource.start"].with_user(self.users[name])
                for block in start.get_blocks():
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    start.get_block(block["key"])
                    counts[name, block["key"]] = self.env.cr.sql_log_count - before
            return counts

        # a review may wait for this reviewer, or for another one
        self._make_customer("Asked").activity_schedule(
            "mail.mail_activity_data_call",
            date(2026, 3, 15),
            user_id=self.users["reviewer"].id,
        )
        fill(2)
        count()
        few = count()
        fill(5)
        count()  # what is made anew forgets what is kept for all requests
        self.assertEqual(count(), few)
