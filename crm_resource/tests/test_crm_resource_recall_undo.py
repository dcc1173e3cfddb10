from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_nightly import MONDAY
from .common_recall import RecallCase


@tagged("post_install", "-at_install")
class TestRecallUndo(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._make_rule(contact_days=5, undo_days=7)
        cls.customers = cls._make_held("A") | cls._make_held("B")

    def _recall(self):
        self._run(date(2026, 3, 9))
        self.assertEqual(self.customers.pool_id, self.pool)
        return self.customers.assignment_ids.batch_id

    @freeze_time("2026-03-12")
    def test_undo_gives_back_what_has_not_moved(self):
        first, second = self.customers
        call = first.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.north.id
        )
        batch = self._recall()
        self.assertFalse(call.active)
        second.user_id = self.south
        action = batch.with_user(self.reviewer).action_undo()
        self.assertIn(second.display_name, action["params"]["message"])
        self.env.invalidate_all()
        self.assertEqual(first.user_id, self.north)
        self.assertEqual(first.team_id, self.team)
        self.assertFalse(first.pool_id)
        self.assertTrue(call.active)
        self.assertEqual(second.user_id, self.south)
        self.assertEqual(first.assignment_ids[0].kind, "undo")
        self.assertTrue(batch.date_undone)
        with self.assertRaises(UserError):
            batch.action_undo()
        # the clock begins anew
        self._run(date(2026, 3, 13))
        self.assertEqual(first.user_id, self.north)
        self.assertEqual(first.date_recall, date(2026, 3, 19))

    @freeze_time("2026-03-12")
    def test_who_may_undo(self):
        batch = self._recall()
        for user in (self.north, self.leader, self.executive):
            with self.assertRaises(AccessError):
                batch.with_user(user).action_undo()
        self.assertTrue(batch.with_user(self.admin).is_undoable)
        batch.with_user(self.admin).action_undo()
        self.assertEqual(self.customers.user_id, self.north)

    def test_undo_ends(self):
        with freeze_time("2026-03-09"):
            batch = self._recall()
        with freeze_time("2026-03-17"), self.assertRaises(UserError):
            batch.with_user(self.reviewer).action_undo()
        with freeze_time("2026-03-16"):
            batch.with_user(self.reviewer).action_undo()

    @freeze_time("2026-03-12")
    def test_who_left_gets_nobody_back(self):
        batch = self._recall()
        self.north.active = False
        with self.assertRaises(UserError):
            batch.with_user(self.reviewer).action_undo()
        self.assertEqual(self.customers.pool_id, self.pool)

    def test_batches_are_written_by_code_only(self):
        batch = self._recall()
        for user in (self.admin, self.reviewer, self.north):
            with self.assertRaises(AccessError):
                batch.with_user(user).write({"date_undo_to": date(2027, 1, 1)})


@tagged("post_install", "-at_install")
class TestRecallExtension(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_rule(contact_days=10, warn_days=3)
        cls.customer = cls._make_held()

    def _ask(self, user=None, **values):
        return (
            self.env["crm.resource.recall.extension"]
            .with_user(user or self.north)
            .create(
                {
                    "partner_id": self.customer.id,
                    "date_to": date(2026, 4, 10),
                    "reason": "They decide in April",
                    **values,
                }
            )
        )

    def test_granted(self):
        self._run(date(2026, 3, 11))
        extension = self._ask()
        self.assertEqual(extension.pool_id, self.pool)
        self.assertEqual(extension.activity_ids.sudo().user_id, self.leader)
        extension.with_user(self.leader).action_grant()
        self.env.invalidate_all()
        self.assertEqual(self.customer.date_protected_to, date(2026, 4, 10))
        self.assertEqual(self.customer.date_recall, date(2026, 4, 13))
        self.assertEqual(extension.decided_by_id, self.leader)
        self.assertFalse(extension.sudo().activity_ids)
        self.assertFalse(self.customer.date_recall_warned)
        self.assertFalse(self._get_warnings(self.customer))
        self._run(date(2026, 3, 12))
        self.assertFalse(self._get_warnings(self.customer))

    def test_nobody_decides_on_his_own(self):
        self.customer.user_id = self.leader
        extension = self._ask(self.leader)
        with self.assertRaises(AccessError):
            extension.action_grant()
        extension.with_user(self.reviewer).action_refuse()
        self.assertEqual(extension.state, "refused")
        self.assertFalse(self.customer.date_protected_to)

    def test_who_decides(self):
        self._run(MONDAY)
        extension = self._ask()
        for user in (self.north, self.south, self.executive, self.clerk):
            with self.assertRaises(AccessError):
                extension.with_user(user).action_grant()
        extension.with_user(self.admin).action_grant()
        self.assertEqual(extension.state, "granted")

    def test_only_the_owner_asks_and_nothing_is_granted_with_it(self):
        with self.assertRaises(UserError):
            self._ask(self.south)
        with self.assertRaises(UserError):
            self._ask(date_to=MONDAY)
        extension = self._ask(state="granted", user_id=self.south.id)
        self.assertEqual(extension.state, "asked")
        self.assertEqual(extension.user_id, self.north)
        for user in (self.north, self.leader, self.reviewer):
            with self.assertRaises(AccessError):
                extension.with_user(user).write({"state": "granted"})
        extension.action_withdraw()
        with self.assertRaises(UserError):
            extension.with_user(self.leader).action_grant()

    def test_stale_request(self):
        extension = self._ask()
        self.customer.user_id = self.south
        with self.assertRaises(UserError):
            extension.with_user(self.reviewer).action_grant()
