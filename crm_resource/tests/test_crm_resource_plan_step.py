from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import new_user
from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")  # a Monday
@tagged("post_install", "-at_install")
class TestPlanStep(ForecastCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._make_lead()

    def _make_step(self, user=None, **values):
        return (
            self.env["crm.resource.plan.step"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "lead_id": self.lead.id,
                    "name": "First visit",
                    "date": "2026-03-20",
                    **values,
                }
            )
        )

    def test_done_with_its_effect(self):
        step = self._make_step()
        self.assertRecordValues(
            step,
            [
                {
                    "user_id": self.salesperson.id,
                    "partner_id": self.customer.id,
                    "state": "planned",
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "what came of it first: First visit"):
            step.action_done()
        step.effect = "They want samples"
        step.action_done()
        self.assertEqual(str(step.date_done), "2026-03-16")
        with self.assertRaisesRegex(UserError, "is “Done”"):
            step.action_done()
        with self.assertRaisesRegex(UserError, "is kept"):
            step.unlink()
        step.action_plan()
        self.assertFalse(step.date_done)

    def test_progress_and_overdue(self):
        steps = self._make_step(effect="x") | self._make_step(date="2026-03-13")
        steps |= self._make_step(date="2026-04-01")
        self._make_step(name="Left out").action_cancel()
        steps[0].action_done()
        self.assertRecordValues(
            self.lead,
            [
                {
                    "plan_step_count": 3,
                    "plan_progress": 33,
                    "plan_overdue_count": 1,
                }
            ],
        )
        self.assertEqual(str(self.lead.plan_next_date), "2026-03-13")
        late = self.lead.search(
            [("plan_step_ids.is_overdue", "=", True), ("id", "=", self.lead.id)]
        )
        self.assertTrue(late)
        self.assertEqual(
            self.env["crm.resource.plan.step"].search(
                [("lead_id", "=", self.lead.id), ("is_overdue", "=", True)]
            ),
            steps[1],
        )

    def test_only_buttons_say_where_it_stands(self):
        step = self._make_step(state="done", date_done="2026-01-01")
        self.assertRecordValues(step, [{"state": "planned", "date_done": False}])
        with self.assertRaisesRegex(AccessError, "by their buttons"):
            step.state = "done"

    def test_planned_by_the_salesperson_and_his_leader(self):
        step = self._make_step(self.leader)
        self.assertEqual(step.user_id, self.salesperson)
        with self.assertRaises(AccessError):
            self._make_step(self.other)
        step.with_user(self.executive).read(["name"])
        with self.assertRaises(AccessError):
            step.with_user(self.executive).name = "x"

    def test_collaborators_do_not_plan(self):
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.other.id,
                "access": "edit",
            }
        )
        with self.assertRaisesRegex(AccessError, "those who lead him"):
            self._make_step(self.other)

    def test_a_colleague_takes_his_step(self):
        step = self._make_step(user_id=self.other.id)
        own = step.with_user(self.other)
        own.effect = "They agree"
        own.action_done()
        self.assertEqual(step.state, "done")
        second = self._make_step(user_id=self.other.id).with_user(self.other)
        with self.assertRaisesRegex(AccessError, "those who lead him"):
            second.date = "2027-01-01"
        with self.assertRaisesRegex(AccessError, "those who lead him"):
            second.action_cancel()
        with self.assertRaises(AccessError):
            self._make_step().with_user(self.other).read(["name"])

    def test_plans_begin_when_it_is_assigned(self):
        self.company.crm_is_lead_assigned = True
        self.lead.sudo().assignment_state = "unassigned"
        with self.assertRaisesRegex(UserError, "is not assigned yet"):
            self._make_step()
        self.assertFalse(self.lead.with_user(self.salesperson).may_plan)

    def test_template(self):
        kind = self.env.ref("crm_resource.crm_resource_dictionary_opportunity_new")
        self.lead.kind_id = kind
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Five days", "tz": "UTC"}
        )
        leave = {"name": "Holiday", "calendar_id": self.company.resource_calendar_id.id}
        self.env["resource.calendar.leaves"].create(
            {
                **leave,
                "date_from": "2026-03-18 00:00:00",
                "date_to": "2026-03-18 23:59:59",
            }
        )
        template = self.env["crm.resource.plan.template"].create(
            {
                "name": "Short",
                "kind_id": kind.id,
                "sequence": 0,
                "line_ids": [
                    Command.create({"name": "At once", "days": 0}),
                    Command.create({"name": "Later", "days": 5, "is_for_leader": True}),
                ],
            }
        )
        dialog = (
            self.env["crm.resource.plan.apply"]
            .with_user(self.salesperson)
            .create({"lead_id": self.lead.id})
        )
        self.assertEqual(dialog.template_id, template)
        dialog.action_apply()
        # five working days after Monday, Wednesday is a holiday
        self.assertEqual(
            [
                (step.name, str(step.date), step.user_id)
                for step in self.lead.plan_step_ids
            ],
            [
                ("At once", "2026-03-16", self.salesperson),
                ("Later", "2026-03-24", self.leader),
            ],
        )
        dialog.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "has a plan already"):
            dialog.action_apply()
        dialog.is_added = True
        dialog.action_apply()
        self.assertEqual(len(self.lead.plan_step_ids), 4)

    def test_my_day_and_timeline(self):
        step = self._make_step(effect="They want samples")
        start = self.env["crm.resource.start"].with_user(self.salesperson)
        with freeze_time("2026-03-21"):
            [row] = start._get_plan_steps()["rows"]
        self.assertEqual((row["title"], row["tone"]), ("First visit", "danger"))
        step.action_done()
        customer = self.customer.with_user(self.salesperson)
        kinds = [e["kind"] for e in customer.get_timeline()["events"]]
        self.assertIn("plan_step", kinds)

    def test_stuck_ones_on_my_day(self):
        lead = self.lead.sudo()
        lead.stage_id.rotting_threshold_days = 5
        lead.date_last_stage_update = fields.Datetime.subtract(
            self.env.cr.now(), days=10
        )
        start = self.env["crm.resource.start"]
        for user, seen in ((self.leader, True), (self.other, False)):
            rows = start.with_user(user)._get_stuck_leads()["rows"]
            self.assertEqual(lead.id in [row["id"] for row in rows], seen)

    def test_dialogs_are_their_users(self):
        dialog = (
            self.env["crm.resource.plan.apply"]
            .with_user(self.salesperson)
            .create({"lead_id": self.lead.id})
        )
        stranger = new_user(self.env, "crm_third", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            dialog.with_user(stranger).action_apply()
        with self.assertRaises(AccessError):
            self.lead.with_user(stranger).action_apply_template()
