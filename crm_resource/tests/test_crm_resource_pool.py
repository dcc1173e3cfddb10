from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.crm_resource_assignment import Holder
from .common import CrmResourceCommon, new_users

NOW = "2026-03-16 08:00:00"  # a Monday


class PoolCase(CrmResourceCommon):
    """A pool of one department, two salespeople in it and one beside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("ann", "ben", "cid", "boss")
        cls.ann, cls.ben, cls.cid, cls.boss = new_users(
            cls.env,
            {f"pool_{name}": "sales_team.group_sale_salesman" for name in names},
        )
        cls.north, cls.south = cls.env["crm.team"].create(
            [{"name": "North", "user_id": cls.boss.id}, {"name": "South"}]
        )
        cls.north.member_ids = cls.ann | cls.ben
        cls.south.member_ids = cls.cid
        cls.pool = cls._make_pool("Dormant", team_ids=cls.north.ids)
        cls.customers = cls.env["res.partner"].union(
            *(cls._make_customer(f"Pooled {n}", phone=f"555{n}") for n in range(4))
        )
        cls.customer = cls.customers[0]

    @classmethod
    def _make_pool(cls, name, **values):
        return cls.env["crm.resource.pool"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )

    @classmethod
    def _put(cls, customers, pool=None):
        """Put customers into a pool."""
        pool = pool or cls.pool
        cls.env["crm.resource.assignment"]._assign(
            dict.fromkeys(customers.ids, Holder(pool=pool.id)), "recall"
        )

    def _see(self, user, customers=None):
        """Return what a person sees in the list of pools."""
        entries = self.env["crm.resource.pool.customer"].with_user(user)
        return entries.search([("id", "in", (customers or self.customers).ids)])

    def _claim(self, user, customers=None):
        return self._see(user, customers).action_claim()

    def _give_back(self, user, customers, pool=None, **values):
        return (
            self.env["crm.resource.give.back"]
            .with_user(user)
            .create(
                {
                    "partner_ids": customers.ids,
                    "pool_id": (pool or self.pool).id,
                    "reason": "No answer",
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestPool(PoolCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls._put(cls.customers)

    def test_claim(self):
        self._claim(self.ann, self.customer)
        self.assertEqual(self.customer.user_id, self.ann)
        self.assertEqual(self.customer.team_id, self.north)
        self.assertFalse(self.customer.pool_id)
        last = self.customer.assignment_ids[0]
        self.assertEqual(last.kind, "claim")
        self.assertEqual(last.pool_from_id, self.pool)
        self.assertEqual(last.user_to_id, self.ann)
        self.assertEqual(last.author_id, self.ann)
        self.assertFalse(last.date_end)
        self.assertIn(self.ann.partner_id, self.customer.message_partner_ids)
        self.customer.with_user(self.ann).name = "Mine"

    def test_who_claims(self):
        self.assertEqual(len(self._see(self.ann)), 4)
        self.assertEqual(len(self._see(self.boss)), 4, "the leader belongs to it")
        self.assertFalse(self._see(self.cid))
        with self.assertRaises(AccessError):
            self.env["crm.resource.pool.customer"].with_user(self.cid).browse(
                self.customer.id
            ).action_claim()
        self.pool.user_ids = self.cid
        self._claim(self.cid, self.customer)
        self.assertEqual(self.customer.user_id, self.cid)

    def test_departments_below(self):
        self.south.parent_id = self.north
        self.assertEqual(len(self._see(self.cid)), 4)
        self.pool.is_with_below = False
        self.assertFalse(self._see(self.cid))

    def test_everybody_s_pool(self):
        self.pool.team_ids = False
        self.assertEqual(len(self._see(self.cid)), 4)
        self.assertFalse(
            self.env["crm.resource.pool.customer"]
            .with_user(self.clerk)
            .has_access("read")
        )

    def test_pooled_customers_are_not_reached(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.ann).read(["phone"])
        with self.assertRaises(AccessError):
            self.customer.with_user(self.ann).user_id = self.ann

    def test_helpers_do_not_reach_pooled_customers(self):
        self.env["crm.resource.collaborator"].create(
            {"partner_id": self.customer.id, "user_id": self.ben.id, "access": "edit"}
        )
        self.assertFalse(self.customer.with_user(self.ben).has_access("read"))
        self._claim(self.ann, self.customer)
        self.assertTrue(self.customer.with_user(self.ben).has_access("write"))
        self._give_back(self.ann, self.customer).action_give_back()
        self.assertFalse(self.customer.with_user(self.ben).has_access("read"))

    def test_hidden_fields(self):
        """Not in lists, nor in filters or groups."""
        field = self.env["ir.model.fields"]._get("crm.resource.pool.customer", "phone")
        entry = self._see(self.ann, self.customer)
        self.assertEqual(entry.phone, "5550")
        self.pool.hidden_field_ids = field
        self.env.invalidate_all()
        entry = self._see(self.ann, self.customer)
        self.assertFalse(entry.phone)
        self.assertEqual(entry.name, "Pooled 0")
        entries = self.env["crm.resource.pool.customer"].with_user(self.ann)
        self.assertFalse(entries.search([("phone", "=", "5550")]))
        groups = entries.formatted_read_group(
            [("id", "in", self.customers.ids)], ["phone"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [4])
        with self.assertRaises(UserError):
            self.pool.hidden_field_ids = self.env["ir.model.fields"]._get(
                "crm.resource.pool.customer", "name"
            )

    def test_claims_per_day(self):
        self.pool.claim_limit = 3
        first, last = self.customers[:2], self.customers[2:]
        self._claim(self.ann, first)
        self.assertEqual(self.pool.with_user(self.ann).claims_left, 1)
        answer = self._claim(self.ann, last)
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("tomorrow", answer["params"]["message"])
        taken = last.filtered("user_id")
        self.assertEqual(len(taken), 1, "all but a named remainder")
        left = last - taken
        self.assertIn(left.name, answer["params"]["message"])
        with self.assertRaisesRegex(UserError, "tomorrow"):
            self._claim(self.ann, left)
        self._claim(self.ben, left)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(days=1)):
            self.assertEqual(self.pool.with_user(self.ann).claims_left, 3)

    def test_previous_salesperson_waits(self):
        self.pool.wait_previous_days = 7
        self._claim(self.ann, self.customer)
        self._give_back(self.ann, self.customer).action_give_back()
        # counted from when he lost the customer: 23 March
        with self.assertRaisesRegex(UserError, "03/23/2026"):
            self._claim(self.ann, self.customer)
        with freeze_time("2026-03-23 07:59:00"), self.assertRaises(UserError):
            self._claim(self.ann, self.customer)
        with freeze_time("2026-03-23 08:00:01"):
            self._claim(self.ann, self.customer)
        self.assertEqual(self.customer.user_id, self.ann)

    def test_others_do_not_wait_for_the_previous_one(self):
        self.pool.wait_previous_days = 7
        self._claim(self.ann, self.customer)
        self._give_back(self.ann, self.customer).action_give_back()
        self._claim(self.ben, self.customer)
        self.assertEqual(self.customer.user_id, self.ben)

    def test_fresh_customers_wait(self):
        """From entering the pool, whatever is edited meanwhile."""
        self.pool.wait_fresh_days = 2
        with freeze_time("2026-03-17 12:00:00"):
            self.customer.comment = "Edited"
            entry = self._see(self.ann, self.customer)
            self.assertIn("03/18/2026", entry.claim_message)
            with self.assertRaisesRegex(UserError, "03/18/2026"):
                entry.action_claim()
        with freeze_time("2026-03-18 08:00:01"):
            self._claim(self.ann, self.customer)
        self.assertEqual(self.customer.user_id, self.ann)

    def test_holding_limits(self):
        limits = self.env["crm.resource.holding.limit"].create(
            [
                {"customer_limit": 1},
                {"customer_limit": 2, "team_id": self.north.id},
                {"customer_limit": 3, "user_id": self.ben.id},
            ]
        )
        self._claim(self.ann, self.customers[:2])
        with self.assertRaisesRegex(UserError, "at most 2 customers"):
            self._claim(self.ann, self.customers[2])
        self._claim(self.ben, self.customers[2])
        limits[2].customer_limit = 1
        with self.assertRaisesRegex(UserError, "at most 1 customers"):
            self._claim(self.ben, self.customers[3])
        limits[2].customer_limit = 0
        self._claim(self.ben, self.customers[3])

    def test_limit_of_a_level(self):
        self.env["crm.resource.holding.limit"].create(
            {"customer_limit": 1, "level_id": self.new.id}
        )
        self.assertEqual(self.customers.level_id, self.new)
        self.customers[0].standing_id.level_id = self.large
        answer = self._claim(self.ann, self.customers[:3])
        self.assertIn("of level New", answer["params"]["message"])
        self.assertEqual(len(self.customers.filtered("user_id")), 2)

    def test_buyers_take_no_room(self):
        limit = self.env["crm.resource.holding.limit"].create({"customer_limit": 1})
        self.customers[0].standing_id.date_last_purchase = "2026-01-05"
        self._claim(self.ann, self.customers[0])
        with self.assertRaises(UserError):
            self._claim(self.ann, self.customers[1])
        limit.is_counting_buyers = False
        self._claim(self.ann, self.customers[1])

    def test_limits_hold_by_hand_too(self):
        self.env["crm.resource.holding.limit"].create({"customer_limit": 1})
        self._claim(self.ann, self.customer)
        with self.assertRaisesRegex(UserError, "at most 1 customers"):
            self.customers[1].with_user(self.reviewer).user_id = self.ann
        with self.assertRaisesRegex(UserError, "at most 1 customers"):
            self.env["res.partner"].with_user(self.ann).create(
                {"name": "One more", "customer_state": "new"}
            )

    def test_protected_after_the_claim(self):
        self.pool.protection_days = 10
        self._claim(self.ann, self.customer)
        self.assertEqual(str(self.customer.date_protected_to), "2026-03-26")
        self._give_back(self.ann, self.customer).action_give_back()
        self.assertFalse(self.customer.date_protected_to)

    def test_what_a_claimer_sees_of_the_past(self):
        earlier = self._make_order(self.customer, 100, user_id=self.ben.id)
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = '2026-03-01' WHERE id = %s",
            [earlier.id],
        )
        earlier.invalidate_recordset()
        other = self.customers[1]
        both = earlier | self._make_order(other, 100, user_id=self.ben.id)
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = '2026-03-01' WHERE id = %s",
            [both[1].id],
        )
        both.invalidate_recordset()
        self._claim(self.ann, other)
        self.assertTrue(both[1].with_user(self.ann).has_access("read"))
        note, mine = (
            self.customer.message_post(
                body="Beware", author_id=user.partner_id.id, date="2026-03-01"
            )
            for user in (self.ben, self.ann)
        )
        self.pool.past = "new"
        self._claim(self.ann, self.customer)
        messages = self.env["mail.message"].search([("id", "in", (note | mine).ids)])
        self.assertEqual(messages, note | mine)
        seen = messages.with_user(self.ann).search([("id", "in", messages.ids)])
        self.assertEqual(seen, mine)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            note.with_user(self.ann).read(["body"])
        self.assertTrue(mine.with_user(self.ann).read(["body"]))
        self.assertFalse(earlier.with_user(self.ann).has_access("read"))
        self.assertTrue(earlier.with_user(self.ben).has_access("read"))
        self.assertTrue(earlier.with_user(self.boss).has_access("read"))
        with freeze_time("2026-03-17"):
            later = self._make_order(self.customer, 100, user_id=False)
        self.assertTrue(later.with_user(self.ann).has_access("read"))

    def test_by_hand(self):
        """Who may allocate takes a customer out of the pool by naming a salesperson."""
        self.customer.with_user(self.reviewer).user_id = self.ben
        self.assertFalse(self.customer.pool_id)
        self.assertEqual(self.customer.assignment_ids[0].kind, "edit")
        self.assertEqual(self.customer.assignment_ids[0].pool_from_id, self.pool)

    def test_assigned_by_an_administrator(self):
        wizard = self.env["crm.resource.pool.assign"]
        values = {"customer_ids": self.customers[:2].ids, "user_id": self.ben.id}
        with self.assertRaises(AccessError):
            wizard.with_user(self.ann).create(values).action_assign()
        self.pool.admin_ids = self.ann
        self.pool.claim_limit = 1
        self.pool.wait_fresh_days = 5
        wizard.with_user(self.ann).create(values).action_assign()
        self.assertEqual(self.customers[:2].user_id, self.ben)
        self.assertEqual(self.customer.assignment_ids[0].kind, "assign")
        batch = self.customer.assignment_ids[0].batch_id
        self.assertEqual(batch.customer_count, 2)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.ben.partner_id.ids)]
        )
        self.assertEqual(len(told), 1, "one message for all")
        self.assertIn("Pooled 0", told.body)
        # not to somebody who does not belong to the pool, or who is away
        values = {"customer_ids": self.customers[2:].ids, "user_id": self.cid.id}
        with self.assertRaisesRegex(UserError, "does not belong"):
            wizard.with_user(self.ann).create(values).action_assign()
        self.env["crm.resource.absence"].create(
            {"user_id": self.ben.id, "date_from": NOW[:10], "date_to": NOW[:10]}
        )
        values["user_id"] = self.ben.id
        with self.assertRaisesRegex(UserError, "is away"):
            wizard.with_user(self.ann).create(values).action_assign()
        self.assertFalse(self.customers[2:].user_id)

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._make_pool("Foreign", company_id=company.id)
        customer = self._make_customer("Theirs", company_id=company.id)
        self._put(customer, foreign)
        self.assertFalse(self._see(self.ann, customer))
        self.assertFalse(self._see(self.reviewer, customer))
        mine = self.customers[0]
        self._claim(self.ann, mine)
        with self.assertRaises(AccessError):
            self._give_back(self.ann, mine, foreign).action_give_back()


@tagged("post_install", "-at_install")
class TestGiveBack(PoolCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers.write({"user_id": cls.ann.id, "team_id": cls.north.id})

    def test_give_back(self):
        self._give_back(self.ann, self.customers[:2]).action_give_back()
        self.assertEqual(self.customers[:2].pool_id, self.pool)
        self.assertFalse(self.customers[:2].user_id)
        last = self.customer.assignment_ids[0]
        self.assertEqual(
            (last.kind, last.reason, last.user_from_id, last.author_id),
            ("give_back", "No answer", self.ann, self.ann),
        )
        entry = self._see(self.ben, self.customer)
        self.assertEqual((entry.user_last_id, entry.reason), (self.ann, "No answer"))
        self.assertNotIn(self.ann.partner_id, self.customer.message_partner_ids)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.ann).read(["name"])

    def test_who_gives_back(self):
        with self.assertRaises(AccessError):
            self._give_back(self.ben, self.customer).action_give_back()
        helper = self.env["crm.resource.collaborator"]
        helper.create(
            {"partner_id": self.customer.id, "user_id": self.ben.id, "access": "edit"}
        )
        with self.assertRaises(AccessError):
            self._give_back(self.ben, self.customer).action_give_back()
        self._give_back(self.boss, self.customer).action_give_back()
        self.assertEqual(self.customer.pool_id, self.pool)

    def test_reason_is_obligatory(self):
        with self.assertRaisesRegex(UserError, "Give a reason"):
            self._give_back(self.ann, self.customer, reason=" ").action_give_back()
        self.assertFalse(self.customer.pool_id)

    def test_which_customers(self):
        self.pool.domain = "[('customer_importance', '=', 'p')]"
        with self.assertRaisesRegex(UserError, "does not fit into pool"):
            self._give_back(self.ann, self.customer).action_give_back()
        self.customer.customer_importance = "p"
        self._give_back(self.ann, self.customer).action_give_back()
        self.assertEqual(self.customer.pool_id, self.pool)
        with self.assertRaises(UserError):
            self.pool.domain = "[('nonsense'"

    def test_open_plans_are_settled(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Chance",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.ann.id,
            }
        )
        activity = self.customer.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.ann.id
        )
        meeting = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "user_id": self.ann.id,
                "partner_ids": [Command.set(self.customer.ids)],
                "start": fields.Datetime.now() + timedelta(days=3),
                "stop": fields.Datetime.now() + timedelta(days=3, hours=1),
            }
        )
        wizard = self._give_back(self.ann, self.customer)
        self.assertEqual(
            (wizard.opportunity_count, wizard.activity_count, wizard.meeting_count),
            (1, 1, 1),
        )
        with self.assertRaisesRegex(UserError, "open plans"):
            wizard.action_give_back()
        self.assertEqual(self.customer.user_id, self.ann)
        wizard.plans = "pass"
        wizard.action_give_back()
        self.assertFalse(lead.user_id)
        self.assertFalse(activity.active)
        self.assertFalse(meeting.active)
        self._claim(self.ben, self.customer)
        self.assertTrue(lead.with_user(self.ben).has_access("write"))

    def test_opportunities_are_given_up(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Chance",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.ann.id,
            }
        )
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        self._give_back(
            self.ann, self.customer, plans="cancel", lost_reason_id=reason.id
        ).action_give_back()
        self.assertEqual((lead.won_status, lead.lost_reason_id), ("lost", reason))


@tagged("post_install", "-at_install")
class TestAssignment(PoolCase):
    """Whoever changes it by hand, it is kept who had the customer."""

    def test_history(self):
        with freeze_time("2026-01-05 08:00:00"):
            customer = self._make_customer("Kept", user_id=self.ann.id)
            self.env.flush_all()
        with freeze_time("2026-02-04 09:00:00"):
            customer.write({"user_id": self.ben.id, "team_id": self.north.id})
        newest, oldest = customer.assignment_ids
        self.assertEqual((oldest.kind, newest.kind), ("entry", "edit"))
        self.assertEqual(oldest.days_held, 30)
        self.assertEqual(oldest.date_end, newest.date)
        self.assertEqual((newest.user_from_id, newest.user_to_id), (self.ann, self.ben))
        customer.user_id = self.ben
        self.assertEqual(len(customer.assignment_ids), 2, "nothing changed")
        self.assertNotIn(self.ann.partner_id, customer.message_partner_ids)
        customer.customer_state = False
        customer.user_id = self.ann
        self.assertEqual(len(customer.assignment_ids), 2, "no managed customer")

    def test_who_allocates(self):
        self.customer.write({"user_id": self.ann.id, "team_id": self.north.id})
        mine = self.customer.with_user(self.ann)
        for values in (
            {"user_id": self.ben.id},
            {"user_id": False},
            {"team_id": self.south.id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                mine.write(values)
        led = self.customer.with_user(self.boss)
        led.user_id = self.ben
        with self.assertRaises(AccessError):
            led.user_id = self.cid
        with self.assertRaises(AccessError):
            led.team_id = self.south
        led.user_id = self.boss
        self.customer.with_user(self.reviewer).user_id = self.cid
        self.assertEqual(self.customer.user_id, self.cid)

    @freeze_time(NOW)
    def test_protection(self):
        self.customers.write({"user_id": self.ann.id, "team_id": self.north.id})
        mine = self.customers.with_user(self.ann)
        with self.assertRaisesRegex(UserError, "at most 0 customers"):
            mine[0].action_protect()
        self.env["crm.resource.holding.limit"].create(
            {"team_id": self.north.id, "protected_limit": 2}
        )
        self.env.invalidate_all()
        mine[:2].action_protect()
        self.assertEqual(str(self.customer.date_protected_to), "2026-04-15")
        with self.assertRaisesRegex(UserError, "at most 2 customers"):
            mine[2].action_protect()
        with self.assertRaises(AccessError):
            self.customer.with_user(self.boss).action_protect()
        with freeze_time("2026-04-16"):
            mine[2].action_protect()

    def test_pools_are_not_written(self):
        self.customer.user_id = self.ann
        for name, value in (
            ("pool_id", self.pool.id),
            ("date_protected_to", "2030-01-01"),
            ("date_held_from", "2030-01-01"),
            ("date_hidden_before", "2030-01-01 00:00:00"),
        ):
            for user in (self.ann, self.reviewer):
                with self.subTest(name, user=user.login):
                    with self.assertRaises(AccessError):
                        self.customer.with_user(user).web_save({name: value}, {})
        made = (
            self.env["res.partner"]
            .with_user(self.reviewer)
            .with_context(default_pool_id=self.pool.id)
            .create({"name": "New", "customer_state": "new", "pool_id": self.pool.id})
        )
        self.assertFalse(made.pool_id)

    def test_with_the_customer(self):
        ids = self.customer.ids
        self.customer.user_id = self.ann
        self.customer.unlink()
        self.assertFalse(
            self.env["crm.resource.assignment"].search([("partner_id", "in", ids)])
        )

    def test_reached_by_the_same_people_as_by_hand(self):
        """What is written at once equals what the fields compute."""
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        self.env["crm.resource.collaborator"].create(
            {"partner_id": self.customer.id, "user_id": self.cid.id, "access": "edit"}
        )
        self.customers[1].customer_state = "new"
        for holder in (
            Holder(self.ann.id, self.north.id),
            Holder(None, self.south.id),
            Holder(pool=self.pool.id),
            Holder(self.ben.id),
        ):
            self.env["crm.resource.assignment"]._assign(
                dict.fromkeys(self.customers.ids, holder), "allocate"
            )
            partners = self.customers | contact
            written = partners.mapped("audience_id.key"), contact.audience_id.key
            partners._compute_audience_id()
            self.assertEqual(
                (partners.mapped("audience_id.key"), contact.audience_id.key), written
            )
            self.assertEqual(contact.audience_id, self.customer.audience_id)

    def test_activities_pass_on(self):
        self.customer.user_id = self.ann
        activity = self.customer.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.ann.id
        )
        self.customer.user_id = self.ben
        self.assertEqual(activity.user_id, self.ben)
