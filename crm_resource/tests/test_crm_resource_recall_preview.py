from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common_nightly import MONDAY
from .common_recall import RecallCase


@tagged("post_install", "-at_install")
class TestRecallScreens(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._make_rule(
            contact_days=5,
            opportunity_days=5,
            deal_days=60,
            operator="all",
            warn_days=3,
        )
        cls.customer = cls._make_held()
        cls.other = cls._make_held("Other", user_id=cls.south.id, team_id=False)

    def test_what_prevents_it(self):
        self._run(MONDAY)
        customer = self.customer.with_user(self.north)
        self.assertEqual(customer.date_recall, date(2026, 5, 25))
        self.assertEqual(customer.recall_days_left, 84)
        self.assertEqual(
            customer.recall_prevention,
            "a follow-up, an opportunity, or an order before 05/25/2026",
        )
        self.rule.operator = "any"
        self._run(MONDAY)
        self.assertEqual(
            customer.recall_prevention,
            "a follow-up and an opportunity before 03/09/2026",
        )

    def test_everybody_sees_his_own_about_to_be_recalled(self):
        self._run(MONDAY)
        action = self.env.ref("crm_resource.res_partner_action_recall")
        for user, seen in (
            (self.north, self.customer),
            (self.leader, self.customer),
            (self.reviewer, self.customer | self.other),
        ):
            found = (
                self.env["res.partner"]
                .with_user(user)
                .search([("date_recall", "!=", False)], order="date_recall, id")
            )
            self.assertEqual(found, seen)
        self.assertEqual(action.domain, "[('date_recall', '!=', False)]")

    def test_simulation_shows_what_one_reaches(self):
        self.rule.operator = "any"
        day = date(2026, 3, 9)
        for user, seen in (
            (self.leader, self.customer),
            (self.reviewer, self.customer | self.other),
        ):
            form = Form(self.env["crm.resource.recall.simulate"].with_user(user))
            form.date = day
            simulate = form.save()
            simulate.action_preview()
            self.assertEqual(simulate.line_ids.partner_id, seen)
            self.assertEqual(simulate.customer_count, len(seen))
            self.assertEqual(
                sum(simulate.loser_ids.mapped("customer_count")), len(seen)
            )
        with self.assertRaises(AccessError):
            simulate.with_user(self.leader).action_preview()
        with self.assertRaises(AccessError):
            simulate.line_ids.with_user(self.leader).mapped("partner_id.name")
        simulate.date = date(2026, 2, 27)
        with self.assertRaises(UserError):
            simulate.action_preview()


DAYS = st.integers(0, 40)


@tagged("post_install", "-at_install")
class TestRecallSimulation(RecallCase):
    """What is said of a day is what the job does on it."""

    @settings(
        max_examples=6,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def test_simulation_of_a_day_is_the_run_of_that_day(self, data):
        with self.env.cr.savepoint() as savepoint:
            customers = self._draw(data)
            span = data.draw(st.integers(0, 12), label="days until then")
            target = MONDAY + timedelta(days=span)
            self.env.flush_all()
            simulated = {
                row[0]
                for row in self.env.execute_query(
                    SQL(
                        "SELECT partner_id FROM (%s) due WHERE date_recall = %s",
                        self.rules._get_recall_query(MONDAY, until=target),
                        target,
                    )
                )
            }
            if span:
                self._run(MONDAY, target - timedelta(days=1))
            held = customers.filtered("user_id")
            self._run(target)
            self.assertEqual(simulated, set((held - held.filtered("user_id")).ids))
            for customer in customers.filtered("pool_id"):
                assignment = customer.assignment_ids[0]
                self.assertEqual(assignment.kind, "recall")
            savepoint.rollback()
            self.env.invalidate_all()

    def _draw(self, data):
        draw = data.draw
        for number in range(draw(st.integers(1, 3), label="rules")):
            days = draw(st.tuples(DAYS, DAYS, DAYS), label="conditions")
            is_protection = draw(st.booleans()) or not any(days)
            asked = [each for each in days if each]
            longest = min(asked) if asked else 6
            warn = draw(st.integers(0, min(longest - 1, 6)), label="warn")
            self._make_rule(
                sequence=number,
                contact_days=days[0],
                opportunity_days=days[1],
                deal_days=days[2],
                is_protection=is_protection,
                operator=draw(st.sampled_from(["any", "all"])),
                lifecycle=draw(st.sampled_from(["all", "never", "bought"])),
                warn_days=warn,
                escalate_days=draw(st.integers(0, warn)),
            )
        past = st.none() | st.integers(0, 60)
        customers = self.env["res.partner"]
        for number in range(draw(st.integers(1, 5), label="customers")):
            contact, purchase, held, protected = draw(
                st.tuples(
                    past, past, st.integers(0, 60), st.none() | st.integers(-9, 9)
                )
            )
            customer = self._make_held(
                f"Customer {number}",
                since=MONDAY - timedelta(days=held),
                user_id=draw(st.sampled_from([self.north.id, self.south.id])),
                figures={
                    "date_last_contact": contact is not None
                    and MONDAY - timedelta(days=contact),
                    "date_last_purchase": purchase is not None
                    and MONDAY - timedelta(days=purchase),
                },
            )
            if protected is not None:
                customer.date_protected_to = MONDAY + timedelta(days=protected)
            if draw(st.integers(0, 3)) == 0:
                self.env["crm.lead"].create(
                    {
                        "name": "Lamps",
                        "type": "opportunity",
                        "partner_id": customer.id,
                    }
                )
            customers |= customer
        if draw(st.booleans(), label="away"):
            first = MONDAY + timedelta(days=draw(st.integers(-20, 10)))
            self.env["crm.resource.absence"].create(
                {
                    "user_id": self.north.id,
                    "date_from": first,
                    "date_to": first + timedelta(days=draw(st.integers(0, 10))),
                }
            )
        if draw(st.booleans(), label="holiday"):
            first = MONDAY + timedelta(days=draw(st.integers(-10, 10)))
            self._make_leave(first, first)
        return customers
