from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_evaluation import EvaluationCase


@tagged("post_install", "-at_install")
class TestEvaluation(EvaluationCase):
    def test_rights_on_customers_evaluations(self):
        scheme = self._make_scheme([("Need", "points", 1, [], 0)], evaluated_by="owner")
        evaluation = self._evaluate(scheme, self._make_customer(user_id=self.owner.id))
        for user in self.owner, self.reviewer, self.executive:
            self.assertTrue(evaluation.with_user(user).has_access("read"))
            self.assertTrue(evaluation.score_ids.with_user(user).has_access("read"))
        self.assertFalse(evaluation.with_user(self.colleague).has_access("read"))
        self.assertFalse(
            evaluation.score_ids.with_user(self.colleague).has_access("read")
        )
        with self.assertRaises(AccessError):
            evaluation.with_user(self.colleague).action_finish()
        # whom the scheme names fills in, and still does not reach the customer
        scheme.evaluator_ids = self.evaluator
        named = evaluation.with_user(self.evaluator)
        named.score_ids.points = 20
        self.assertFalse(named.partner_id.has_access("read"))
        scheme.evaluator_ids = False
        self.assertFalse(named.has_access("read"))
        with self.assertRaises(AccessError):
            evaluation.with_user(self.executive).score_ids.points = 5
        for vals in (
            {"total": 100},
            {"state": "done"},
            {"grade_id": scheme.grade_ids[0].id},
            {"partner_id": self._make_customer("Other").id},
            {"evaluator_id": self.colleague.id},
        ):
            with self.assertRaises(AccessError):
                evaluation.with_user(self.owner).write(vals)
        for vals in ({"is_given": True}, {"weight": 9}, {"evaluation_id": 1}):
            with self.assertRaises(AccessError):
                evaluation.score_ids.with_user(self.owner).write(vals)
        for model in "crm.resource.evaluation", "crm.resource.evaluation.score":
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.owner).create({})
        with self.assertRaises(AccessError):
            scheme.with_user(self.owner).action_evaluate()
        with self.assertRaises(AccessError):
            evaluation.with_user(self.owner).action_reopen()

    def test_created_by_hand_nothing_is_given(self):
        scheme = self._make_scheme([("Need", "points", 1, [], 0)])
        evaluation = (
            self.env["crm.resource.evaluation"]
            .with_user(self.reviewer)
            .create(
                {
                    "scheme_id": scheme.id,
                    "partner_id": self._make_customer().id,
                    "total": 100,
                    "state": "done",
                    "date": date(2020, 1, 1),
                }
            )
        )
        self.assertEqual(evaluation.total, 0)
        self.assertEqual(evaluation.state, "draft")
        self.assertEqual(evaluation.date, TODAY)
        with self.assertRaisesRegex(UserError, "does not evaluate"):
            self.env["crm.resource.evaluation"].create(
                {
                    "scheme_id": scheme.id,
                    "partner_id": self.env["res.partner"].create({"name": "X"}).id,
                }
            )

    def test_suppliers_are_recommended_and_accepted(self):
        scheme = self._make_scheme(
            [("Quality", "points", 1, [], 0)],
            target="supplier",
            evaluator_ids=[Command.set(self.evaluator.ids)],
            decider_ids=[Command.set((self.decider | self.evaluator).ids)],
        )
        supplier = self.env["res.partner"].create(
            {"name": "Supplier", "is_company": True, "supplier_rank": 1}
        )
        evaluation = self._evaluate(scheme, supplier)
        self.assertFalse(evaluation.with_user(self.owner).has_access("read"))
        mine = evaluation.with_user(self.evaluator)
        mine.score_ids.points = 90
        with self.assertRaises(UserError):
            mine.action_recommend()
        mine.action_finish()
        mine.action_recommend()
        self.assertEqual(evaluation.activity_ids.user_id, self.decider)
        # whoever recommends does not decide
        with self.assertRaises(AccessError):
            mine.action_accept()
        with self.assertRaises(AccessError):
            evaluation.with_user(self.reviewer).action_accept()
        decided = evaluation.with_user(self.decider)
        with self.assertRaisesRegex(UserError, "why"):
            decided.action_refuse()
        decided.action_accept()
        self.assertEqual(evaluation.state, "accepted")
        self.assertEqual(evaluation.decided_by_id, self.decider)
        self.assertFalse(evaluation.activity_ids)
        evaluation.with_user(self.reviewer).action_reopen()
        mine.action_finish()
        mine.action_recommend()
        decided.decision_note = "Too dear"
        decided.action_refuse()
        self.assertEqual(evaluation.state, "refused")

    def test_purchases(self):
        scheme = self._make_scheme(
            [("Purchases", "purchases", 1, [(0, 10), (100, 80)], 0)],
            target="supplier",
        )
        supplier = self.env["res.partner"].create(
            {"name": "Supplier", "is_company": True, "supplier_rank": 1}
        )
        for kind, amount in (("in_invoice", 150), ("in_refund", 20)):
            self.env["account.move"].create(
                {
                    "move_type": kind,
                    "partner_id": supplier.id,
                    "invoice_date": date(2026, 2, 1),
                    "date": date(2026, 2, 1),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "x", "price_unit": amount, "tax_ids": False}
                        )
                    ],
                }
            ).action_post()
        evaluation = self._evaluate(scheme, supplier)
        self.assertEqual(evaluation.score_ids.figure, 130)
        self.assertEqual(evaluation.total, 80)

    def test_periodic(self):
        scheme = self._make_scheme(
            [("Need", "points", 1, [], 0)],
            evaluated_by="owner",
            interval_months=1,
            date_next=date(2026, 1, 31),
        )
        partner = self._make_customer(user_id=self.owner.id)
        schemes = self.env["crm.resource.evaluation.scheme"]
        schemes._cron_evaluate()
        # February and its last day were missed; the day of the month stays
        self.assertEqual(scheme.date_next, date(2026, 3, 31))
        evaluation = partner.evaluation_ids
        self.assertEqual(evaluation.date, TODAY)
        self.assertEqual(evaluation.activity_ids.user_id, self.owner)
        self.assertEqual(evaluation.activity_ids.date_deadline, date(2026, 3, 29))
        schemes._cron_evaluate()
        self.assertEqual(partner.evaluation_ids, evaluation)
        evaluation.with_user(self.owner).score_ids.points = 50
        evaluation.with_user(self.owner).action_finish()
        self.assertFalse(evaluation.activity_ids)
        with freeze_time(datetime(2026, 3, 31, 2)):
            schemes._cron_evaluate()
        self.assertEqual(len(partner.evaluation_ids), 2)
        # 28 April, then 31 again: counted from the planned day
        self.assertEqual(scheme.date_next, date(2026, 4, 30))

    def test_the_next_salesperson_goes_on(self):
        scheme = self._make_scheme(
            [("Need", "points", 1, [], 0)], evaluated_by="owner", date_next=TODAY
        )
        partner = self._make_customer(user_id=self.owner.id)
        scheme._cron_evaluate()
        evaluation = partner.evaluation_ids
        with freeze_time(datetime(2026, 3, 16, 2)):
            partner.user_id = self.colleague
            scheme._cron_evaluate()
        self.assertEqual(evaluation.evaluator_id, self.colleague)
        self.assertEqual(evaluation.activity_ids.user_id, self.colleague)
        evaluation.with_user(self.colleague).score_ids.points = 50
        # whom a reviewer names remains
        evaluation.with_user(self.reviewer).evaluator_id = self.evaluator
        self.assertEqual(evaluation.activity_ids.user_id, self.evaluator)
        with freeze_time(datetime(2026, 3, 17, 2)):
            scheme._cron_evaluate()
        self.assertEqual(evaluation.evaluator_id, self.evaluator)

    def test_once_only(self):
        scheme = self._make_scheme(
            [("Sales", "sales", 1, [(0, 40)], 40)], date_next=TODAY
        )
        self._make_customer()
        self.env["crm.resource.evaluation.scheme"]._cron_evaluate()
        self.assertFalse(scheme.date_next)
        self.assertTrue(scheme.evaluation_count)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        scheme = self._make_scheme(
            [("Sales", "sales", 1, [(0, 0), (100, 100)], 0)], company_id=other.id
        )
        shared = self._make_customer("Shared")
        theirs = self._make_customer("Theirs", company_id=other.id)
        ours = self._make_customer("Ours", company_id=self.company.id)
        self._make_order(shared, 500)
        run = scheme._evaluate(TODAY)
        self.assertIn(theirs, run.partner_id)
        self.assertNotIn(ours, run.partner_id)
        # what was sold by our company does not count
        self.assertEqual(run.filtered(lambda one: one.partner_id == shared).total, 0)
        found = self.env["crm.resource.evaluation"].with_user(self.reviewer)
        self.assertFalse(found.search([("scheme_id", "=", scheme.id)]))
        self.assertFalse(scheme.with_user(self.reviewer).has_access("read"))

    def test_filter_of_customers(self):
        scheme = self._make_scheme([("Sales", "sales", 1, [(0, 0), (100, 100)], 0)])
        good, bad = map(self._make_customer, ("Good", "Bad"))
        self._make_order(good, 500)
        scheme._evaluate(TODAY)
        best = scheme.grade_ids[0]
        self.assertEqual(good.evaluation_grade_ids, best)
        found = self.env["res.partner"].search(
            [
                ("evaluation_grade_ids", "=", best.id),
                ("id", "in", (good | bad).ids),
            ]
        )
        self.assertEqual(found, good)

    def test_evaluations_of_merged_customers_remain(self):
        scheme = self._make_scheme([("Sales", "sales", 1, [(0, 40)], 0)])
        kept, gone = map(self._make_customer, ("Kept", "Gone"))
        old = scheme._evaluate(date(2026, 1, 10), gone)
        scheme._evaluate(TODAY)
        mine = kept.evaluation_ids.filtered("is_latest")
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | gone).ids, kept)
        self.env.invalidate_all()
        self.assertEqual(old.partner_id, kept)
        self.assertEqual(kept.evaluation_ids.filtered("is_latest"), mine)
        # the day on which only one of them was evaluated, and two on which both were
        self.assertEqual(len(kept.evaluation_ids), 2)

    def test_level_by_evaluation(self):
        scheme = self._make_scheme([("Sales", "sales", 1, [(0, 30), (100, 100)], 0)])
        policy = self._make_policy(
            "Value",
            [("Gold", 80, 0), ("Silver", 0, 80)],
            criterion="evaluation",
            is_leading=False,
            evaluation_scheme_id=scheme.id,
        )
        good, bad = map(self._make_customer, ("Good", "Bad"))
        self._make_order(good, 500)
        scheme._evaluate(TODAY)
        late = self._make_customer("Late")
        policy._classify(TODAY)
        grades = {
            grade.partner_id: grade.level_id.name
            for grade in self.env["crm.resource.grade"].search(
                [
                    ("policy_id", "=", policy.id),
                    ("partner_id", "in", (good | bad | late).ids),
                ]
            )
        }
        self.assertEqual(grades[good], "Gold")
        self.assertEqual(grades[bad], "Silver")
        self.assertFalse(grades[late])
        with self.assertRaises(ValidationError):
            policy.evaluation_scheme_id = False

    def test_schemes_are_checked(self):
        with self.assertRaisesRegex(ValidationError, "cannot be computed"):
            self._make_scheme([("Sales", "sales", 1, [(0, 1)], 0)], target="supplier")
        with self.assertRaisesRegex(ValidationError, "for the same"):
            self._make_scheme([("Sales", "sales", 1, [(0, 1), (0, 2)], 0)])
        with self.assertRaisesRegex(ValidationError, "cannot be evaluated"):
            self._make_scheme([], domain="[('nothing', '=', 1)]")
        with self.assertRaises(AccessError):
            empty = self._make_scheme([]).with_user(self.reviewer)
            empty.domain = "[('is_readable', '=', True)]"
        empty = self._make_scheme([])
        with self.assertRaisesRegex(ValidationError, "no criteria"):
            empty.action_evaluate()
        lacking = self._make_scheme([("Sales", "sales", 1, [], 0)])
        with self.assertRaisesRegex(ValidationError, "no scale"):
            lacking.action_evaluate()

    def test_sheet(self):
        scheme = self._make_scheme([("Sales", "sales", 1, [(0, 30)], 0)])
        scheme.criterion_ids.heading = "Volume"
        partner = self._make_customer("Sheet & Co")
        self._make_order(partner, 500)
        evaluation = self._evaluate(scheme, partner)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_resource.report_evaluation", evaluation.ids
        )
        text = html.decode()
        for part in ("Sheet &amp; Co", "Volume", "30.00", "500.00"):
            self.assertIn(part, text)
