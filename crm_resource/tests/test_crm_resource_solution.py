from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestSolution(ForecastCommon):
    def _make_solution(self, user=None, lines=(), **values):
        return (
            self.env["crm.resource.solution"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "subject": "Light for the hall",
                    "partner_id": self.customer.id,
                    "proposal": "<p>Forty lamps</p>",
                    "line_ids": [Command.create(line) for line in lines],
                    **values,
                }
            )
        )

    def _make_lamps(self, **values):
        line = {"product_id": self.product.id, "quantity": 4, "price_unit": 50}
        return self._make_solution(lines=[{**line, **values}])

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def test_from_draft_to_accepted(self):
        solution = self._make_solution(proposal=False)
        self.assertRegex(solution.name, r"^RS/2026/\d+$")
        self.assertEqual(solution.team_id, self.team)
        with self.assertRaisesRegex(UserError, "Describe the solution"):
            solution.action_propose()
        solution.proposal = "<p>Forty lamps</p>"
        solution.action_propose()
        self.assertEqual(solution.date_proposed, date(2026, 3, 16))
        with self.assertRaisesRegex(UserError, "make a new version"):
            solution.proposal = "<p>Fifty lamps</p>"
        with self.assertRaisesRegex(UserError, "which is kept"):
            solution.unlink()
        solution.action_accept()
        self.assertEqual(solution.state, "accepted")
        self.assertEqual(solution.date_closed, date(2026, 3, 16))
        for step in ("action_reject", "action_withdraw", "action_propose"):
            with self.subTest(step), self.assertRaisesRegex(UserError, "is “Accepted”"):
                getattr(solution, step)()

    def test_withdrawn_and_back(self):
        solution = self._make_solution()
        solution.action_withdraw()
        self.assertEqual(solution.state, "withdrawn")
        solution.action_reset()
        solution.action_propose()
        solution.action_reject()
        solution.action_reset()
        self.assertEqual(
            (solution.state, solution.date_proposed, solution.date_closed),
            ("draft", False, False),
        )

    def test_a_new_version_keeps_the_former(self):
        first = self._make_lamps()
        first.action_propose()
        action = first.action_make_version()
        second = first.browse(action["res_id"])
        self.assertEqual(first.state, "superseded")
        self.assertRecordValues(
            second,
            [
                {
                    "name": first.name,
                    "version": 2,
                    "previous_id": first.id,
                    "state": "draft",
                    "amount_lines": 200,
                    "date_proposed": False,
                }
            ],
        )
        self.assertIn("v2", second.display_name)
        second.line_ids.quantity = 6
        self.assertEqual(first.amount_lines, 200)
        self.assertEqual(second.amount_lines, 300)
        with self.assertRaisesRegex(UserError, "is “Superseded”"):
            first.action_make_version()

    # ------------------------------------------------------------
    # What it is worth
    # ------------------------------------------------------------

    def test_value_in_company_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "LMP",
                "symbol": "L",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Lamps", "currency_id": currency.id}
        )
        solution = self._make_lamps(discount=10)
        self.assertEqual(solution.amount_company, 180)
        self.assertEqual(solution.volume, 4)
        solution.pricelist_id = pricelist
        self.assertEqual(solution.currency_id, currency)
        solution.line_ids.price_unit = 50
        self.assertEqual(solution.amount_lines, 180)
        self.assertEqual(solution.amount_company, 45)
        self.assertEqual(solution.line_ids.amount_company, 45)

    def test_quantities_in_the_unit_of_the_product(self):
        solution = self._make_solution(
            lines=[
                {
                    "product_id": self.product.id,
                    "quantity": 2,
                    "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                }
            ]
        )
        self.assertEqual(solution.volume, 24)

    def test_value_by_region_and_industry(self):
        region = self.env["crm.resource.region"].create({"name": "Lake Land"})
        industry = self.env["res.partner.industry"].create({"name": "Halls"})
        other = self._make_customer("Hill", user_id=self.salesperson.id)
        self.customer.write({"region_id": region.id, "industry_id": industry.id})
        self._make_lamps()
        theirs = self._make_lamps(quantity=1)
        theirs.partner_id = other
        self.env.flush_all()
        lines = self.env["crm.resource.solution.line"].with_user(self.salesperson)
        for name, place in (("region_id", region), ("industry_id", industry)):
            groups = lines._read_group(
                [], [name], ["amount_company:sum", "product_qty:sum"]
            )
            with self.subTest(name):
                self.assertCountEqual(
                    groups, [(place, 200, 4), (place.browse(), 50, 1)]
                )
        # it follows the customer
        other.region_id = region
        self.env.flush_all()
        self.assertEqual(
            lines._read_group([], ["region_id"], ["amount_company:sum"]),
            [(region, 250)],
        )

    # ------------------------------------------------------------
    # What becomes of it
    # ------------------------------------------------------------

    def test_to_a_quotation(self):
        lead = self._make_lead()
        solution = self._make_lamps()
        solution.lead_id = lead
        with self.assertRaisesRegex(UserError, "is “Draft”"):
            solution.action_make_quotation()
        solution.action_propose()
        action = solution.action_make_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.origin, solution.name)
        self.assertEqual(order.opportunity_id, lead)
        self.assertRecordValues(
            order.order_line,
            [{"product_id": self.product.id, "product_uom_qty": 4, "price_unit": 50}],
        )

    def test_a_quotation_needs_products(self):
        solution = self._make_solution(lines=[{"categ_id": self.lamps.id}])
        solution.action_propose()
        with self.assertRaisesRegex(UserError, "A quotation needs products"):
            solution.action_make_quotation()

    def test_to_a_forecast(self):
        solution = self._make_solution(
            lines=[
                {"product_id": self.product.id, "quantity": 4, "price_unit": 50},
                {"categ_id": self.shades.id, "quantity": 2, "price_unit": 10},
            ]
        )
        solution.action_propose()
        action = solution.action_make_forecast()
        forecast = (
            self.env["crm.resource.forecast"]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({"date_expected": "2026-04-10"})
        )
        self.assertEqual(forecast.partner_id, self.customer)
        self.assertEqual(forecast.amount, 220)

    # ------------------------------------------------------------
    # Whose it is
    # ------------------------------------------------------------

    def test_states_follow_from_the_buttons(self):
        solution = self._make_solution(state="accepted", version=7)
        self.assertEqual((solution.state, solution.version), ("draft", 1))
        for values in ({"state": "accepted"}, {"version": 3}, {"amount_company": 1}):
            with self.subTest(values), self.assertRaises(AccessError):
                solution.write(values)
        solution.action_propose()
        with self.assertRaisesRegex(UserError, "make a new version"):
            self.env["crm.resource.solution.line"].with_user(self.salesperson).create(
                {"solution_id": solution.id, "product_id": self.product.id}
            )

    def test_whose_it_is(self):
        solution = self._make_solution()
        self.assertFalse(solution.with_user(self.other).has_access("read"))
        self.assertTrue(solution.with_user(self.leader).has_access("write"))
        seen = solution.with_user(self.executive)
        self.assertTrue(seen.has_access("read"))
        with self.assertRaises(AccessError):
            seen.action_propose()
        with self.assertRaises(AccessError):
            self._make_solution(user=self.other)
        with self.assertRaisesRegex(AccessError, "not for"):
            self._make_solution(user_id=self.other.id)

    def test_opportunity_of_the_customer(self):
        other = self._make_customer("Hill", user_id=self.salesperson.id)
        lead = self._make_lead(partner_id=other.id)
        with self.assertRaisesRegex(ValidationError, "is no opportunity of Lake"):
            self._make_solution(lead_id=lead.id)
        hidden = self._make_lead().sudo()
        hidden.write({"user_id": self.other.id, "partner_id": False, "team_id": False})
        with self.assertRaises(AccessError):
            self._make_solution(lead_id=hidden.id)

    # ------------------------------------------------------------
    # Where it shows
    # ------------------------------------------------------------

    def test_my_day_asks_after_a_week(self):
        solution = self._make_solution()
        solution.action_propose()
        start = self.env["crm.resource.start"].with_user(self.salesperson)
        self.assertFalse(start._get_solutions()["rows"])
        with freeze_time("2026-03-23"):
            [row] = start._get_solutions()["rows"]
        self.assertEqual(row["id"], solution.id)
        self.assertEqual(row["partner_id"], self.customer.id)

    def test_timeline_shows_what_was_proposed(self):
        solution = self._make_solution()
        self._make_solution(subject="A draft")
        solution.action_propose()
        self.env.flush_all()
        page = self.customer.with_user(self.salesperson).get_timeline(
            kinds=["solution"]
        )
        self.assertEqual([e["res_id"] for e in page["events"]], solution.ids)

    def test_open_ones_are_handed_over(self):
        kinds = {
            kind.model: kind for kind in self.env["res.users"]._get_handover_models()
        }
        kind = kinds["crm.resource.solution"]
        solution = self._make_solution()
        accepted = self._make_solution()
        accepted.action_propose()
        accepted.action_accept()
        found = self.env["crm.resource.solution"].search(kind.domain)
        self.assertEqual(found & (solution | accepted), solution)


@tagged("post_install", "-at_install")
class TestStrategy(ForecastCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.industry = cls.env["res.partner.industry"].create({"name": "Halls"})
        cls.land, cls.county = cls.env["crm.resource.region"].create(
            [{"name": "Land"}, {"name": "County"}]
        )
        cls.county.parent_id = cls.land
        cls.customer.write({"industry_id": cls.industry.id, "region_id": cls.county.id})

    def _make_strategy(self, **values):
        return self.env["crm.resource.strategy"].create({"name": "Win them", **values})

    def _find(self):
        strategies = self.env["crm.resource.strategy"].with_user(self.salesperson)
        return strategies.search(strategies._get_customer_domain(self.customer))

    def test_what_it_names_decides(self):
        everybody = self._make_strategy(sequence=90)
        fits = self._make_strategy(
            industry_ids=self.industry.ids, region_ids=self.land.ids
        )
        other_industry = self.env["res.partner.industry"].create({"name": "Farms"})
        self._make_strategy(industry_ids=other_industry.ids, region_ids=self.land.ids)
        self._make_strategy(
            region_ids=self.env["crm.resource.region"].create({"name": "Sea"}).ids
        )
        level = self.env["crm.resource.level"].search([], limit=1)
        self._make_strategy(level_ids=level.ids)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._make_strategy(company_id=elsewhere.id)
        self.assertEqual(self._find(), fits | everybody)
        action = self.customer.with_user(self.salesperson).action_open_strategies()
        self.assertEqual(
            self.env["crm.resource.strategy"].search(action["domain"]),
            fits | everybody,
        )
        # plans begin with the first of them, and may have another
        plan = (
            self.env["crm.resource.account.plan"]
            .with_user(self.salesperson)
            .create({"partner_id": self.customer.id})
        )
        self.assertEqual(plan.strategy_id, fits)
        plan.strategy_id = everybody
        self.assertEqual(plan.strategy_id, everybody)

    def test_who_writes_them(self):
        strategy = self._make_strategy()
        self.assertTrue(strategy.with_user(self.salesperson).has_access("read"))
        for user in (self.salesperson, self.executive):
            with self.subTest(user.login), self.assertRaises(AccessError):
                strategy.with_user(user).name = "Leave them"
