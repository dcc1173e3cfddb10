from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import new_user
from .common_visit import NOW, VisitCommon

FAR = {"mode": "gps", "latitude": 31.2404, "longitude": 121.4737, "accuracy": 20.0}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitDay(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"partner_latitude": 31.2304, "partner_longitude": 121.4737})
        cls.others = cls._make_customer("Moor", user_id=cls.other.id)
        with freeze_time(NOW - timedelta(days=1)):
            cls.planned, cls.done, cls.missed = (
                cls._make_visit(start=NOW + timedelta(hours=hours), subject=subject)
                for hours, subject in ((2, "Planned"), (1, "Done"), (-2, "Missed"))
            )
            cls.tomorrow = cls._make_visit(start=NOW + timedelta(days=1))
            cls.foreign = cls._make_visit(
                user=cls.other, customer=cls.others, start=NOW
            )
        cls.done.action_check_in(FAR)
        with freeze_time(NOW + timedelta(minutes=2)):
            cls.done.write({"report": "<p>He wants lamps</p>"})
            cls.done.action_check_out(FAR)
        cls.off_plan = cls._make_visit(start=NOW, subject="Off plan")
        cls.missed.sudo().state = "missed"

    def _get_day(self, user, *args, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["crm.resource.visit.day"].with_user(user).get_day(*args, **kwargs)
        )

    def _get_ids(self, user, *args, **kwargs):
        return [row["id"] for row in self._get_day(user, *args, **kwargs)["rows"]]

    def test_leader(self):
        """He sees the day of his people, and nobody else's."""
        day = self._get_day(self.leader)
        self.assertEqual(day["date"], "2026-03-16")
        self.assertEqual(
            [row["id"] for row in day["rows"]],
            (self.missed | self.done | self.off_plan | self.planned).ids
            if self.done.id < self.off_plan.id
            else (self.missed | self.off_plan | self.done | self.planned).ids,
        )
        self.assertEqual(
            {figure["key"]: figure["value"] for figure in day["figures"]},
            {
                "planned": 2,  # one of which is off plan
                "checked_in": 0,
                "done": 1,
                "missed": 1,
                "off_plan": 1,
                "odd": 1,
            },
        )
        self.assertEqual(
            [person["id"] for person in day["people"]], self.salesperson.ids
        )
        row = next(row for row in day["rows"] if row["id"] == self.done.id)
        self.assertEqual(row["report"], "<p>He wants lamps</p>")
        self.assertEqual((row["customer"], row["person"]), ("Lake", "crm_sales"))
        self.assertTrue(row["is_far"] and row["is_short"] and row["may_comment"])
        self.assertEqual(row["distance"], 1112)
        self.assertIn("openstreetmap.org", row["map_url"])
        self.assertEqual(self._get_ids(self.leader, "2026-03-17"), self.tomorrow.ids)

    def test_filters(self):
        for kind, visits in (
            ("planned", self.off_plan | self.planned),
            ("done", self.done),
            ("missed", self.missed),
            ("off_plan", self.off_plan),
            ("odd", self.done),
            ("checked_in", self.done.browse()),
        ):
            self.assertEqual(self._get_ids(self.leader, kind=kind), visits.ids, kind)
        self.assertEqual(
            self._get_ids(self.reviewer, user_id=self.other.id), self.foreign.ids
        )
        # rules, not the filter, say whose visits there are
        self.assertFalse(self._get_ids(self.leader, user_id=self.other.id))

    def test_time_zone(self):
        """A day is one of the person's own clock."""
        self.leader.tz = "Asia/Shanghai"
        late = self._make_visit(start=NOW.replace(hour=15, minute=59))
        next_day = self._make_visit(start=NOW.replace(hour=16))
        found = self._get_ids(self.leader)
        self.assertIn(late.id, found)
        self.assertNotIn(next_day.id, found)

    def test_rights(self):
        everything = {
            *(self.planned | self.done | self.missed | self.off_plan).ids,
            *self.foreign.ids,
        }
        self.assertEqual(set(self._get_ids(self.reviewer)), everything)
        day = self._get_day(self.executive)
        self.assertEqual({row["id"] for row in day["rows"]}, everything)
        self.assertFalse(any(row["may_comment"] for row in day["rows"]))
        # positions are not for him
        self.assertFalse(any(row["map_url"] or row["is_far"] for row in day["rows"]))
        self.assertEqual(self._get_ids(self.other), self.foreign.ids)
        clerk = new_user(self.env, "day_clerk", "base.group_user")
        for user in (clerk, new_user(self.env, "day_portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                self._get_day(user)

    def test_refused(self):
        for kwargs in (
            {"date": "tomorrow"},
            {"date": 7},
            {"date": "9999-12-31"},
            {"user_id": "1 OR 1"},
            {"user_id": [1]},
            {"kind": "secret"},
            {"kind": ["done"]},
        ):
            with self.assertRaisesRegex(UserError, "There is no such"):
                self._get_day(self.leader, **kwargs)

    def test_queries(self):
        """However many visits there are."""
        self._get_day(self.leader)
        counts = []
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["crm.resource.visit.day"].with_user(self.leader).get_day()
            counts.append(self.cr.sql_log_count - before)
            for _visit in range(10):
                visit = self._make_visit(start=NOW)
                visit.action_check_in(FAR)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[0], 45)

    def test_comment(self):
        """His leader comments: it stands with the visit, and the person is told."""
        self.done.with_user(self.leader).action_comment(" <b>Well done</b> ")
        message = self.done.message_ids[0]
        self.assertEqual(message.body, "<p>&lt;b&gt;Well done&lt;/b&gt;</p>")
        self.assertEqual(message.author_id, self.leader.partner_id)
        self.assertEqual(message.notified_partner_ids, self.salesperson.partner_id)
        self.assertTrue(message.is_internal or message.subtype_id.internal)
        self.assertEqual(self.done.commented_by_id, self.leader)
        self.assertEqual(self.done.date_commented, NOW)
        row = self._get_day(self.leader, kind="done")["rows"][0]
        self.assertEqual(row["commented_by"], "crm_leader")

    def test_comment_of_oneself(self):
        """What the person adds himself is no comment of somebody who looked at it."""
        self.done.action_comment("I will call him")
        self.assertFalse(self.done.date_commented)

    def test_comment_refused(self):
        for user in (self.other, self.executive):
            with self.assertRaises(AccessError):
                self.done.with_user(user).action_comment("Hm")
        for body in ("", "  ", None, 7, ["x"]):
            with self.assertRaisesRegex(UserError, "is empty"):
                self.done.with_user(self.leader).action_comment(body)
        with self.assertRaisesRegex(UserError, "more than 2000"):
            self.done.with_user(self.leader).action_comment("x" * 2001)
        for values in (
            {"date_commented": NOW},
            {"commented_by_id": self.leader.id},
            {"is_off_plan": True},
        ):
            with self.assertRaises(AccessError):
                self.done.write(values)
