from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_team import TeamCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestAccountPlan(TeamCommon):
    def _make_plan(self, user=None, **values):
        return (
            self.env["crm.resource.account.plan"]
            .with_user(user or self.salesperson)
            .create({"partner_id": self.customer.id, **values})
        )

    def _make_objective(self, plan, **values):
        plan.objective_ids = [
            Command.create(
                {"name": "Goal", "date": "2026-06-30", "value_target": 10, **values}
            )
        ]
        return plan.objective_ids[-1:]

    def test_one_active_plan(self):
        first, second = self._make_plan(), self._make_plan()
        self.assertEqual(str(first.date_from), "2026-01-01")
        first.action_activate()
        with self.assertRaisesRegex(UserError, f"active plan {first.name}"):
            second.action_activate()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            second._take_step({"state": "active"})
            self.env.flush_all()

    def test_steps(self):
        plan = self._make_plan(state="active", name="AP/1")
        self.assertEqual(plan.state, "draft")
        self.assertTrue(plan.name.startswith("AP/2026/"))
        with self.assertRaisesRegex(AccessError, "by their buttons"):
            plan.state = "active"
        plan.action_activate()
        plan.action_close()
        with self.assertRaisesRegex(UserError, "is “Closed”"):
            plan.action_close()
        plan.action_reopen()
        self.assertEqual(plan.state, "draft")

    def test_progress_from_the_beginning_to_the_target(self):
        plan = self._make_plan()
        half = self._make_objective(plan, value_start=2, value_target=6, value_typed=4)
        down = self._make_objective(
            plan, kind="percent", value_start=18, value_target=9, value_typed=9
        )
        late = self._make_objective(plan, date="2026-03-01", value_typed=-5)
        self.assertRecordValues(
            half | down | late,
            [
                {"progress": 50, "state": "open"},
                {"progress": 100, "state": "reached"},
                {"progress": 0, "state": "missed"},
            ],
        )
        self.assertEqual(plan.progress, 50)
        late.value = 10
        self.assertEqual(late.value_typed, 10)
        self.assertEqual(late.state, "reached")

    def test_sales_of_the_period(self):
        for day, amount in (("2026-02-10", 300), ("2025-12-30", 50)):
            self._make_order(self.customer, amount, day)
        plan = self._make_plan()
        goal = self._make_objective(plan, kind="sales", value_target=600)
        self.assertRecordValues(goal, [{"value": 300, "progress": 50}])
        goal.value = 1
        goal.invalidate_recordset()
        self.assertEqual(goal.value, 300)

    def test_sales_before_the_claim_are_not_told(self):
        self._make_order(self.customer, 300, "2026-02-10")
        plan = self._make_plan()
        goal = self._make_objective(plan, kind="sales", value_target=600)
        self.customer.sudo().date_hidden_before = "2026-03-01 00:00:00"
        goal.invalidate_recordset()
        self.assertEqual(goal.value, 0)

    def test_rights(self):
        plan = self._make_plan()
        goal = self._make_objective(plan)
        for user, seen in (
            (self.leader, True),
            (self.executive, True),
            (self.reviewer, True),
            (self.other, False),
        ):
            for record in (plan, goal):
                found = record.with_user(user).search([("id", "=", record.id)])
                self.assertEqual(bool(found), seen, user.name)
        with self.assertRaises(AccessError):
            plan.with_user(self.executive).strategy = "x"
        with self.assertRaises(AccessError):
            self._make_plan(self.other)
        with self.assertRaisesRegex(AccessError, "for yourself"):
            self._make_plan(user_id=self.other.id)

    def test_collaborators_do_not_decide(self):
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.other.id,
                "access": "edit",
            }
        )
        own = self._make_plan()
        goal = self._make_objective(own).with_user(self.other)
        plan = own.with_user(self.other)
        for step in (
            plan.action_activate,
            goal.unlink,
            lambda: goal.write({"value_target": 1}),
            lambda: goal.copy({"plan_id": plan.id}),
            plan.unlink,
            lambda: plan.write({"strategy": "x"}),
        ):
            with self.assertRaisesRegex(AccessError, "the matter of"):
                step()

    def test_page(self):
        self._make_plan()
        customer = self.customer.with_user(self.salesperson)
        self.assertEqual(customer.account_plan_count, 1)
        action = customer.action_open_account_plans()
        self.assertEqual(action["domain"], [("partner_id", "=", self.customer.id)])
