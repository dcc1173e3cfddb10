from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.crm_resource.models import crm_resource_recall_rule_run as run

from .common import CrmResourceCommon, new_users

# a Monday
MONDAY = date(2026, 3, 2)


class RecallCase(CrmResourceCommon):
    """A department with a leader, two salespeople, a pool with an administrator, and a
    company that works from Monday to Friday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 2, 2)))
        cls.north, cls.south, cls.leader, cls.admin, cls.executive = new_users(
            cls.env,
            {
                "recall_north": "sales_team.group_sale_salesman",
                "recall_south": "sales_team.group_sale_salesman",
                "recall_leader": "sales_team.group_sale_salesman",
                "recall_admin": "sales_team.group_sale_salesman",
                "recall_executive": "crm_resource.group_executive",
            },
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.north.ids)],
            }
        )
        cls.env["crm.resource.recall.rule"].search([]).active = False
        cls.pool = cls.env["crm.resource.pool"].create(
            {"name": "Public", "admin_ids": [Command.set(cls.admin.ids)]}
        )
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Five days", "tz": "UTC"}
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.rules = cls.env["crm.resource.recall.rule"]
        cls.warning = cls.env.ref("crm_resource.mail_activity_data_recall")
        # tests say themselves when customers were contacted
        cls.standings = cls.registry["crm.resource.standing"]
        cls.refresh = staticmethod(cls.standings._ensure_refreshed)
        cls.classPatch(cls.standings, "_ensure_refreshed", lambda _self: None)

    def setUp(self):
        super().setUp()
        # the job commits; what it does between two commits is what is tested
        self.startPatcher(
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", self._commit_progress
            )
        )

    def _commit_progress(self, *_args, **_kwargs):
        self.env.flush_all()
        self.env.cr.execute(SQL("SAVEPOINT committed"))
        return float("inf")

    @classmethod
    def _make_rule(cls, **values):
        return cls.rules.create(
            {
                "name": "Nobody cares",
                "pool_id": cls.pool.id,
                "warn_days": 0,
                "escalate_days": 0,
                **values,
            }
        )

    @classmethod
    def _make_held(cls, name="Customer", since=MONDAY, figures=None, **values):
        """Create a customer of a salesperson, with him since a day.

        :param dict figures: of the standing
        """
        values = {"user_id": cls.north.id, "team_id": cls.team.id, **values}
        customer = cls._make_customer(name, **values)
        customer.date_held_from = since
        customer.standing_id.write(figures or {})
        cls.env.flush_all()
        return customer

    def _get_day(self, customer, day=MONDAY, **options):
        """Return the day on which a customer is recalled, as of a day."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT date_recall FROM (%s) due WHERE partner_id = %s",
                self.rules._get_recall_query(day, **options),
                customer.id,
            )
        )
        return rows[0][0] if rows else None

    def _run(self, first, last=None):
        """Run the job, every day from one day to another."""
        day = first
        while day <= (last or first):
            self.rules._cron_recall(day)
            day += timedelta(days=1)
        self.env.invalidate_all()

    def _get_warnings(self, customer, user=None):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", customer.id),
                ("activity_type_id", "=", self.warning.id),
                *([("user_id", "=", user.id)] if user else []),
            ]
        )

    def _make_leave(self, first, last, **values):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "date_from": datetime.combine(first, datetime.min.time()),
                "date_to": datetime.combine(
                    last, datetime.max.time().replace(microsecond=0)
                ),
                "calendar_id": self.calendar.id,
                **values,
            }
        )


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


@tagged("post_install", "-at_install")
class TestRecallRun(RecallCase):
    def test_warned_escalated_recalled(self):
        self._make_rule(contact_days=10, warn_days=3, escalate_days=1)
        customer = self._make_held()  # recalled on Monday the 16th
        self._run(MONDAY)
        self.assertEqual(customer.date_recall, date(2026, 3, 16))
        self.assertFalse(customer.date_recall_warned)
        self._run(date(2026, 3, 10))
        self.assertFalse(self._get_warnings(customer))
        self._run(date(2026, 3, 11))
        self.assertEqual(customer.date_recall_warned, date(2026, 3, 11))
        warning = self._get_warnings(customer)
        self.assertEqual(warning.user_id, self.north)
        self.assertEqual(warning.date_deadline, date(2026, 3, 16))
        self.assertIn("03/16/2026", warning.summary)
        self._run(date(2026, 3, 12))
        self.assertEqual(self._get_warnings(customer), warning)
        self._run(date(2026, 3, 13))
        self.assertEqual(self._get_warnings(customer).user_id, self.north | self.leader)
        self._run(date(2026, 3, 14), date(2026, 3, 15))
        self.assertEqual(len(self._get_warnings(customer)), 2)
        self.assertEqual(customer.user_id, self.north)
        self._run(date(2026, 3, 16))
        self.assertFalse(customer.user_id)
        self.assertEqual(customer.pool_id, self.pool)
        self.assertFalse(self._get_warnings(customer))
        assignment = customer.assignment_ids[0]
        self.assertEqual(assignment.kind, "recall")
        self.assertEqual(
            assignment.reason, "Nobody cares: no follow-up for 10 working days"
        )
        self.assertEqual(assignment.batch_id.pool_id, self.pool)

    def test_nothing_is_recalled_without_warning(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held(since=date(2025, 6, 2))
        self._run(MONDAY)
        self.assertEqual(customer.date_recall_warned, MONDAY)
        self._run(date(2026, 3, 4))
        self.assertEqual(customer.user_id, self.north)
        self._run(date(2026, 3, 5))
        self.assertEqual(customer.pool_id, self.pool)

    def test_a_job_that_did_not_run_warns_first(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 4, 1))
        self.assertEqual(customer.user_id, self.north)
        self.assertEqual(customer.date_recall, date(2026, 4, 6))

    def test_follow_up_withdraws_the_warning(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 12))
        self.assertTrue(self._get_warnings(customer))
        customer.standing_id.date_last_contact = date(2026, 3, 12)
        self._run(date(2026, 3, 13))
        self.assertFalse(customer.date_recall_warned)
        self.assertFalse(self._get_warnings(customer))
        self.assertEqual(customer.date_recall, date(2026, 3, 26))

    def test_an_old_warning_does_not_count_for_a_new_recall(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 12))
        customer.standing_id.date_last_contact = date(2026, 3, 12)
        # the job stood still until the customer would have been due again
        self._run(date(2026, 4, 1))
        self.assertEqual(customer.user_id, self.north)
        self.assertEqual(customer.date_recall_warned, date(2026, 4, 1))
        self.assertEqual(len(self._get_warnings(customer)), 1)

    def test_the_warning_is_no_follow_up(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 11))
        with freeze_time("2026-03-17"):
            self.env["crm.resource.standing"]._refresh_contacts(customer)
        self.assertFalse(customer.date_last_contact)
        self._get_warnings(customer).action_done()
        with freeze_time("2026-03-17"):
            self.env["crm.resource.standing"]._refresh_contacts(customer)
        self.assertFalse(customer.date_last_contact)

    def test_contacts_are_refreshed_if_their_job_did_not_run(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        self.env["calendar.event"].create(
            {
                "name": "Talk",
                "partner_ids": customer.ids,
                "start": "2026-03-06 09:00:00",
                "stop": "2026-03-06 10:00:00",
            }
        )
        with patch.object(self.standings, "_ensure_refreshed", self.refresh):
            for day in (6, 9, 12):
                with freeze_time(f"2026-03-{day:02}"):
                    self._run(date(2026, 3, day))
                self.assertEqual(customer.user_id, self.north)
            self.assertEqual(customer.date_last_contact, date(2026, 3, 6))
            with freeze_time("2026-03-13"):
                self._run(date(2026, 3, 13))
            self.assertEqual(customer.pool_id, self.pool)

    def test_whoever_gets_the_customer_gets_no_warning_with_him(self):
        self._make_rule(contact_days=10, warn_days=3)
        customer = self._make_held()
        self._run(date(2026, 3, 11))
        with freeze_time("2026-03-11"):
            customer.user_id = self.south
        self._run(date(2026, 3, 12))
        self.assertFalse(self._get_warnings(customer))
        self.assertEqual(customer.date_recall, date(2026, 3, 25))

    def test_a_leader_of_his_own_is_not_told_twice(self):
        self._make_rule(contact_days=10, warn_days=3, escalate_days=3)
        above = self.env["crm.team"].create({"name": "Above", "user_id": self.south.id})
        self.team.parent_id = above
        customer = self._make_held(user_id=self.leader.id)
        self._run(date(2026, 3, 11))
        self.assertEqual(self._get_warnings(customer).user_id, self.leader | self.south)

    def test_one_message_for_each_person(self):
        self._make_rule(contact_days=5)
        for name in ("A", "B", "C"):
            self._make_held(name)
        self._make_held("D", user_id=self.south.id)
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self._run(date(2026, 3, 9))
        messages = self.env["mail.message"].search([("id", ">", last)])
        self.assertEqual(
            sorted((message.partner_ids.name, message.subject) for message in messages),
            [
                ("recall_admin", "4 customers came to Public"),
                ("recall_north", "3 of your customers were recalled"),
                ("recall_south", "1 of your customers were recalled"),
            ],
        )
        told = messages.filtered(
            lambda message: "recall_north" in message.partner_ids.name
        )
        self.assertNotIn("D", told.body.replace("Data", ""))

    def test_killed_and_run_again(self):
        self._make_rule(contact_days=5, warn_days=2)
        customers = self.env["res.partner"]
        for name in ("A", "B", "C"):
            customers |= self._make_held(name)
            customers |= self._make_held(name, user_id=self.south.id)
        self._run(date(2026, 3, 5), date(2026, 3, 6))
        day = date(2026, 3, 9)
        real = type(self.env["crm.resource.assignment"])._assign
        calls = []

        def killed(*args, **kwargs):
            calls.append(1)
            if len(calls) == 2:
                raise InterruptedError
            return real(*args, **kwargs)

        with patch.object(run, "BATCH_SIZE", 1):
            with patch.object(
                self.env.registry["crm.resource.assignment"], "_assign", killed
            ):
                # `assertRaises` would take back what the job commits, too
                with suppress(InterruptedError):
                    self._run(day)
            self.env.cr.execute(SQL("ROLLBACK TO SAVEPOINT committed"))
            self.env.invalidate_all(flush=False)
            self.assertEqual(len(calls), 2)
            self.assertEqual(len(customers.filtered("pool_id")), 3)
            self._run(day)
        self.assertEqual(customers.pool_id, self.pool)
        self.assertFalse(customers.user_id)
        recalls = customers.assignment_ids.filtered(lambda each: each.kind == "recall")
        self.assertEqual(len(recalls), len(customers))
        self._run(day)
        self.assertEqual(len(customers.assignment_ids), 2 * len(customers))

    def test_killed_while_warning_warns_once(self):
        self._make_rule(contact_days=5, warn_days=2)
        customer = self._make_held()
        self._run(date(2026, 3, 5))
        self._run(date(2026, 3, 5))
        self.assertEqual(len(self._get_warnings(customer)), 1)

    def test_whoever_moved_in_between_is_left_alone(self):
        self._make_rule(contact_days=5)
        customer = self._make_held()
        due = [customer.id]
        customer.date_protected_to = date(2026, 3, 20)
        with freeze_time("2026-03-09"):
            self.rules._recall(date(2026, 3, 9), due, {})
        self.assertEqual(customer.user_id, self.north)


@tagged("post_install", "-at_install")
class TestRecallUndo(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._make_rule(contact_days=5, undo_days=7)
        cls.customers = cls._make_held("A") | cls._make_held("B")

    def _recall(self):
        self._run(date(2026, 3, 9))
        self.assertEqual(self.customers.pool_id, self.pool)
        return self.customers.assignment_ids.batch_id

    @freeze_time("2026-03-12")
    def test_undo_gives_back_what_has_not_moved(self):
        first, second = self.customers
        call = first.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.north.id
        )
        batch = self._recall()
        self.assertFalse(call.active)
        second.user_id = self.south
        action = batch.with_user(self.reviewer).action_undo()
        self.assertIn(second.display_name, action["params"]["message"])
        self.env.invalidate_all()
        self.assertEqual(first.user_id, self.north)
        self.assertEqual(first.team_id, self.team)
        self.assertFalse(first.pool_id)
        self.assertTrue(call.active)
        self.assertEqual(second.user_id, self.south)
        self.assertEqual(first.assignment_ids[0].kind, "undo")
        self.assertTrue(batch.date_undone)
        with self.assertRaises(UserError):
            batch.action_undo()
        # the clock begins anew
        self._run(date(2026, 3, 13))
        self.assertEqual(first.user_id, self.north)
        self.assertEqual(first.date_recall, date(2026, 3, 19))

    @freeze_time("2026-03-12")
    def test_who_may_undo(self):
        batch = self._recall()
        for user in (self.north, self.leader, self.executive):
            with self.assertRaises(AccessError):
                batch.with_user(user).action_undo()
        self.assertTrue(batch.with_user(self.admin).is_undoable)
        batch.with_user(self.admin).action_undo()
        self.assertEqual(self.customers.user_id, self.north)

    def test_undo_ends(self):
        with freeze_time("2026-03-09"):
            batch = self._recall()
        with freeze_time("2026-03-17"), self.assertRaises(UserError):
            batch.with_user(self.reviewer).action_undo()
        with freeze_time("2026-03-16"):
            batch.with_user(self.reviewer).action_undo()

    @freeze_time("2026-03-12")
    def test_who_left_gets_nobody_back(self):
        batch = self._recall()
        self.north.active = False
        with self.assertRaises(UserError):
            batch.with_user(self.reviewer).action_undo()
        self.assertEqual(self.customers.pool_id, self.pool)

    def test_batches_are_written_by_code_only(self):
        batch = self._recall()
        for user in (self.admin, self.reviewer, self.north):
            with self.assertRaises(AccessError):
                batch.with_user(user).write({"date_undo_to": date(2027, 1, 1)})


@tagged("post_install", "-at_install")
class TestRecallExtension(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_rule(contact_days=10, warn_days=3)
        cls.customer = cls._make_held()

    def _ask(self, user=None, **values):
        return (
            self.env["crm.resource.recall.extension"]
            .with_user(user or self.north)
            .create(
                {
                    "partner_id": self.customer.id,
                    "date_to": date(2026, 4, 10),
                    "reason": "They decide in April",
                    **values,
                }
            )
        )

    def test_granted(self):
        self._run(date(2026, 3, 11))
        extension = self._ask()
        self.assertEqual(extension.pool_id, self.pool)
        self.assertEqual(extension.activity_ids.sudo().user_id, self.leader)
        extension.with_user(self.leader).action_grant()
        self.env.invalidate_all()
        self.assertEqual(self.customer.date_protected_to, date(2026, 4, 10))
        self.assertEqual(self.customer.date_recall, date(2026, 4, 13))
        self.assertEqual(extension.decided_by_id, self.leader)
        self.assertFalse(extension.sudo().activity_ids)
        self.assertFalse(self.customer.date_recall_warned)
        self.assertFalse(self._get_warnings(self.customer))
        self._run(date(2026, 3, 12))
        self.assertFalse(self._get_warnings(self.customer))

    def test_nobody_decides_on_his_own(self):
        self.customer.user_id = self.leader
        extension = self._ask(self.leader)
        with self.assertRaises(AccessError):
            extension.action_grant()
        extension.with_user(self.reviewer).action_refuse()
        self.assertEqual(extension.state, "refused")
        self.assertFalse(self.customer.date_protected_to)

    def test_who_decides(self):
        self._run(MONDAY)
        extension = self._ask()
        for user in (self.north, self.south, self.executive, self.clerk):
            with self.assertRaises(AccessError):
                extension.with_user(user).action_grant()
        extension.with_user(self.admin).action_grant()
        self.assertEqual(extension.state, "granted")

    def test_only_the_owner_asks_and_nothing_is_granted_with_it(self):
        with self.assertRaises(UserError):
            self._ask(self.south)
        with self.assertRaises(UserError):
            self._ask(date_to=MONDAY)
        extension = self._ask(state="granted", user_id=self.south.id)
        self.assertEqual(extension.state, "asked")
        self.assertEqual(extension.user_id, self.north)
        for user in (self.north, self.leader, self.reviewer):
            with self.assertRaises(AccessError):
                extension.with_user(user).write({"state": "granted"})
        extension.action_withdraw()
        with self.assertRaises(UserError):
            extension.with_user(self.leader).action_grant()

    def test_stale_request(self):
        extension = self._ask()
        self.customer.user_id = self.south
        with self.assertRaises(UserError):
            extension.with_user(self.reviewer).action_grant()


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
