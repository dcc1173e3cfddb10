from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import TODAY, new_user
from .common_evaluation import EvaluationCase


@tagged("post_install", "-at_install")
class TestEvaluationRights(EvaluationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.criteria = [("Quality", "points", 1, [], 0)]
        cls.customer = cls._make_customer("Lamps", user_id=cls.owner.id)

    def _make_sister(self):
        return self.env["res.company"].create({"name": "Sister"})

    def _make_recommended(self):
        scheme = self._make_scheme(
            self.criteria,
            target="supplier",
            evaluator_ids=[Command.set(self.evaluator.ids)],
            decider_ids=[Command.set(self.decider.ids)],
        )
        supplier = self.env["res.partner"].create(
            {"name": "Supplier", "is_company": True, "supplier_rank": 1}
        )
        evaluation = self._evaluate(scheme, supplier)
        mine = evaluation.with_user(self.evaluator)
        mine.score_ids.points = 90
        mine.action_finish()
        mine.action_recommend()
        return evaluation

    def test_why_is_said_by_whoever_decides(self):
        evaluation = self._make_recommended()
        for user in self.evaluator, self.reviewer:
            with self.assertRaises(AccessError):
                evaluation.with_user(user).decision_note = "Mine"
            with self.assertRaises(AccessError):
                evaluation.with_user(user).web_save(
                    {"decision_note": "Mine", "note": "Good"}, {"note": {}}
                )
        decider = evaluation.with_user(self.decider)
        decider.decision_note = "Too dear"
        decider.action_refuse()
        self.assertEqual(evaluation.decision_note, "Too dear")
        for user in self.evaluator, self.reviewer, self.decider:
            with self.assertRaises(UserError):
                evaluation.with_user(user).decision_note = "Cheap"
        evaluation.with_user(self.evaluator).note = "Asks again next year"
        self.assertEqual(evaluation.decision_note, "Too dear")

    def test_the_owner_says_nothing_of_decisions(self):
        scheme = self._make_scheme(self.criteria, evaluated_by="owner")
        evaluation = self._evaluate(scheme, self.customer).with_user(self.owner)
        evaluation.note = "Buys a lot"
        with self.assertRaises(UserError):
            evaluation.decision_note = "Mine"

    def test_what_is_computed_comes_from_no_context(self):
        scheme = self._make_scheme(self.criteria)
        evaluation = (
            self.env["crm.resource.evaluation"]
            .with_user(self.reviewer)
            .with_context(
                default_state="accepted",
                default_total=99,
                default_date="2020-01-01",
                default_decided_by_id=self.reviewer.id,
                default_decision_note="Fine",
                default_is_latest=True,
                default_evaluator_id=self.evaluator.id,
            )
            .create(
                {
                    "scheme_id": scheme.id,
                    "partner_id": self.customer.id,
                    "rank": 1,
                }
            )
        )
        self.assertRecordValues(
            evaluation,
            [
                {
                    "state": "draft",
                    "total": 0,
                    "date": TODAY,
                    "decided_by_id": False,
                    "decision_note": False,
                    "is_latest": False,
                    "evaluator_id": self.evaluator.id,
                    "rank": 0,
                }
            ],
        )

    def test_conditions_match_what_their_author_may_read(self):
        sister = self._make_sister()
        self.env["res.partner"].create(
            {"name": "Hidden", "parent_id": self.customer.id, "company_id": sister.id}
        )
        self.env["res.partner"].create({"name": "Shown", "parent_id": self.customer.id})
        scheme = self._make_scheme(self.criteria, company_id=self.company.id)
        for name, found in (
            ("Hidden", self.env["res.partner"]),
            ("Shown", self.customer),
        ):
            scheme.with_user(
                self.reviewer
            ).domain = f"[('child_ids.name', '=', '{name}')]"
            self.assertEqual(scheme.responsible_id, self.reviewer)
            self.assertEqual(scheme._evaluate(TODAY).partner_id, found)

    def test_fields_one_cannot_read_are_no_condition(self):
        scheme = self._make_scheme(self.criteria, company_id=self.company.id)
        before = scheme.domain
        for domain in (
            "[('signup_type', '!=', False)]",
            "[('user_ids.totp_secret', '!=', False)]",
            "['|', ('name', '=', 'a'), ('child_ids.signup_type', '!=', False)]",
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                scheme.with_user(self.reviewer).domain = domain
                self.env.flush_all()
        for domain in (
            "[('name', '=', user.name)]",
            "[('id', 'in', range(9))]",
            "[('child_ids', 'any!', [('name', '=', 'a')])]",
            "no domain",
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                scheme.with_user(self.reviewer).domain = domain
        self.env.invalidate_all()
        self.assertEqual(scheme.domain, before)

    def test_the_job_does_not_make_conditions_its_own(self):
        scheme = self._make_scheme(
            self.criteria, company_id=self.company.id, interval_months=1
        )
        scheme.with_user(self.reviewer).date_next = TODAY
        scheme._cron_evaluate()
        self.assertGreater(scheme.date_next, TODAY)
        self.assertEqual(scheme.responsible_id, self.reviewer)

    def test_a_scheme_nobody_answers_for_rests(self):
        colleague = new_user(
            self.env, "evaluation_colleague_2", groups="crm_resource.group_reviewer"
        )
        scheme = self._make_scheme(self.criteria, company_id=self.company.id)
        scheme.with_user(self.reviewer).date_next = TODAY
        self.reviewer.active = False
        scheme._cron_evaluate()
        self.assertFalse(scheme.date_next)
        self.assertFalse(scheme.evaluation_count)
        message = scheme.message_ids[:1]
        self.assertIn(self.reviewer.name, message.body)
        self.assertIn(colleague.partner_id, message.notified_partner_ids)
        scheme.with_user(colleague).action_evaluate()
        self.assertEqual(scheme.responsible_id, colleague)
        self.assertIn(
            self.customer,
            self.env["crm.resource.evaluation"]
            .search([("scheme_id", "=", scheme.id)])
            .partner_id,
        )

    def test_what_holds_for_all_companies_is_kept_by_who_belongs_to_all(self):
        common = self._make_scheme([("Sales", "sales", 1, [(0, 1)], 0)])
        own = self._make_scheme(self.criteria, company_id=self.company.id)
        self._make_sister()
        self.env.registry.clear_cache()
        mine = common.with_user(self.reviewer)
        criterion = mine.criterion_ids
        for place, change in enumerate(
            (
                lambda: mine.write({"name": "Mine"}),
                mine.unlink,
                mine.action_evaluate,
                lambda: criterion.write({"weight": 9}),
                lambda: criterion.scale_ids.write({"points": 9}),
                mine.grade_ids[:1].unlink,
                lambda: mine.write({"grade_ids": [Command.clear()]}),
                lambda: criterion.copy({"name": "Another"}),
                mine.copy,
                lambda: own.criterion_ids.with_user(self.reviewer).write(
                    {"scheme_id": common.id}
                ),
                lambda: (
                    own.grade_ids[:1]
                    .with_user(self.reviewer)
                    .copy({"scheme_id": common.id, "limit_from": 99})
                ),
                lambda: own.with_user(self.reviewer).write({"company_id": False}),
                lambda: self.policy.with_user(self.reviewer).write({"name": "Mine"}),
                lambda: self.large.with_user(self.reviewer).write({"limit_from": 1}),
            )
        ):
            with (
                self.subTest(place),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                change()
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(mine.name)
        own.with_user(self.reviewer).name = "Mine"
        self.reviewer.company_ids = self.env["res.company"].search([])
        self.env.invalidate_all()
        mine.with_context(allowed_company_ids=self.company.ids).name = "Ours"
        self.assertEqual(common.name, "Ours")
