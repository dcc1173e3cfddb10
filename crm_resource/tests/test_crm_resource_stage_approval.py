from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .common import new_user
from .common_forecast import ForecastCommon


@tagged("post_install", "-at_install")
class TestStageApproval(ForecastCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = cls.env["crm.stage"].search([], limit=3)
        cls.first.is_approval_required = True
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.lead = cls._make_lead()
        cls.lead.stage_id = cls.first

    def _request(self, stage=None, user=None, **values):
        return (
            self.env["crm.resource.stage.approval"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "lead_id": self.lead.id,
                    "stage_id": (stage or self.second).id,
                    "reason": "They want an offer",
                    **values,
                }
            )
        )

    def _submit(self, **values):
        approval = self._request(**values)
        approval.request_validation()
        return approval

    def _decide(self, approval, accept=True):
        """Decide as the dialog of the leader does."""
        decided = approval.with_user(self.leader)
        self.env.flush_all()
        self.env.invalidate_all()
        action = decided.validate_tier() if accept else decided.reject_tier()
        if action:
            self.env[action["res_model"]].with_user(self.leader).with_context(
                **action["context"]
            ).create({"comment": "Too early"}).add_comment()

    def test_moving_leads_to_the_request(self):
        with self.assertRaises(RedirectWarning) as caught:
            self.lead.stage_id = self.second
        message, action, _label, context = caught.exception.args
        self.assertIn("New hall", message)
        self.assertEqual(
            self.env["ir.actions.act_window"].browse(action).res_model,
            "crm.resource.stage.approval",
        )
        self.assertEqual(
            context,
            {"default_lead_id": self.lead.id, "default_stage_id": self.second.id},
        )
        with self.assertRaises(RedirectWarning):
            self.lead.action_set_won()
        # the button on the opportunity proposes the next stage
        action = self.lead.action_request_stage()
        self.assertEqual(action["context"], context)

    def test_several_are_named(self):
        other = self._make_lead(name="Old hall", stage_id=self.first.id)
        with self.assertRaisesRegex(UserError, "(?s)New hall.*Old hall"):
            (self.lead | other).stage_id = self.second
        self.assertEqual((self.lead | other).stage_id, self.first)

    def test_what_asks_for_none_moves(self):
        self.lead.sudo().stage_id = self._without_gate(self.second)
        self.lead.stage_id = self.third
        self.lead.stage_id = self.first  # back is free
        self.assertEqual(self.lead.stage_id, self.first)

    def _without_gate(self, stage):
        self.first.is_approval_required = False
        self.addCleanup(self.first.write, {"is_approval_required": True})
        return stage

    def test_the_approval_moves_it(self):
        approval = self._submit()
        self.assertEqual(approval.state, "submitted")
        self.assertEqual(approval.review_ids.reviewer_ids, self.leader)
        self.assertEqual(self.lead.stage_approval_id, approval)
        with self.assertRaises(RedirectWarning):
            self.lead.stage_id = self.second
        self._decide(approval)
        self.assertEqual(approval.state, "done")
        self.assertTrue(approval.date_done)
        self.assertEqual(self.lead.stage_id, self.second)
        # what was approved holds once
        self.lead.stage_id = self.first
        with self.assertRaises(RedirectWarning):
            self.lead.stage_id = self.second

    def test_an_approval_to_win(self):
        self._decide(self._submit(stage=self.won))
        self.assertEqual(self.lead.won_status, "won")

    def test_rejected_ones_stay(self):
        approval = self._submit()
        self._decide(approval, accept=False)
        self.assertEqual(approval.state, "rejected")
        self.assertEqual(self.lead.stage_id, self.first)
        # and may be asked for again
        approval.restart_validation()
        self.assertEqual(approval.state, "draft")
        approval.reason = "Now they have the money"
        approval.request_validation()
        self._decide(approval)
        self.assertEqual(self.lead.stage_id, self.second)

    def test_overtaken(self):
        approval = self._submit()
        self.lead.action_set_lost(lost_reason_id=self.price.id)
        self._decide(approval)
        self.assertEqual(approval.state, "overtaken")
        self.assertEqual(self.lead.stage_id, self.first)

    def test_nobody_approves_his_own(self):
        self.lead.sudo().user_id = self.leader
        approval = self._request(user=self.leader)
        refused = self.assertRaisesRegex(UserError, "Nobody else could approve")
        with refused, self.cr.savepoint():
            approval.request_validation()
        chief = new_user(self.env, "approval_chief", "sales_team.group_sale_salesman")
        self.team.parent_id = self.team.create({"name": "Sales", "user_id": chief.id})
        approval.request_validation()
        self.assertEqual(approval.review_ids.reviewer_ids, chief)

    def test_required_steps_come_first(self):
        self.first.is_plan_required = True
        self.env["crm.resource.plan.step"].create(
            {
                "lead_id": self.lead.id,
                "name": "Samples",
                "date": "2026-03-20",
                "is_required": True,
                "stage_id": self.first.id,
            }
        )
        with self.assertRaisesRegex(UserError, "New hall: Samples"):
            self._submit()

    def test_only_where_it_is_needed(self):
        self.lead.sudo().stage_id = self._without_gate(self.second)
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self._submit(stage=self.third)

    def test_one_at_a_time(self):
        approval = self._submit()
        self._check_refused(self._request().request_validation)
        with self.assertRaisesRegex(UserError, "withdraw it"):
            approval.stage_id = self.third
        with self.assertRaisesRegex(UserError, "withdraw it"):
            approval.unlink()
        approval.restart_validation()
        approval.stage_id = self.third
        approval.unlink()

    def _check_refused(self, function):
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            function()
        self.assertIn("submitted_uniq", str(caught.exception))

    def test_states_follow_from_the_steps(self):
        for values in ({"state": "done"}, {"user_id": self.leader.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                self._request(**values)
        for values in ({"state": "submitted"}, {"user_id": self.leader.id}):
            context = {f"default_{name}": value for name, value in values.items()}
            draft = self._request().with_context(**context)
            with self.subTest(context), self.assertRaises(AccessError):
                draft.create({"lead_id": self.lead.id, "stage_id": self.second.id})
        approval = self._submit()
        with self.assertRaises(AccessError):
            approval.state = "done"
        with self.assertRaises(UserError):
            approval.validation_status = "validated"
        # nobody decides whom it does not wait for
        with self.assertRaises(AccessError):
            approval.validate_tier()
        self.assertEqual(self.lead.stage_id, self.first)

    def test_whose_opportunity_it_is(self):
        with self.assertRaises(AccessError):
            self._request(user=self.other)
        approval = self._request()
        self.assertFalse(approval.with_user(self.other).has_access("read"))
        self.assertTrue(approval.with_user(self.executive).has_access("read"))
        self.assertFalse(approval.with_user(self.executive).has_access("write"))
        theirs = self._make_lead().sudo()
        theirs.write({"user_id": self.other.id, "partner_id": False, "team_id": False})
        with self.assertRaises(AccessError):
            approval.lead_id = theirs

    def test_who_is_named_instead(self):
        definition = self.env.ref("crm_resource.tier_definition_stage")
        named = new_user(self.env, "approval_named", "sales_team.group_sale_manager")
        definition.write({"review_type": "individual", "reviewer_id": named.id})
        self.assertEqual(self._submit().review_ids.reviewer_ids, named)
        definition.active = False
        self.lead = self._make_lead(name="Old hall", stage_id=self.first.id)
        with self.assertRaisesRegex(UserError, "Nobody is named"):
            self._submit()

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        approval = self._request()
        self.lead.sudo().company_id = self.env.company
        self.assertEqual(approval.company_id, self.env.company)
        elsewhere = new_user(
            self.env,
            "approval_elsewhere",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(approval.with_user(elsewhere).has_access("read"))
