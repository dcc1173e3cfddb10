from contextlib import suppress
from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.crm_resource.models import crm_resource_recall_rule_run as run

from .common_nightly import MONDAY
from .common_recall import RecallCase


@tagged("post_install", "-at_install")
class TestRecallRun(RecallCase):
    def test_warned_escalated_recalled(self):
        self._make_rule(contact_days=10, warn_days=3, escalate_days=1)
        customer = self._make_held()  # recalled on Monday the 16th
        self._run(MONDAY)
        self.assertEqual(customer.date_recall, date(2026, 3, 16))
        self.assertFalse(customer.date_recall_warned)
        self._run(date(2026, 3, 10))
        self.assertFalse(self._get_warnings(customer))
        self._run(date(2026, 3, 11))
        self.assertEqual(customer.date_recall_warned, date(2026, 3, 11))
        warning = self._get_warnings(customer)
        self.assertEqual(warning.user_id, self.north)
        self.assertEqual(warning.date_deadline, date(2026, 3, 16))
        self.assertIn("03/16/2026", warning.summary)
        self._run(date(2026, 3, 12))
        self.assertEqual(self._get_warnings(customer), warning)
        self._run(date(2026, 3, 13))
        self.assertEqual(self._get_warnings(customer).user_id, self.north | self.leader)
        self._run(date(2026, 3, 14), date(2026, 3, 15))
        self.assertEqual(len(self._get_warnings(customer)), 2)
        self.assertEqual(customer.user_id, self.north)
        self._run(date(2026, 3, 16))
        self.assertFalse(customer.user_id)
        self.assertEqual(customer.pool_id, self.pool)
        self.assertFalse(self._get_warnings(customer))
        assignment = customer.assignment_ids[0]
        self.assertEqual(assignment.kind, "recall")
        self.assertEqual(
            assignment.reason, "Nobody cares: no follow-up for 10 working days"
        )
        self.assertEqual(assignment.batch_id.pool_id, self.pool)

    def test_nothing_is_recalled_without_warning(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held(since=date(2025, 6, 2))
        self._run(MONDAY)
        self.assertEqual(customer.date_recall_warned, MONDAY)
        self._run(date(2026, 3, 4))
        self.assertEqual(customer.user_id, self.north)
        self._run(date(2026, 3, 5))
        self.assertEqual(customer.pool_id, self.pool)

    def test_a_job_that_did_not_run_warns_first(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 4, 1))
        self.assertEqual(customer.user_id, self.north)
        self.assertEqual(customer.date_recall, date(2026, 4, 6))

    def test_follow_up_withdraws_the_warning(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 12))
        self.assertTrue(self._get_warnings(customer))
        customer.standing_id.date_last_contact = date(2026, 3, 12)
        self._run(date(2026, 3, 13))
        self.assertFalse(customer.date_recall_warned)
        self.assertFalse(self._get_warnings(customer))
        self.assertEqual(customer.date_recall, date(2026, 3, 26))

    def test_an_old_warning_does_not_count_for_a_new_recall(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 12))
        customer.standing_id.date_last_contact = date(2026, 3, 12)
        # the job stood still until the customer would have been due again
        self._run(date(2026, 4, 1))
        self.assertEqual(customer.user_id, self.north)
        self.assertEqual(customer.date_recall_warned, date(2026, 4, 1))
        self.assertEqual(len(self._get_warnings(customer)), 1)

    def test_the_warning_is_no_follow_up(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 11))
        with freeze_time("2026-03-17"):
            self.env["crm.resource.standing"]._refresh_contacts(customer)
        self.assertFalse(customer.date_last_contact)
        self._get_warnings(customer).action_done()
        with freeze_time("2026-03-17"):
            self.env["crm.resource.standing"]._refresh_contacts(customer)
        self.assertFalse(customer.date_last_contact)

    def test_contacts_are_refreshed_if_their_job_did_not_run(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        self.env["calendar.event"].create(
            {
                "name": "Talk",
                "partner_ids": customer.ids,
                "start": "2026-03-06 09:00:00",
                "stop": "2026-03-06 10:00:00",
            }
        )
        with patch.object(
            self.registry[self.standings._name], "_ensure_refreshed", self.refresh
        ):
            for day in (6, 9, 12):
                with freeze_time(f"2026-03-{day:02}"):
                    self._run(date(2026, 3, day))
                self.assertEqual(customer.user_id, self.north)
            self.assertEqual(customer.date_last_contact, date(2026, 3, 6))
            with freeze_time("2026-03-13"):
                self._run(date(2026, 3, 13))
            self.assertEqual(customer.pool_id, self.pool)

    def test_whoever_gets_the_customer_gets_no_warning_with_him(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 11))
        with freeze_time("2026-03-11"):
            customer.user_id = self.south
        self._run(date(2026, 3, 12))
        self.assertFalse(self._get_warnings(customer))
        self.assertEqual(customer.date_recall, date(2026, 3, 25))

    def test_a_leader_of_his_own_is_not_told_twice(self):
        self._make_rule(contact_days=10, warn_days=3, escalate_days=3)
        above = self.env["crm.team"].create({"name": "Above", "user_id": self.south.id})
        self.team.parent_id = above
        customer = self._make_held(user_id=self.leader.id)
        self._run(date(2026, 3, 11))
        self.assertEqual(self._get_warnings(customer).user_id, self.leader | self.south)

    def test_one_message_for_each_person(self):
        self._make_rule(contact_days=5)
        for name in ("A", "B", "C"):
            self._make_held(name)
        self._make_held("D", user_id=self.south.id)
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self._run(date(2026, 3, 9))
        messages = self.env["mail.message"].search([("id", ">", last)])
        self.assertEqual(
            sorted((message.partner_ids.name, message.subject) for message in messages),
            [
                ("night_north", "3 of your customers were recalled"),
                ("night_south", "1 of your customers were recalled"),
                ("recall_admin", "4 customers came to Public"),
            ],
        )
        told = messages.filtered(
            lambda message: "night_north" in message.partner_ids.name
        )
        self.assertNotIn("D", told.body.replace("Data", ""))

    def test_killed_and_run_again(self):
        self._make_rule(contact_days=5, warn_days=2)
        customers = self.env["res.partner"]
        for name in ("A", "B", "C"):
            customers |= self._make_held(name)
            customers |= self._make_held(name, user_id=self.south.id)
        self._run(date(2026, 3, 5), date(2026, 3, 6))
        day = date(2026, 3, 9)
        real = type(self.env["crm.resource.assignment"])._assign
        calls = []

        def killed(*args, **kwargs):
            calls.append(1)
            if len(calls) == 2:
                raise InterruptedError
            return real(*args, **kwargs)

        with patch.object(run, "BATCH_SIZE", 1):
            with patch.object(
                self.env.registry["crm.resource.assignment"], "_assign", killed
            ):
                # `assertRaises` would take back what the job commits, too
                with suppress(InterruptedError):
                    self._run(day)
            self.env.cr.execute(SQL("ROLLBACK TO SAVEPOINT committed"))
            self.env.invalidate_all(flush=False)
            self.assertEqual(len(calls), 2)
            self.assertEqual(len(customers.filtered("pool_id")), 3)
            self._run(day)
        self.assertEqual(customers.pool_id, self.pool)
        self.assertFalse(customers.user_id)
        recalls = customers.assignment_ids.filtered(lambda each: each.kind == "recall")
        self.assertEqual(len(recalls), len(customers))
        self._run(day)
        self.assertEqual(len(customers.assignment_ids), 2 * len(customers))

    def test_killed_while_warning_warns_once(self):
        self._make_rule(contact_days=5, warn_days=2)
        customer = self._make_held()
        self._run(date(2026, 3, 5))
        self._run(date(2026, 3, 5))
        self.assertEqual(len(self._get_warnings(customer)), 1)

    def test_whoever_moved_in_between_is_left_alone(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        due = [customer.id]
        customer.date_protected_to = date(2026, 3, 20)
        with freeze_time("2026-03-09"):
            self.rules._recall(date(2026, 3, 9), due, {})
        self.assertEqual(customer.user_id, self.north)
