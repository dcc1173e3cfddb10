from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_resource.models.crm_resource_assignment import Holder

from .common import CrmResourceCommon, new_users

CLAIM = datetime(2026, 3, 10, 9)
OLD, NEW = date(2026, 3, 1), date(2026, 3, 12)
SALES = "sales_team.group_sale_salesman"


@freeze_time("2026-03-15 08:00:00")
@tagged("post_install", "-at_install")
class TestPast(CrmResourceCommon):
    """Ann has claimed a customer on 10 March, without his past; Bob had him before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.boss, cls.all, cls.chief, cls.plain = new_users(
            cls.env,
            {
                "past_ann": SALES,
                "past_bob": SALES,
                "past_boss": SALES,
                "past_all": "sales_team.group_sale_salesman_all_leads",
                "past_chief": "crm_resource.group_executive",
                "past_plain": "base.group_user",
            },
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.boss.id,
                "member_ids": [Command.link(cls.ann.id)],
            }
        )
        cls.customer, cls.open = [
            cls._make_customer(name, user_id=cls.ann.id, team_id=cls.team.id)
            for name in ("Claimed", "Open")
        ]
        cls.customer.date_hidden_before = CLAIM
        for customer in (cls.customer, cls.open):
            for day, amount in ((date(2025, 1, 20), 300), (OLD, 500), (NEW, 70)):
                cls._make_order(customer, amount, day)
        cls.env["crm.resource.standing"]._refresh_purchases()
        cls.everybody = cls.boss, cls.all, cls.reviewer, cls.chief

    def _search(self, model, user, domain=()):
        """Return what a person finds of the claimed customer, and checks that he reads
        exactly that when he names it."""
        records = self.env[model].with_user(user)
        name = records._past_partner
        found = records.search([(name, "=", self.customer.id), *domain])
        known = records.sudo().search([(name, "=", self.customer.id), *domain])
        for record in known.sudo(False):
            if record in found:
                record.check_access("read")
            else:
                with self.assertRaises(AccessError):
                    record.read(["display_name"])
        return found

    def _check_hidden(self, past, shown=None):
        """Check that Ann finds only what is not past, and the others everything."""
        records = (past | shown) if shown else past
        domain = [("id", "in", records.ids)]
        found = self._search(past._name, self.ann, domain)
        self.assertEqual(found.ids, shown.ids if shown else [])
        for user in self.everybody:
            with self.subTest(past._name, user=user.login):
                found = self._search(past._name, user, domain)
                self.assertEqual(set(found.ids), set(records.ids))

    def _make(self, model, *days, **values):
        """Create one record for each day, of the claimed customer."""
        return [
            self.env[model].create(
                {"partner_id": self.customer.id, "date": day, **values}
            )
            for day in days
        ]

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    def test_churn_and_retention(self):
        method = self.env.ref("crm_resource.crm_resource_retention_method_visit")
        cases = self._make(
            "crm.resource.churn",
            OLD,
            NEW,
            name="C",
            # it passes to whoever has the customer
            user_id=self.ann.id,
            company_id=self.company.id,
            currency_id=self.currency.id,
            cause="months",
            date_open=OLD,
            state="dropped",
        )
        self._check_hidden(*cases)
        measures = self._make(
            "crm.resource.retention",
            OLD,
            NEW,
            name="R",
            churn_id=cases[1].id,
            method_id=method.id,
            date_to=NEW,
            user_id=self.bob.id,
        )
        self._check_hidden(*measures)
        # her own of before stays hers
        measures[0].user_id = self.ann
        self.assertIn(measures[0], self._search("crm.resource.retention", self.ann))

    def test_histories(self):
        self._check_hidden(
            *self._make(
                "crm.resource.lifecycle.change",
                OLD,
                NEW,
                lifecycle_from="active",
                lifecycle_to="at_risk",
            )
        )
        past, shown = self._make(
            "crm.resource.level.change",
            OLD,
            NEW,
            policy_id=self.policy.id,
            level_to_id=self.large.id,
        )
        self._check_hidden(past, shown)
        # found after the claim, but from sales before it
        shown.date_from = OLD
        self._check_hidden(past | shown)
        grade = self.env["crm.resource.grade"].create(
            {"partner_id": self.customer.id, "policy_id": self.policy.id}
        )
        self._check_hidden(grade)

    def test_assignments(self):
        histories = self.env["crm.resource.assignment"]
        current = histories.search([("partner_id", "=", self.customer.id)])
        current.write({"date": datetime(2026, 3, 9), "author_id": self.bob.id})
        past = histories.create(
            {
                "partner_id": self.customer.id,
                "kind": "give_back",
                "user_from_id": self.bob.id,
                "date": datetime(2026, 2, 1),
                "date_end": datetime(2026, 3, 9),
                "author_id": self.bob.id,
                "reason": "Does not pay",
            }
        )
        self._check_hidden(past, current)

    def test_encounters(self):
        competitor = self.env["crm.resource.competitor"].create({"name": "Rival"})
        self._check_hidden(
            *self._make(
                "crm.resource.competitor.encounter",
                OLD,
                NEW,
                competitor_id=competitor.id,
                user_id=self.bob.id,
            )
        )

    def test_care(self):
        rule = self.env["crm.resource.care.rule"].create(
            {"name": "Birthdays", "occasion": "birthday", "channel": "activity"}
        )
        care = self.env["crm.resource.care"].create(
            [
                {
                    "rule_id": rule.id,
                    "occasion": "birthday",
                    "partner_id": self.customer.id,
                    "customer_id": self.customer.id,
                    "user_id": self.bob.id,
                    "company_id": self.company.id,
                    "channel": "activity",
                    "date_planned": day,
                    "date_occasion": day,
                }
                for day in (OLD, NEW)
            ]
        )
        self._check_hidden(*care)

    def test_past_sales(self):
        """Named by its number, a past sale is as hidden as in lists."""
        source = self.env["crm.resource.past.sale.import"].create({"name": "Before"})
        sales = [
            self.env["crm.resource.past.sale"].create(
                {
                    "partner_id": self.customer.id,
                    "date": day,
                    "import_id": source.id,
                    "company_id": self.company.id,
                    "currency_id": self.currency.id,
                    "document": "D",
                    "key": str(day),
                }
            )
            for day in (OLD, NEW)
        ]
        self._check_hidden(*sales)

    def _evaluate(self, day):
        """Evaluate the claimed customer by his sales and by an opinion."""
        scheme = self.env["crm.resource.evaluation.scheme"].create(
            {
                "name": f"Value {day}",
                "evaluator_ids": [Command.link(self.bob.id)],
                "criterion_ids": [
                    Command.create(
                        {
                            "name": name,
                            "source": source,
                            "weight": 1,
                            "scale_ids": [
                                Command.create({"limit_from": limit, "points": limit})
                                for limit in limits
                            ],
                        }
                    )
                    for name, source, limits in (
                        ("Sales", "sales", (0, 100)),
                        ("Opinion", "points", ()),
                    )
                ],
            }
        )
        with freeze_time(day):
            evaluation = self.env["crm.resource.evaluation"].create(
                {
                    "scheme_id": scheme.id,
                    "partner_id": self.customer.id,
                    "evaluator_id": self.bob.id,
                }
            )
        return evaluation

    def test_evaluations(self):
        past, shown = self._evaluate(OLD), self._evaluate(NEW)
        self._check_hidden(past, shown)
        scores = (past | shown).score_ids
        opinion = shown.score_ids.filtered("is_typed")
        self.assertEqual(len(scores), 4)
        # what is computed for the later one is computed from sales of before
        self._check_hidden(scores - opinion, opinion)

    def test_trend_begins_anew(self):
        """The trend would tell the total of an evaluation that is hidden."""
        scheme = self.env["crm.resource.evaluation.scheme"].create(
            {
                "name": "Value",
                "evaluator_ids": [Command.link(self.bob.id)],
                "criterion_ids": [
                    Command.create({"name": "Opinion", "source": "points", "weight": 1})
                ],
            }
        )

        def evaluate(partner, day, points):
            with freeze_time(day):
                evaluation = self.env["crm.resource.evaluation"].create(
                    {
                        "scheme_id": scheme.id,
                        "partner_id": partner.id,
                        "evaluator_id": self.bob.id,
                    }
                )
                evaluation.score_ids.write({"points": points, "is_given": True})
                evaluation.action_finish()
            return evaluation

        for partner, trend in ((self.open, 20), (self.customer, 0)):
            evaluate(partner, OLD, 50)
            self.assertEqual(evaluate(partner, NEW, 70).trend, trend)
        self.assertEqual(evaluate(self.customer, date(2026, 3, 14), 60).trend, -10)

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    def test_figures_of_customers(self):
        standings = (self.customer | self.open).standing_id
        standings.write(
            {"turnover": 870, "level_figure": 870, "date_last_contact": OLD}
        )
        self.env.invalidate_all()
        everything = [870, 870, date(2025, 1, 20), NEW, OLD]
        names = [
            "turnover",
            "level_figure",
            "date_first_purchase",
            "date_last_purchase",
            "date_last_contact",
        ]
        both = self.customer | self.open

        def read(user, customer):
            return [customer.with_user(user)[name] for name in names]

        self.assertEqual(read(self.ann, self.open), everything)
        # only the last purchase was made since
        self.assertEqual(read(self.ann, self.customer), [0, 0, False, NEW, False])
        for user in self.everybody:
            self.assertEqual(read(user, self.customer), everything)
        # nor does she find, sort or add them up
        for user, count in ((self.ann, 1), (self.boss, 2), (self.chief, 2)):
            mine = self.env["res.partner"].with_user(user)
            own = [("id", "in", both.ids)]
            for condition in (
                ("turnover", ">", 500),
                ("level_figure", "=", 870),
                ("date_first_purchase", "!=", False),
                ("date_last_contact", "<", "2026-03-05"),
                ("date_last_contact", "=", "2026-03-01"),
            ):
                with self.subTest(condition=condition, user=user.login):
                    self.assertEqual(mine.search_count([*own, condition]), count)
                    self.assertEqual(
                        len(both.with_user(user).filtered_domain([condition])), count
                    )
            self.assertEqual(
                mine.search_count([*own, ("standing_id.turnover", ">", 500)]), count
            )
            self.assertEqual(
                mine.search_count([*own, ("date_last_contact", "=", False)]), 2 - count
            )
            [(total,)] = mine._read_group(own, [], ["turnover:sum"])
            self.assertEqual(total, 870 * count)
            months = mine._read_group(own, ["date_last_contact:month"], ["__count"])
            self.assertEqual(dict(months).get(date(2026, 3, 1)), count)
        self.open.standing_id.turnover = 10
        mine = self.env["res.partner"].with_user(self.ann)
        order = mine.search([("id", "in", both.ids)], order="turnover desc nulls last")
        self.assertEqual(order, self.open | self.customer)

    def test_figures_since_the_claim(self):
        """What is made of nothing but what was since is shown."""
        standing = self.customer.standing_id
        standing.write(
            {"turnover": 70, "date_first_purchase": NEW, "date_last_contact": NEW}
        )
        customer = self.customer.with_user(self.ann)
        self.assertEqual(customer.turnover, 70)
        self.assertEqual(customer.date_first_purchase, NEW)
        self.assertEqual(customer.date_last_contact, NEW)

    def test_figures_of_the_page(self):
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-03-05 08:00:00",
                "stop": "2026-03-05 09:00:00",
                "partner_ids": [Command.link(self.customer.id)],
            }
        )

        def get_figures(user):
            figures = self.customer.with_user(user).get_page_figures()
            figures = {figure["key"]: figure for figure in figures}
            return (
                figures["sales"]["value"],
                figures["sales"]["trend"],
                figures["last_contact"]["value"],
            )

        # 500 and 70 within a year, 300 in the one before
        self.assertEqual(get_figures(self.boss), (570, 0.9, "2026-03-05"))
        self.assertEqual(get_figures(self.ann), (70, None, False))
        # a claim of two years ago hides nothing of these
        self.customer.date_hidden_before = datetime(2024, 3, 1)
        self.assertEqual(get_figures(self.ann), (570, 0.9, "2026-03-05"))

    def test_follow_up(self):
        self.customer.standing_id.date_last_contact = date(2025, 12, 1)
        self.open.standing_id.date_last_contact = date(2025, 12, 1)
        (self.customer | self.open).date_held_from = datetime(2026, 1, 1)
        self.env.flush_all()
        duties = self.env["crm.resource.follow.up"].with_user(self.ann)
        days = {
            duty.partner_id: duty.date_last_contact
            for duty in duties.search(
                [("partner_id", "in", (self.customer | self.open).ids)]
            )
        }
        self.assertEqual(days, {self.customer: False, self.open: date(2025, 12, 1)})

    def test_recalls_of_the_start_page(self):
        """A claimed customer is on her list though his standing is not hers to read."""
        self.customer.standing_id.date_recall = date(2026, 3, 20)
        rows = self.env["crm.resource.start"].with_user(self.ann)._get_recalls()["rows"]
        self.assertEqual([row["id"] for row in rows], self.customer.ids)
        self.assertIn("no contact yet", rows[0]["text"])

    # ------------------------------------------------------------
    # Cases after the claim
    # ------------------------------------------------------------

    def test_new_case_tells_of_what_was_since(self):
        cases = self.env["crm.resource.churn"]
        self.company.crm_churn_months = 6
        with freeze_time("2026-10-15"):
            cases._open_cases(date=date(2026, 10, 15))
        case = cases.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((case.date_last_purchase, case.sales_before), (NEW, 70))
        case = cases.search([("partner_id", "=", self.open.id)])
        self.assertEqual((case.date_last_purchase, case.sales_before), (NEW, 570))

    def test_claimer_begins_anew(self):
        pool = self.env["crm.resource.pool"].create(
            {"name": "Dormant", "past": "new", "team_ids": [Command.link(self.team.id)]}
        )
        [case] = self._make(
            "crm.resource.churn",
            OLD,
            name="C",
            company_id=self.company.id,
            currency_id=self.currency.id,
            cause="months",
            date_open=OLD,
        )
        self.customer.user_id = False
        self.env["crm.resource.assignment"]._assign(
            {self.customer.id: Holder(pool=pool.id)}, "give_back"
        )
        claimed, _refusals = pool._claim(self.ann, self.customer.ids)
        self.assertEqual(list(claimed), self.customer.ids)
        self.assertEqual((case.state, case.date_closed), ("dropped", date(2026, 3, 15)))
        self.assertEqual(self.customer.lifecycle, "active")

    # ------------------------------------------------------------
    # Money
    # ------------------------------------------------------------

    def test_amounts_are_for_the_money_groups(self):
        for model, name in (
            ("res.partner", "turnover"),
            ("res.partner", "level_figure"),
            ("crm.resource.standing", "turnover"),
            ("crm.resource.grade", "turnover"),
            ("crm.resource.level.change", "turnover"),
            ("crm.resource.churn", "sales_before"),
            ("crm.resource.evaluation.score", "figure"),
        ):
            with self.subTest(model, name=name):
                self.assertIn(name, self.env[model].with_user(self.ann).fields_get())
                plain = self.env[model].with_user(self.plain)
                self.assertNotIn(name, plain.fields_get())
                with self.assertRaises(AccessError):
                    plain._read_group([], [], [f"{name}:max"])
                with self.assertRaises(AccessError):
                    plain.search([], order=name)
                with self.assertRaises(AccessError):
                    plain.search([(name, ">", 0)])
