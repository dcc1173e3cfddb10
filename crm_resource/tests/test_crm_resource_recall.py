from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common_nightly import MONDAY
from .common_recall import RecallCase


@tagged("post_install", "-at_install")
class TestRecallDays(RecallCase):
    """On which day customers are recalled, by hand on the calendar of March 2026: the
    2nd is a Monday."""

    def test_no_contact_counts_working_days(self):
        self._make_rule(contact_days=15)
        customer = self._make_held(figures={"date_last_contact": date(2026, 3, 4)})
        # 4 March + 15 working days, over three weekends
        self.assertEqual(self._get_day(customer), date(2026, 3, 25))

    def test_who_never_was_contacted_counts_since_he_is_held(self):
        self._make_rule(contact_days=5)
        customer = self._make_held(since=date(2026, 3, 4))
        self.assertEqual(self._get_day(customer), date(2026, 3, 11))

    def test_contact_of_a_former_owner_does_not_count(self):
        self._make_rule(contact_days=5)
        customer = self._make_held(
            since=date(2026, 3, 6), figures={"date_last_contact": date(2026, 2, 2)}
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 13))

    def test_begin_on_a_weekend_counts_from_monday(self):
        self._make_rule(contact_days=1)
        customer = self._make_held(since=date(2026, 3, 7))
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))

    def test_public_holiday_does_not_count(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        self._make_leave(date(2026, 3, 4), date(2026, 3, 5))
        self.assertEqual(self._get_day(customer), date(2026, 3, 11))

    def test_holiday_of_the_company_without_calendar_does_not_count(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        self._make_leave(
            date(2026, 3, 4),
            date(2026, 3, 4),
            calendar_id=False,
            company_id=self.company.id,
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 10))

    def test_half_a_day_off_is_a_working_day(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        leave = self._make_leave(date(2026, 3, 4), date(2026, 3, 4))
        leave.date_from = datetime(2026, 3, 4, 13)
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))

    def test_absence_of_the_owner_stops_his_clock_only(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        other = self._make_held("Other", user_id=self.south.id)
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.north.id,
                "date_from": date(2026, 3, 3),
                # over a weekend, which does not count twice
                "date_to": date(2026, 3, 9),
            }
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 16))
        self.assertEqual(self._get_day(other), date(2026, 3, 9))

    def test_leave_of_the_owners_resource_stops_his_clock(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        resource = self.env["resource.resource"].create(
            {"name": "North", "user_id": self.north.id, "tz": "UTC"}
        )
        self._make_leave(date(2026, 3, 5), date(2026, 3, 6), resource_id=resource.id)
        self.assertEqual(self._get_day(customer), date(2026, 3, 11))

    def test_no_deal(self):
        self._make_rule(deal_days=10)
        customer = self._make_held(
            since=date(2026, 1, 5), figures={"date_last_purchase": date(2026, 2, 27)}
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 13))

    def test_no_opportunity(self):
        self._make_rule(opportunity_days=10)
        customer = self._make_held()
        self.assertEqual(self._get_day(customer), date(2026, 3, 16))
        lead = self.env["crm.lead"].create(
            {
                "name": "Lamps",
                "type": "opportunity",
                "partner_id": customer.id,
                "user_id": self.north.id,
            }
        )
        self.assertFalse(self._get_day(customer))
        lead.action_set_lost()
        lead.date_closed = datetime(2026, 3, 6, 9)
        self.env.flush_all()
        # which freezing the time does not reach
        self.env.cr.execute(
            SQL("UPDATE crm_lead SET create_date = date_closed WHERE id = %s", lead.id)
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 20))

    def test_protection_ended(self):
        self._make_rule(is_protection=True)
        customer = self._make_held()
        self.assertFalse(self._get_day(customer))
        customer.date_protected_to = date(2026, 3, 6)
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))

    def test_any_is_the_earliest_and_all_the_latest(self):
        rule = self._make_rule(contact_days=5, deal_days=10)
        customer = self._make_held()
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))
        rule.operator = "all"
        self.assertEqual(self._get_day(customer), date(2026, 3, 16))

    def test_open_opportunity_blocks_all_but_not_any(self):
        rule = self._make_rule(contact_days=5, opportunity_days=3)
        customer = self._make_held()
        self.env["crm.lead"].create(
            {"name": "Lamps", "type": "opportunity", "partner_id": customer.id}
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))
        rule.operator = "all"
        self.assertFalse(self._get_day(customer))

    def test_protected_customers_are_not_recalled_before_its_end(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        customer.date_protected_to = date(2026, 3, 12)
        self.assertEqual(self._get_day(customer), date(2026, 3, 13))
        customer.date_protected_to = date(2026, 3, 4)
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))

    def test_not_warned_yet_means_warned_today(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held(since=date(2025, 6, 2))
        self.assertEqual(self._get_day(customer), date(2026, 3, 5))

    def test_holds_count_from_their_end_or_exempt(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        for end, day in (("2026-03-05", date(2026, 3, 12)), ("infinity", None)):
            hold = SQL("SELECT %s AS partner_id, %s::date AS date", customer.id, end)
            with patch.object(
                self.env.registry["crm.resource.recall.rule"],
                "_get_recall_holds",
                lambda *_args, hold=hold: [hold],
            ):
                self.assertEqual(self._get_day(customer), day)

    def test_open_forecasts_hold_where_the_company_says_so(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        forecast = self.env["crm.resource.forecast"].create(
            {
                "partner_id": customer.id,
                "date_expected": "2026-03-05",
                "amount": 100,
            }
        )
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))
        self.company.crm_forecast_holds = True
        self.assertEqual(self._get_day(customer), date(2026, 3, 12))
        forecast._lose(self.env.ref("crm_resource.crm_lost_reason_price"))
        self.assertEqual(self._get_day(customer), date(2026, 3, 9))

    def test_the_first_rule_that_holds_the_customer_is_his(self):
        first = self._make_rule(
            sequence=1, contact_days=3, level_ids=[Command.set(self.large.ids)]
        )
        second = self._make_rule(
            sequence=2, contact_days=5, team_ids=[Command.set(self.team.ids)]
        )
        third = self._make_rule(sequence=3, contact_days=7, lifecycle="never")
        fourth = self._make_rule(sequence=4, contact_days=9, lifecycle="bought")
        child = self.env["crm.team"].create(
            {"name": "Below", "parent_id": self.team.id}
        )
        bought = {"date_last_purchase": date(2026, 1, 5)}
        customers = {
            first: self._make_held(figures={"level_id": self.large.id}),
            second: self._make_held(team_id=child.id),
            third: self._make_held(user_id=self.south.id, team_id=False),
            fourth: self._make_held(
                user_id=self.south.id, team_id=False, figures=bought
            ),
        }
        self._run(MONDAY)
        for rule, customer in customers.items():
            self.assertEqual(customer.recall_rule_id, rule)

    def test_only_customers_with_a_salesperson_and_in_care(self):
        self._make_rule(contact_days=5)
        for values in (
            {"user_id": False},
            {"customer_state": "new"},
            {"active": False},
            {"date_terminated": MONDAY},
        ):
            customer = self._make_held(**values)
            self.assertFalse(self._get_day(customer), values)

    def test_pools_take_only_whom_they_are_for(self):
        self._make_rule(contact_days=5)
        self.pool.domain = "[('is_company', '=', False)]"
        company = self._make_held()
        person = self._make_held(is_company=False)
        self.assertFalse(self._get_day(company))
        self.assertTrue(self._get_day(person))

    def test_companies_have_their_own_rules_and_days(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.resource_calendar_id = self.calendar.copy({"company_id": other.id})
        other.resource_calendar_id.attendance_ids.filtered(
            lambda line: line.dayofweek == "1"
        ).unlink()
        pool = self.env["crm.resource.pool"].create(
            {"name": "Other", "company_id": other.id}
        )
        self._make_rule(contact_days=5)
        rule = self._make_rule(contact_days=5, company_id=other.id, pool_id=pool.id)
        self.south.write(
            {"company_ids": [Command.link(other.id)], "company_id": other.id}
        )
        ours = self._make_held("Ours", company_id=self.company.id)
        theirs = self._make_held(
            "Theirs", company_id=other.id, user_id=self.south.id, team_id=False
        )
        # whoever has no company follows his salesperson's
        shared = self._make_held("Shared", user_id=self.south.id, team_id=False)
        self.assertEqual(self._get_day(ours), date(2026, 3, 9))
        self.assertEqual(self._get_day(theirs), date(2026, 3, 11))
        self.assertEqual(self._get_day(shared), date(2026, 3, 11))
        self._run(date(2026, 3, 11))
        self.assertEqual(ours.pool_id, self.pool)
        self.assertEqual((theirs | shared).pool_id, rule.pool_id)
        self.assertEqual((theirs | shared).assignment_ids[0].batch_id.company_id, other)

    def test_nonsense_is_refused(self):
        for values in (
            {},
            {"contact_days": 10, "warn_days": 2, "escalate_days": 3},
            {"contact_days": -1},
            {"contact_days": 5, "warn_days": 5},
            {"contact_days": 5, "deal_days": 60, "warn_days": 10},
        ):
            with self.subTest(values), self.assertRaises(Exception) as caught:
                with self.env.cr.savepoint():
                    self._make_rule(**values)
                    self.env.flush_all()
            self.assertIn(
                type(caught.exception).__name__, ("ValidationError", "CheckViolation")
            )
        self._make_rule(contact_days=5, deal_days=60, warn_days=10, operator="all")

    def test_explanation_has_an_example(self):
        rule = self._make_rule(
            contact_days=15,
            warn_days=5,
            escalate_days=2,
            level_ids=[Command.set(self.new.ids)],
        )
        self.assertIn("level New", rule.explanation)
        self.assertIn("no follow-up for 15 working days", rule.explanation)
        self.assertIn("Mon 03/02/2026", rule.explanation)
        self.assertIn("recalled on Mon 03/23/2026", rule.explanation)
        self.assertIn("warned on Mon 03/16/2026", rule.explanation)
        self.assertEqual(
            self._get_day(self._make_held(figures={"level_id": self.new.id})),
            date(2026, 3, 23),
        )

    def test_salespeople_do_not_write_rules(self):
        rule = self._make_rule(contact_days=15)
        with self.assertRaises(AccessError):
            rule.with_user(self.north).contact_days = 99
        rule.with_user(self.reviewer).contact_days = 20
