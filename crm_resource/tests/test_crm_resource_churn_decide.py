from contextlib import suppress
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_churn import ChurnCase
from .common_nightly import MONDAY


@tagged("post_install", "-at_install")
class TestChurnActions(ChurnCase):
    def test_defer(self):
        case = self._make_case()
        self._decide(
            case,
            self.north,
            "defer",
            method_id=self.method.id,
            title="Visit with the technician",
            date_to="2026-04-01",
        )
        self.assertEqual(case.state, "deferred")
        self.assertEqual(case.date_deferred_to, date(2026, 4, 1))
        self.assertFalse(case.activity_ids)
        retention = case.retention_ids
        self.assertRecordValues(
            retention,
            [
                {
                    "method_id": self.method.id,
                    "title": "Visit with the technician",
                    "user_id": self.north.id,
                    "date": MONDAY,
                    "date_to": date(2026, 4, 1),
                    "outcome": "running",
                }
            ],
        )
        self.assertRegex(retention.name, r"^RT\d{5}$")
        self._decide(case, self.north, "result", result="They liked it")
        self.assertEqual(retention.result, "They liked it")
        self._decide(
            case,
            self.north,
            "defer",
            method_id=self.method.id,
            date_to="2026-05-01",
            result="They wait",
        )
        self.assertEqual(case.retention_ids.mapped("outcome"), ["running", "ended"])
        self.assertEqual(retention.result, "They wait")

    def test_what_is_missing_is_said(self):
        case = self._make_case()
        for decision, values, words in (
            ("defer", {"method_id": self.method.id}, "later day"),
            (
                "defer",
                {"method_id": self.method.id, "date_to": "2026-03-02"},
                "later day",
            ),
            ("defer", {"date_to": "2026-04-01"}, "what is done"),
            ("lose", {}, "why"),
            ("drop", {"note": " "}, "why"),
            ("result", {"result": "x"}, "defer"),
        ):
            with self.subTest(decision, **values):
                with self.assertRaisesRegex(UserError, words):
                    self._decide(case, self.north, decision, **values)
                self.assertEqual(case.state, "open")
                self.assertFalse(case.retention_ids)

    def test_lost_and_reopened(self):
        case = self._make_case()
        self._decide(
            case, self.north, "lose", lost_reason_id=self.reason.id, note="Closed"
        )
        self.assertEqual(case.state, "lost")
        self.assertEqual(case.lost_reason_id, self.reason)
        self.assertEqual(case.partner_id.lifecycle, "lost")
        self.assertFalse(case.activity_ids)
        with self.assertRaisesRegex(UserError, "Lost"):
            self._decide(case, self.north, "lose", lost_reason_id=self.reason.id)
        case.with_user(self.north).action_reopen()
        self.assertEqual(case.state, "open")
        self.assertFalse(case.lost_reason_id)
        self.assertEqual(case.partner_id.lifecycle, "at_risk")
        self.assertEqual(self._get_told(case.partner_id), self.north)
        self._run()
        self.assertEqual(len(case.activity_ids), 1)

    def test_lost_to_a_competitor(self):
        rival = self.env["crm.resource.competitor"].create({"name": "Rival"})
        case = self._make_case()
        self._decide(
            case,
            self.north,
            "lose",
            lost_reason_id=self.reason.id,
            competitor_id=rival.id,
        )
        self.assertEqual(case.competitor_id, rival)
        met = rival.encounter_ids
        self.assertEqual(
            (met.partner_id, met.outcome, met.reason_id, met.user_id),
            (case.partner_id, "lost", self.reason, self.north),
        )

    def test_won_back_is_not_reopened(self):
        case = self._make_case()
        self._set_purchases(case.partner_id, MONDAY)
        self._run()
        with self.assertRaisesRegex(UserError, "Won Back"):
            case.with_user(self.north).action_reopen()

    def test_who_may(self):
        for user, may in (
            (self.north, True),
            (self.leader, True),
            (self.head, True),
            (self.reviewer, True),
            (self.south, False),
            (self.executive, False),
            (self.clerk, False),
        ):
            with self.subTest(user.login):
                case = self._make_case(name=user.login)
                values = {"method_id": self.method.id, "date_to": "2026-04-01"}
                if may:
                    self._decide(case, user, "defer", **values)
                    self.assertEqual(case.state, "deferred")
                    case.with_user(user).action_reopen()
                    self.assertEqual(case.state, "open")
                else:
                    with self.assertRaises(AccessError):
                        self._decide(case, user, "defer", **values)
                    with self.assertRaises(AccessError):
                        case.with_user(user).action_reopen()
                    with self.assertRaises(AccessError):
                        case.with_user(user).action_lose()
                    self.assertEqual(case.state, "open")

    def test_collaborators_read_and_do_not_decide(self):
        case = self._make_case()
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": case.partner_id.id,
                "user_id": self.south.id,
                "access": "edit",
            }
        )
        self.assertTrue(case.with_user(self.south).name)
        self.assertFalse(case.with_user(self.south).is_actor)
        with self.assertRaises(AccessError):
            self._decide(case, self.south, "drop", note="No")

    def test_who_sees(self):
        case = self._make_case()
        self._decide(
            case, self.north, "defer", method_id=self.method.id, date_to="2026-04-01"
        )
        for user, sees in (
            (self.north, True),
            (self.leader, True),
            (self.reviewer, True),
            (self.executive, True),
            (self.south, False),
        ):
            for model in (
                "crm.resource.churn",
                "crm.resource.retention",
                "crm.resource.lifecycle.change",
            ):
                with self.subTest(f"{user.login} {model}"):
                    found = (
                        self.env[model]
                        .with_user(user)
                        .search([("partner_id", "=", case.partner_id.id)])
                    )
                    self.assertEqual(bool(found), sees)

    def test_nobody_writes_cases(self):
        case = self._make_case()
        change = case.partner_id.lifecycle_change_ids[:1]
        for user in (self.north, self.reviewer, self.env.ref("base.user_admin")):
            for record, values in (
                (case, {"state": "dropped"}),
                (case.partner_id.standing_id, {"lifecycle": "active"}),
                (change, {"lifecycle_to": "active"}),
            ):
                with self.subTest(f"{user.login} {record}"):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        record.with_user(user).unlink()
                    with self.assertRaises(AccessError):
                        record.with_user(user).create({})
        for user in (self.north, self.leader):
            with self.assertRaises(AccessError):
                self.method.with_user(user).name = "x"
        self.method.with_user(self.reviewer).name = "Talk"

    def test_dialogs_are_own(self):
        case = self._make_case()
        dialog = (
            self.env["crm.resource.churn.decide"]
            .with_user(self.north)
            .create({"churn_ids": case.ids, "decision": "drop", "note": "x"})
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.leader).action_decide()

    def test_lifecycle_on_the_customer_is_not_typed(self):
        customer = self._make_held()
        for values in (
            {"lifecycle": "active"},
            {"relation_state": "signed"},
            {"churn_ids": [Command.create({"name": "x", "cause": "never"})]},
        ):
            with self.subTest(values):
                with suppress(AccessError), self.env.cr.savepoint():
                    customer.with_user(self.north).write(values)
                    self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(customer.lifecycle, "prospect")
                self.assertEqual(customer.relation_state, "following")
                self.assertFalse(customer.churn_ids)

    def test_deleted_customers_leave_nothing(self):
        case = self._make_case()
        ids = case.ids
        case.partner_id.unlink()
        self.assertFalse(
            self.env["mail.activity"].search(
                [("res_model", "=", "crm.resource.churn"), ("res_id", "in", ids)]
            )
        )
        self.assertFalse(case.exists())

    def test_merged_customers_have_one_case(self):
        one = self._make_case(name="One")
        other = self._make_case(name="Two")
        kept = one.partner_id
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept | other.partner_id).ids, kept
        )
        cases = self._get_case(kept)
        self.assertEqual(sorted(cases.mapped("state")), ["dropped", "open"])
        self.assertEqual(kept.lifecycle, "at_risk")
