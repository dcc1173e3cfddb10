from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_target import NOW, TargetCommon

FEBRUARY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmResourceTargetMonth(TargetCommon):
    """A closed month stays as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._make_target(100, cls.north, "north", FEBRUARY)
        cls.order = cls._sell(80, date(2026, 2, 3))
        cls.env.flush_all()

    def _close(self, user="reviewer", month=FEBRUARY):
        months = self.env["crm.resource.target.month"].with_user(self.users[user])
        months = months.with_context(tracking_disable=False, mail_notrack=False)
        months.close_month(month)
        return months.search([("date", "=", month)])

    def _reopen(self, month, user, reason="An order was late"):
        month = month.with_user(user)
        action = month.action_reopen()
        dialog = month.env[action["res_model"]]
        dialog = dialog.with_context(**action["context"]).create({"reason": reason})
        dialog.action_reopen()

    def test_frozen(self):
        self._close()
        self._sell(1000, date(2026, 2, 4))
        self.order.user_id = self.users["member"]
        self.mine.invalidate_recordset()
        self.assertEqual((self.mine.achieved, self.mine.is_closed), (80, True))
        for team, user, amount in (
            (None, None, 80),
            (self.region, None, 80),
            (self.north, "north", 80),
            (self.north, "member", 0),
        ):
            self.assertEqual(self._get_row(team, user)["achieved"][1], amount)
        row = self.env["crm.resource.target.report"].search(
            [("date", "=", FEBRUARY), ("user_id", "=", self.users["north"].id)]
        )
        self.assertIn(80, row.mapped("achieved"))
        # the other months follow the documents
        self._sell(5, date(2026, 3, 4))
        self.assertEqual(self._get_row()["achieved"][2], 5)

    def test_calendar_changes_nothing(self):
        """What counted of a leaver's target stays, whatever working days become."""
        self.mine.date_to = date(2026, 2, 13)
        self.mine.invalidate_recordset()
        counted = self.mine.counted
        self.assertLess(counted, 100)
        self._close()
        self.company.resource_calendar_id.attendance_ids.filtered(
            lambda line: line.dayofweek != "4"
        ).unlink()
        self.mine.invalidate_recordset()
        self.assertEqual((self.mine.counted, self.mine.due), (counted, counted))

    def test_targets_refused(self):
        self._close()
        for user in ("leader", "reviewer"):
            with self.assertRaisesRegex(UserError, "closed"):
                self._set(user, self._cell(1, self.north, "north", 2))
            with self.assertRaises(UserError):
                self.mine.with_user(self.users[user]).target = 3
            with self.assertRaises(UserError):
                self.mine.with_user(self.users[user]).unlink()
        with self.assertRaises(UserError):
            self._make_target(1, self.north, "member", FEBRUARY)

    def test_who_closes(self):
        for user in ("north", "leader", "upper", "all", "executive", "colleague"):
            with self.subTest(user=user), self.assertRaises(AccessError):
                self._close(user)
        month = self._close()
        self.assertEqual(month.closed_by_id, self.users["reviewer"])

    def test_what_is_not_closed(self):
        self._close()
        for month, text in (
            (FEBRUARY, "already"),
            (date(2026, 3, 1), "not over"),
            (date(2026, 1, 2), "first day"),
            ("soon", "first day"),
            (None, "first day"),
        ):
            with self.subTest(month=month), self.assertRaisesRegex(UserError, text):
                self._close(month=month)

    def test_reopen(self):
        month = self._close()
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.has_group("sales_team.group_sale_manager"))
        self._sell(1000, date(2026, 2, 4))
        self.env.cr.precommit.run()
        self._reopen(month, admin)
        self.mine.invalidate_recordset()
        self.assertEqual((self.mine.achieved, self.mine.is_closed), (1080, False))
        self.assertEqual(month.reopen_reason, "An order was late")
        self.env.cr.precommit.run()
        tracked = month.sudo().message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertLessEqual({"is_closed", "reopen_reason"}, {*tracked})
        with self.assertRaises(UserError):
            month.with_user(admin).action_reopen()
        self._close()  # and again
        self.mine.invalidate_recordset()
        self.assertEqual(self.mine.achieved, 1080)

    def test_who_reopens(self):
        month = self._close()
        for user in ("leader", "reviewer", "executive"):
            person = self.users[user]
            with self.subTest(user=user), self.assertRaises(AccessError):
                month.with_user(person).action_reopen()
            with self.assertRaises(AccessError):
                self.env["crm.resource.target.reopen"].with_user(person).create(
                    {"month_id": month.id, "reason": "x"}
                ).action_reopen()
        with self.assertRaises(AccessError):
            month.with_user(self.users["reviewer"]).is_closed = False
        results = self.env["crm.resource.target.result"].search([])
        with self.assertRaises(AccessError):
            results[:1].with_user(self.users["reviewer"]).achieved = 5

    def test_job(self):
        """The settings close a month so many days after its end, and none without."""
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *_a, **_kw: 60
        )
        months = self.env["crm.resource.target.month"]
        months._cron_close()
        self.assertFalse(months.search([]))
        self.company.crm_target_close_days = 16  # until the end of today
        months._cron_close()
        self.assertFalse(months.search([]))
        self.company.crm_target_close_days = 15
        months._cron_close()
        self.assertEqual(months.search([]).mapped("date"), [FEBRUARY])
        months._cron_close()
        self.assertEqual(len(months.search([])), 1)
