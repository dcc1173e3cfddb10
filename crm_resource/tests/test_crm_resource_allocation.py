from contextlib import closing

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmResourceCommon, new_users

NOW = "2026-03-16 08:00:00"


class AllocationCase(CrmResourceCommon):
    """A department of three with its leader, one person beside, ten free customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        names = ("ann", "ben", "eva", "cid", "boss")
        cls.ann, cls.ben, cls.eva, cls.cid, cls.boss = new_users(
            cls.env,
            {f"alloc_{name}": "sales_team.group_sale_salesman" for name in names},
        )
        cls.north, cls.south = cls.env["crm.team"].create(
            [{"name": "North", "user_id": cls.boss.id}, {"name": "South"}]
        )
        cls.people = cls.ann | cls.ben | cls.eva
        cls.north.member_ids = cls.people
        cls.south.member_ids = cls.cid
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Free {n}", "is_company": True, "customer_state": "approved"}
                for n in range(10)
            ]
        )

    def _make_allocation(self, user=None, customers=None, **values):
        values = {
            "source": "chosen",
            "partner_ids": (self.customers if customers is None else customers).ids,
            "target": "people",
            "user_ids": self.people.ids,
            **values,
        }
        wizard = self.env["crm.resource.allocation"].with_user(user or self.reviewer)
        return wizard.create(values)

    def _make_rule(self, **values):
        return self.env["crm.resource.allocation.rule"].create(
            {"name": "Rule", "company_id": self.company.id, **values}
        )

    def _allocate(self, *args, **values):
        """Run what the preview shows, and check that it is what is done."""
        allocation = self._make_allocation(*args, **values)
        allocation.action_preview()
        plan = {
            line.partner_id: (line.user_to_id, line.team_to_id)
            for line in allocation.line_ids
            if line.user_to_id or line.team_to_id
        }
        answer = allocation.action_allocate()
        batch = self.env["crm.resource.batch"].browse(
            answer["params"]["next"]["res_id"]
        )
        done = {
            row.partner_id: (row.user_to_id, row.team_to_id)
            for row in batch.assignment_ids
        }
        self.assertEqual(done, plan, "the run differs from the dry run")
        for customer, (user, team) in plan.items():
            self.assertEqual((customer.user_id, customer.team_id), (user, team))
        return allocation, batch


@tagged("post_install", "-at_install")
class TestAllocation(AllocationCase):
    def _get_shares(self):
        return [
            len(self.customers.filtered(lambda c, user=user: c.user_id == user))
            for user in self.people
        ]

    def test_in_turn(self):
        self._allocate()
        self.assertEqual(sorted(self._get_shares()), [3, 3, 4])
        most = self.people[self._get_shares().index(4)]
        # whoever has waited longest is first the next time
        more = self.env["res.partner"].union(
            *(self._make_customer(f"More {n}") for n in range(2))
        )
        with freeze_time("2026-03-17"):
            self._allocate(customers=more)
        self.assertEqual(len(more.user_id), 2)
        self.assertTrue(most)

    def test_fewest_customers(self):
        for number in range(6):
            self._make_customer(f"Held {number}", user_id=self.ann.id)
        self._make_customer("Held by Ben", user_id=self.ben.id)
        self._allocate(method="least_loaded")
        # 6 + 0, 1 + 5, 0 + 5 or 6 of 17
        self.assertEqual(self._get_shares()[0], 0)
        self.assertEqual(sorted(self._get_shares()[1:]), [4, 6])

    def test_weight_and_capacity(self):
        self._make_rule(
            method="weight",
            member_ids=[
                Command.create({"user_id": self.ann.id, "weight": 3}),
                Command.create({"user_id": self.ben.id, "weight": 1}),
                Command.create({"user_id": self.eva.id, "weight": 9, "capacity": 2}),
            ],
        )
        self._allocate(target="rules")
        self.assertEqual(self._get_shares(), [6, 2, 2])

    def test_capacity_counts_thirty_days(self):
        self._make_rule(
            member_ids=[Command.create({"user_id": self.eva.id, "capacity": 3})]
        )
        self._allocate(customers=self.customers[:2], target="rules")
        self._allocate(customers=self.customers[2:4], target="rules")
        self.assertEqual(self._get_shares(), [0, 0, 3])
        with freeze_time("2026-04-16"):
            self._allocate(customers=self.customers[4:], target="rules")
        self.assertEqual(self._get_shares(), [0, 0, 6])

    def test_to_a_department(self):
        _allocation, batch = self._allocate(target="team", team_id=self.north.id)
        self.assertEqual(self.customers.team_id, self.north)
        self.assertFalse(self.customers.user_id)
        self.assertEqual(batch.customer_count, 10)
        # its leader distributes them
        self._allocate(self.boss)
        self.assertEqual(self.customers.user_id, self.people)

    def test_rules(self):
        industry = self.env["res.partner.industry"].create({"name": "Lamps"})
        source = self.env["utm.source"].create({"name": "Fair (rules)"})
        categ = self.env["product.category"].create({"name": "Lights"})
        below = categ.create({"name": "Lamps", "parent_id": categ.id})
        area = self.env["crm.resource.region"].create({"name": "Upland", "code": "UL"})
        town = area.create({"name": "Uptown", "parent_id": area.id, "code": "UT"})
        shared = self.env["ir.filters"].create(
            {
                "name": "Good credit",
                "model_id": "res.partner",
                "domain": "[('customer_credit', '=', '5')]",
                "user_ids": False,
            }
        )
        traits = [
            ({"industry_id": industry.id}, {"industry_ids": industry.ids}),
            ({"registration_source_id": source.id}, {"source_ids": source.ids}),
            ({"interest_categ_ids": below.ids}, {"interest_categ_ids": categ.ids}),
            ({"region_id": town.id}, {"region_ids": area.ids}),
            ({"customer_credit": "5"}, {"filter_id": shared.id}),
            ({"headcount": 7}, {"domain": "[('headcount', '>', 5)]"}),
        ]
        chosen = self.customers[: len(traits)]
        for customer, (values, rule) in zip(chosen, traits, strict=True):
            customer.write(values)
            self._make_rule(
                name=next(iter(rule)),
                method="team",
                team_id=self.south.id,
                **rule,
            )
        self.customers[6].standing_id.level_id = self.large
        self._make_rule(
            name="level", level_ids=self.large.ids, method="team", team_id=self.north.id
        )
        allocation, _batch = self._allocate(target="rules")
        self.assertEqual(chosen.team_id, self.south)
        self.assertEqual(self.customers[6].team_id, self.north)
        self.assertFalse(self.customers[7:].team_id)
        by_customer = {line.partner_id: line.why for line in allocation.line_ids}
        self.assertEqual(by_customer[chosen[0]], "industry_ids: To the department")
        self.assertEqual(
            by_customer[self.customers[9]], "No rule is for this customer."
        )
        self.assertEqual((allocation.given_count, allocation.left_count), (7, 3))

    def test_the_first_rule_counts(self):
        self._make_rule(name="B", sequence=2, method="team", team_id=self.south.id)
        self._make_rule(name="A", sequence=1, method="team", team_id=self.north.id)
        self._allocate(target="rules")
        self.assertEqual(self.customers.team_id, self.north)

    def test_who_gets_none(self):
        """People who are away, have left, or have as many as they may."""
        self.env["crm.resource.absence"].create(
            {"user_id": self.ann.id, "date_from": NOW[:10], "date_to": NOW[:10]}
        )
        self.env["crm.resource.holding.limit"].create(
            {"customer_limit": 4, "user_id": self.ben.id}
        )
        self._allocate()
        self.assertEqual(self._get_shares(), [0, 4, 6])
        self.customers.write({"user_id": False, "team_id": False})
        self._make_rule(
            member_ids=[Command.create({"user_id": user.id}) for user in self.people]
        )
        self.eva.active = False
        allocation, _batch = self._allocate(target="rules")
        self.assertEqual(self._get_shares(), [0, 4, 0])
        left = allocation.line_ids.filtered(lambda line: not line.user_to_id)
        self.assertIn("alloc_ann is away.", left[0].why)
        self.assertIn("alloc_eva does not work here", left[0].why)

    def test_nobody_is_left(self):
        self.env["crm.resource.absence"].create(
            [
                {"user_id": user.id, "date_from": NOW[:10], "date_to": NOW[:10]}
                for user in self.people
            ]
        )
        allocation = self._make_allocation()
        allocation.action_preview()
        self.assertEqual(allocation.left_count, 10)
        with self.assertRaises(UserError):
            allocation.action_allocate()
        self.assertFalse(self.customers.user_id)

    def test_what_changed_since_the_preview(self):
        allocation = self._make_allocation()
        allocation.action_preview()
        self.customers[0].user_id = self.cid
        gone = self.customers[1]
        taker = allocation.line_ids.filtered(lambda x: x.partner_id == gone).user_to_id
        self.env["crm.resource.absence"].create(
            {"user_id": taker.id, "date_from": NOW[:10], "date_to": NOW[:10]}
        )
        answer = allocation.action_allocate()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("Free 0", answer["params"]["message"])
        self.assertIn("Free 1", answer["params"]["message"])
        self.assertEqual(self.customers[0].user_id, self.cid)
        self.assertFalse(gone.user_id)

    def test_one_message_for_each_person(self):
        before = self.env["mail.message"].search([])
        self._allocate()
        told = self.env["mail.message"].search([]) - before
        self.assertEqual(len(told), 3)
        self.assertEqual(told.partner_ids, self.people.partner_id)

    def test_undo(self):
        self.customers[0].team_id = self.south
        _allocation, batch = self._allocate()
        self.customers[1].user_id = self.cid
        with self.assertRaises(AccessError):
            batch.with_user(self.ann).action_undo()
        answer = batch.with_user(self.reviewer).action_undo()
        self.assertIn("Free 1", answer["params"]["message"])
        self.assertEqual(self.customers[1].user_id, self.cid)
        self.assertFalse((self.customers - self.customers[1]).user_id)
        self.assertEqual(self.customers[0].team_id, self.south)
        with self.assertRaisesRegex(UserError, "already"):
            batch.with_user(self.reviewer).action_undo()

    def test_leaders_undo_what_they_did(self):
        self.customers.team_id = self.north
        _allocation, batch = self._allocate(self.boss)
        batch.with_user(self.boss).action_undo()
        self.assertFalse(self.customers.user_id)
        self.assertEqual(self.customers.team_id, self.north)

    def test_leaders_give_what_is_theirs_to_their_people(self):
        theirs, others = self.customers[:4], self.customers[4:]
        theirs.team_id = self.north
        others.team_id = self.south
        self._allocate(self.boss)
        self.assertFalse(others.user_id)
        self.assertTrue(all(customer.user_id for customer in theirs))
        allocation = self._make_allocation(self.boss, user_ids=self.cid.ids)
        with self.assertRaises(AccessError):
            allocation.action_preview()
        allocation = self._make_allocation(
            self.boss, target="team", team_id=self.south.id
        )
        with self.assertRaises(AccessError):
            allocation.action_preview()
        self._make_rule(
            member_ids=[
                Command.create({"user_id": self.cid.id}),
                Command.create({"user_id": self.eva.id}),
            ]
        )
        self._allocate(self.boss, target="rules")
        self.assertEqual(theirs.user_id, self.eva)

    def test_salespeople_allocate_nothing(self):
        allocation = self._make_allocation(self.ann)
        with self.assertRaises(AccessError):
            allocation.action_preview()
        with self.assertRaises(AccessError):
            allocation.action_allocate()

    def test_the_plan_is_not_written(self):
        self.customers.team_id = self.north
        allocation = self._make_allocation(self.boss)
        allocation.action_preview()
        line = allocation.line_ids[0]
        with self.assertRaises(AccessError):
            line.user_to_id = self.cid
        with self.assertRaises(AccessError):
            allocation.write(
                {"line_ids": [Command.update(line.id, {"user_to_id": self.cid.id})]}
            )
        with self.assertRaises(AccessError):
            allocation.with_user(self.reviewer).action_allocate()

    def test_from_a_pool(self):
        pool = self.env["crm.resource.pool"].create(
            {"name": "Pool", "protection_days": 5, "company_id": self.company.id}
        )
        self.customers.sudo().pool_id = pool
        self._allocate(source="pool", pool_ids=pool.ids)
        self.assertFalse(self.customers.pool_id)
        self.assertEqual(str(self.customers[0].date_protected_to), "2026-03-21")

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        theirs = self._make_customer("Theirs", company_id=company.id)
        with self.assertRaises(UserError):
            self._make_allocation(customers=theirs).action_preview()
        self.reviewer.company_ids |= company
        wizard = self._make_allocation(customers=theirs, company_id=company.id)
        wizard.with_context(allowed_company_ids=company.ids).action_preview()
        self.assertIn("does not work for this company", wizard.line_ids.why)

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        phases=[Phase.generate],
    )
    @given(st.data())
    def test_the_run_is_the_dry_run(self, data):
        with closing(self.env.cr.savepoint()):  # taken back at the end
            for user in self.people:
                most = data.draw(st.integers(0, 4))
                away = data.draw(st.booleans())
                self.env["crm.resource.holding.limit"].create(
                    {"customer_limit": most, "user_id": user.id}
                )
                if away:
                    self.env["crm.resource.absence"].create(
                        {"user_id": user.id, "date_from": NOW[:10], "date_to": NOW[:10]}
                    )
            method = data.draw(st.sampled_from(["round_robin", "least_loaded"]))
            allocation = self._make_allocation(method=method)
            allocation.action_preview()
            plan = {line.partner_id: line.user_to_id for line in allocation.line_ids}
            if any(plan.values()):
                allocation.action_allocate()
            for customer, user in plan.items():
                self.assertEqual(customer.user_id, user)
            limits = self.env["crm.resource.holding.limit"]
            for user in self.people:
                limits._check_held(user, self.company)
