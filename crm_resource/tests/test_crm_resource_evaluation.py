from datetime import date, datetime
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, CrmResourceCommon, new_users


class EvaluationCase(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 15, 2)))
        cls.owner, cls.colleague, cls.evaluator, cls.decider, cls.executive = new_users(
            cls.env,
            {
                "evaluation_owner": "sales_team.group_sale_salesman",
                "evaluation_colleague": "sales_team.group_sale_salesman",
                "evaluation_evaluator": "base.group_user",
                "evaluation_decider": "base.group_user",
                "evaluation_executive": "crm_resource.group_executive",
            },
        )
        cls.env["crm.resource.evaluation.scheme"].search([]).active = False
        # the job commits, which a test may not
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["ir.cron"], "_commit_progress", return_value=60
            )
        )

    @classmethod
    def _make_scheme(cls, criteria, grades=(("A", 80), ("B", 50), ("C", 0)), **values):
        """Create a scheme.

        :param criteria: list of name, source, weight, scale (list of what and points)
            and points otherwise
        """
        names = {
            "choice": "name",
            "region": "region_id",
            "industry": "industry_id",
            "level": "level_id",
        }
        return cls.env["crm.resource.evaluation.scheme"].create(
            {
                "name": "Value",
                "criterion_ids": [
                    Command.create(
                        {
                            "name": name,
                            "source": source,
                            "weight": weight,
                            "sequence": place,
                            "points_otherwise": otherwise,
                            "scale_ids": [
                                Command.create(
                                    {
                                        names.get(source, "limit_from"): what,
                                        "points": points,
                                    }
                                )
                                for what, points in scale
                            ],
                        }
                    )
                    for place, (name, source, weight, scale, otherwise) in enumerate(
                        criteria
                    )
                ],
                "grade_ids": [
                    Command.create({"name": name, "limit_from": limit})
                    for name, limit in grades
                ],
                **values,
            }
        )

    @classmethod
    def _evaluate(cls, scheme, partner, day=TODAY):
        """Return the evaluation of a partner by a run over all."""
        run = scheme._evaluate(day)
        return run.filtered(lambda evaluation: evaluation.partner_id == partner)

    def _get_points(self, evaluation):
        return {score.criterion_id.name: score.points for score in evaluation.score_ids}


@tagged("post_install", "-at_install")
class TestEvaluation(EvaluationCase):
    def test_total_grade_rank_and_trend(self):
        scheme = self._make_scheme(
            [
                ("Sales", "sales", 3, [(0, 0), (1000, 50), (5000, 100)], 0),
                ("Growth", "growth", 1, [(-100, 10), (0, 60), (50, 90)], 40),
            ]
        )
        best, other, none = map(self._make_customer, ("Best", "Other", "None"))
        self._make_order(best, 4000, date(2025, 1, 10))
        self._make_order(best, 5000, date(2025, 3, 16))
        self._make_order(other, 1200, date(2026, 3, 15))
        # one day too early: it belongs to the year before
        self._make_order(other, 1000, date(2025, 3, 15))
        run = scheme._evaluate(TODAY)
        found = {
            evaluation.partner_id: evaluation
            for evaluation in run
            if evaluation.partner_id in best | other | none
        }
        # 5000 after 4000 is 25 % more: (3 * 100 + 60) / 4
        self.assertEqual(found[best].total, 90)
        self.assertEqual(found[best].grade_id.name, "A")
        # 1200 after 1000 is 20 % more: (3 * 50 + 60) / 4
        self.assertEqual(found[other].total, 52.5)
        self.assertEqual(found[other].grade_id.name, "B")
        # nothing bought, growth not known: the sales are not known either
        self.assertEqual(found[none].total, 10)
        self.assertEqual(found[none].grade_id.name, "C")
        self.assertEqual(found[best].state, "done")
        self.assertEqual(found[best].rank, 1)
        self.assertEqual(found[other].rank, 2)
        self.assertEqual(found[none].rank, 3)
        self.assertEqual(found[best].date_from, date(2025, 3, 16))
        figures = {s.criterion_id.name: s.figure for s in found[best].score_ids}
        self.assertEqual(figures, {"Sales": 5000, "Growth": 25})
        self.assertFalse(found[best].evaluation_before_id)

        self._make_order(other, 5000, date(2026, 4, 1))
        later = self._evaluate(scheme, other, date(2026, 4, 2))
        # 6200 after 1000: (300 + 90) / 4
        self.assertEqual(later.total, 97.5)
        self.assertEqual(later.evaluation_before_id, found[other])
        self.assertEqual(later.trend, 45)
        self.assertTrue(later.is_latest)
        self.assertFalse(found[other].is_latest)

    def test_a_run_is_done_once_a_day(self):
        scheme = self._make_scheme([("Sales", "sales", 1, [(0, 50)], 0)])
        partner = self._make_customer()
        self.assertTrue(self._evaluate(scheme, partner))
        self.assertFalse(scheme._evaluate(TODAY))
        self.assertEqual(partner.evaluation_count, 1)

    def test_run_is_the_same_as_one_by_one(self):
        scheme = self._make_scheme(
            [
                ("Sales", "sales", 3, [(0, 0), (1000, 50), (5000, 100)], 5),
                ("Share", "sales_share", 2, [(0, 100), (80, 30)], 1),
                ("Days", "days", 1, [(0, 100), (30, 50)], 7),
            ]
        )
        partners = self.env["res.partner"]
        for place, amount in enumerate((0, 900, 1500, 8000)):
            partner = self._make_customer(f"Customer {place}")
            partners |= partner
            if amount:
                self._make_order(partner, amount, date(2026, 2, 1 + 9 * place))
        run = scheme._evaluate(TODAY).filtered(lambda one: one.partner_id in partners)
        totals = {one.partner_id: one.total for one in run}
        run.unlink()
        for partner in partners:
            alone = self.env["crm.resource.evaluation"].create(
                {"scheme_id": scheme.id, "partner_id": partner.id}
            )
            self.assertEqual(alone.total, totals[partner])
            self.assertEqual(
                alone.total,
                round(
                    sum(s.weight * s.points for s in alone.score_ids)
                    / sum(s.weight for s in alone.score_ids),
                    2,
                ),
            )

    def test_lead_customers_make_80_percent(self):
        partners = self.env["res.partner"]
        for name, amount in (("a", 50), ("b", 30), ("c", 15), ("d", 5), ("e", 0)):
            partners |= self._make_customer(name)
            if amount:
                self._make_order(partners[-1], amount)
        scheme = self._make_scheme(
            [("Lead", "sales_share", 1, [(0, 100), (80, 0)], 0)],
            domain=f"[('id', 'in', {partners.ids})]",
        )
        points = {
            one.partner_id.name: (one.score_ids.figure, one.total)
            for one in scheme._evaluate(TODAY)
        }
        self.assertEqual(
            points,
            {"a": (0, 100), "b": (50, 100), "c": (80, 0), "d": (95, 0), "e": (0, 0)},
        )

    def test_margin(self):
        scheme = self._make_scheme(
            [
                ("Margin", "margin", 1, [(0, 10), (70, 90)], 0),
                ("Quantity", "quantity", 1, [(0, 10), (2, 90)], 0),
            ]
        )
        self.product.standard_price = 40
        partner = self._make_customer()
        self._make_order(partner, 100)
        evaluation = self._evaluate(scheme, partner)
        self.assertEqual(
            {s.criterion_id.name: s.figure for s in evaluation.score_ids},
            {"Margin": 60, "Quantity": 1},
        )
        self.assertEqual(evaluation.total, 10)

    def test_traits(self):
        regions = self.env["crm.resource.region"]
        china = regions.create({"name": "Zone"})
        south = regions.create({"name": "South", "parent_id": china.id})
        city = regions.create({"name": "City", "parent_id": south.id})
        industry = self.env["res.partner.industry"].create({"name": "Cables"})
        scheme = self._make_scheme(
            [
                ("Region", "region", 1, [(china.id, 20), (south.id, 80)], 5),
                ("Industry", "industry", 1, [(industry.id, 60)], 10),
                ("Level", "level", 1, [(self.large.id, 100)], 0),
            ]
        )
        partner = self._make_customer(region_id=city.id, industry_id=industry.id)
        self._make_order(partner, 5000)
        self.policy._classify(TODAY)
        self.assertEqual(
            self._get_points(self._evaluate(scheme, partner)),
            {"Region": 80, "Industry": 60, "Level": 100},
        )
        other = self._make_customer(region_id=china.id)
        self.assertEqual(
            self._get_points(self._evaluate(scheme, other)),
            {"Region": 20, "Industry": 10, "Level": 0},
        )

    def test_delay_in_payment(self):
        scheme = self._make_scheme(
            [("Delay", "delay", 1, [(-99, 100), (1, 60), (31, 0)], 33)]
        )
        partner = self._make_customer()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": date(2026, 2, 1),
                "invoice_date_due": date(2026, 2, 13),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": 100,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        # 15 days of February and 15 of March
        evaluation = self._evaluate(scheme, partner)
        self.assertEqual(evaluation.score_ids.figure, 30)
        self.assertEqual(evaluation.total, 60)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": date(2026, 2, 17)})._create_payments()
        evaluation.unlink()
        evaluation = self._evaluate(scheme, partner)
        self.assertEqual(evaluation.score_ids.figure, 4)
        stranger = self._make_customer("Stranger")
        self.assertEqual(self._evaluate(scheme, stranger).total, 33)

    def test_typed_criteria(self):
        scheme = self._make_scheme(
            [
                ("Service", "choice", 1, [("Good", 75), ("Bad", 10)], 0),
                ("Need", "points", 2, [], 0),
                ("Sales", "sales", 1, [(0, 40)], 40),
            ],
            evaluated_by="owner",
        )
        partner = self._make_customer(user_id=self.owner.id)
        evaluation = self._evaluate(scheme, partner)
        self.assertEqual(evaluation.state, "draft")
        self.assertEqual(evaluation.evaluator_id, self.owner)
        self.assertFalse(evaluation.grade_id)
        mine = evaluation.with_user(self.owner)
        with self.assertRaisesRegex(UserError, "Service”, “Need"):
            mine.action_finish()
        service, need, sales = mine.score_ids
        with Form(mine) as form, form.score_ids.edit(0) as line:
            line.scale_id = service.criterion_id.scale_ids[0]
            self.assertEqual(line.points, 75)
        self.assertEqual(evaluation.state, "progress")
        need.points = 100
        with self.assertRaises(AccessError):
            sales.points = 100
        # (75 + 2 * 100 + 40) / 4
        mine.action_finish()
        self.assertEqual(evaluation.total, 78.75)
        self.assertEqual(evaluation.state, "done")
        with self.assertRaisesRegex(UserError, "Done"):
            need.points = 0
        evaluation.with_user(self.reviewer).action_reopen()
        self.assertFalse(evaluation.is_latest)
        need.points = 0
        mine.action_finish()
        self.assertEqual(evaluation.total, 28.75)

    def test_zero_points_are_an_answer(self):
        scheme = self._make_scheme([("Need", "points", 1, [], 0)])
        evaluation = self._evaluate(scheme, self._make_customer())
        evaluation.with_user(self.reviewer).score_ids.points = 0
        evaluation.with_user(self.reviewer).action_finish()
        self.assertEqual(evaluation.grade_id.name, "C")

    def test_foreign_choices_and_points_beyond_the_scale_are_refused(self):
        scheme = self._make_scheme(
            [
                ("Service", "choice", 1, [("Good", 75)], 0),
                ("Price", "choice", 1, [("Low", 90)], 0),
                ("Need", "points", 1, [], 0),
            ]
        )
        evaluation = self._evaluate(scheme, self._make_customer())
        service, price, need = evaluation.with_user(self.reviewer).score_ids
        with self.assertRaisesRegex(UserError, "no such choice"):
            service.scale_id = price.criterion_id.scale_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as raised:
            need.points = 101
            self.env.flush_all()
        self.assertIn("points", str(raised.exception))

    def test_later_changes_of_the_scheme_leave_what_is_done(self):
        scheme = self._make_scheme(
            [("Sales", "sales", 1, [(0, 40)], 40), ("Need", "points", 1, [], 0)]
        )
        evaluation = self._evaluate(scheme, self._make_customer())
        scheme.criterion_ids[1].weight = 9
        scheme.criterion_ids[0].scale_ids.points = 0
        reviewed = evaluation.with_user(self.reviewer)
        reviewed.score_ids[1].points = 60
        reviewed.action_finish()
        self.assertEqual(evaluation.total, 50)

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


@tagged("post_install", "-at_install")
class TestEvaluationLaws(EvaluationCase):
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 50),
                st.integers(0, 100),
                st.integers(0, 100),
                st.integers(0, 100),
            ),
            min_size=1,
            max_size=5,
        ),
        st.randoms(use_true_random=False),
    )
    def test_total(self, rows, random):
        """It lies between the least and the most points, and the order of the criteria
        does not matter."""
        partner = self._make_customer()
        self._make_order(partner, 500)
        criteria = [
            (f"Sales {place}", "sales", weight, [(0, low), (300, high)], other)
            for place, (weight, low, high, other) in enumerate(rows)
        ]
        totals = []
        for _time in range(2):
            scheme = self._make_scheme(criteria, domain=f"[('id', '=', {partner.id})]")
            evaluation = scheme._evaluate(TODAY)
            totals.append(evaluation.total)
            random.shuffle(criteria)
        self.assertEqual(totals[0], totals[1])
        points = [high for _weight, _low, high, _other in rows]
        self.assertGreaterEqual(totals[0], min(points))
        self.assertLessEqual(totals[0], max(points))
