from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_evaluation import EvaluationCase


@tagged("post_install", "-at_install")
class TestEvaluationPoints(EvaluationCase):
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
