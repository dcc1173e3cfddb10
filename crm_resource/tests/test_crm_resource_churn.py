from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_resource.models import crm_resource_churn_find as find
from odoo.addons.crm_resource.models.crm_resource_assignment import Holder

from .common import CrmResourceCommon, new_users

DAY = date(2026, 3, 2)


class ChurnCase(CrmResourceCommon):
    """A department with a leader and another above it; six months, twice the rhythm of
    three purchases, and the leader after a week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 2, 2)))
        cls.north, cls.south, cls.leader, cls.head, cls.executive = new_users(
            cls.env,
            {
                "churn_north": "sales_team.group_sale_salesman",
                "churn_south": "sales_team.group_sale_salesman",
                "churn_leader": "sales_team.group_sale_salesman",
                "churn_head": "sales_team.group_sale_salesman",
                "churn_executive": "crm_resource.group_executive",
            },
        )
        cls.above = cls.env["crm.team"].create(
            {"name": "Above", "user_id": cls.head.id}
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "parent_id": cls.above.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.north.ids)],
            }
        )
        cls.company.crm_churn_min_days = 0
        cls.cases = cls.env["crm.resource.churn"]
        cls.standings = cls.env["crm.resource.standing"]
        cls.activity_type = cls.env.ref("crm_resource.mail_activity_data_churn")
        cls.method = cls.env.ref("crm_resource.crm_resource_retention_method_visit")
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too expensive"})
        # tests say themselves when customers bought
        cls.classPatch(
            cls.registry["crm.resource.standing"],
            "_ensure_refreshed",
            lambda _self: None,
        )

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
    def _make_held(cls, name="Customer", last=None, first=None, days=1, **values):
        """Create a customer of a salesperson who bought from one day to another."""
        values = {"user_id": cls.north.id, "team_id": cls.team.id, **values}
        customer = cls._make_customer(name, **values)
        if last:
            cls._set_purchases(customer, last, first or last, days)
        return customer

    @classmethod
    def _set_purchases(cls, customer, last, first=None, days=None):
        standing = customer.standing_id
        standing.write(
            {
                "date_last_purchase": last,
                "date_first_purchase": first or standing.date_first_purchase or last,
                "purchase_days": days or standing.purchase_days + 1,
            }
        )
        cls.standings._refresh_lifecycles(customer)

    def _run(self, first=DAY, last=None):
        day = first
        while day <= (last or first):
            self.cases._cron_churn(day)
            day += timedelta(days=1)
        self.env.invalidate_all()

    def _get_case(self, customer):
        return self.cases.search([("partner_id", "=", customer.id)])

    def _get_told(self, customer):
        """Return who has an activity for a case of the customer."""
        return (
            self.env["mail.activity"]
            .search(
                [
                    ("res_model", "=", "crm.resource.churn"),
                    ("res_id", "in", self._get_case(customer).ids),
                    ("activity_type_id", "=", self.activity_type.id),
                ]
            )
            .mapped("user_id")
        )

    def _get_cause(self, customer, day=DAY):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT cause FROM (%s) due WHERE partner_id = %s",
                self.cases._get_churn_query(day),
                customer.id,
            )
        )
        return rows[0][0] if rows else None

    def _decide(self, case, user, decision, **values):
        dialog = (
            self.env["crm.resource.churn.decide"]
            .with_user(user)
            .create({"churn_ids": case.ids, "decision": decision, **values})
        )
        return dialog.action_decide()

    def _make_case(self, **values):
        customer = self._make_held(last=date(2025, 6, 2), **values)
        self._run()
        return self._get_case(customer)


@tagged("post_install", "-at_install")
class TestChurnRules(ChurnCase):
    """Who is about to be lost, by hand on the calendar."""

    def test_more_than_six_months(self):
        # 2 September 2025 and six months is 2 March 2026
        customer = self._make_held(last=date(2025, 9, 2))
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 2)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 3)), "months")

    def test_months_end_with_the_month(self):
        # there is no 31 February
        customer = self._make_held(last=date(2025, 8, 31))
        self.assertIsNone(self._get_cause(customer, date(2026, 2, 28)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 1)), "months")

    def test_months_of_the_level(self):
        customer = self._make_held(last=date(2025, 12, 1))
        customer.standing_id.level_id = self.large
        self.assertIsNone(self._get_cause(customer))
        self.large.churn_months = 3
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 1)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 2)), "months")
        self.large.churn_months = 12
        customer.standing_id.date_last_purchase = date(2025, 6, 2)
        self.assertIsNone(self._get_cause(customer))

    def test_months_not_asked(self):
        self.company.crm_churn_months = 0
        customer = self._make_held(last=date(2020, 1, 1))
        self.assertIsNone(self._get_cause(customer))
        customer.standing_id.level_id = self.large
        self.large.churn_months = 3
        self.assertEqual(self._get_cause(customer), "months")

    def test_twice_his_own_rhythm(self):
        # on 3 days within 20 days: every 10 days; silent for 20 is not longer
        customer = self._make_held(
            last=date(2026, 2, 10), first=date(2026, 1, 21), days=3
        )
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 2)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 3)), "rhythm")
        self.company.crm_churn_factor = 2.5
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 7)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 8)), "rhythm")
        self.company.crm_churn_factor = 0
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 8)))

    def test_few_purchases_are_no_rhythm(self):
        customer = self._make_held(
            last=date(2026, 1, 2), first=date(2026, 1, 1), days=2
        )
        self.assertIsNone(self._get_cause(customer))
        self.company.crm_churn_min_purchases = 2
        self.assertEqual(self._get_cause(customer), "rhythm")

    def test_never_bought(self):
        customer = self._make_held()
        customer.date_registered = datetime(2025, 11, 30, 12)
        self.assertIsNone(self._get_cause(customer))
        self.company.crm_churn_never_months = 3
        # three months later is 28 February
        self.assertIsNone(self._get_cause(customer, date(2026, 2, 28)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 1)), "never")

    def test_only_customers_in_care(self):
        for name, values in (
            ("new", {"customer_state": "new"}),
            ("archived", {"active": False}),
            ("terminated", {"date_terminated": DAY}),
        ):
            with self.subTest(name):
                customer = self._make_held(name, last=date(2025, 1, 1))
                self.assertEqual(self._get_cause(customer), "months")
                customer.write(values)
                self.assertIsNone(self._get_cause(customer))

    def test_companies_have_their_own_rules(self):
        other = self.env["res.company"].create(
            {"name": "Other", "crm_churn_months": 12}
        )
        # a new currency would need rates: the same one
        own = self._make_held("Own", last=date(2025, 6, 2), company_id=self.company.id)
        foreign = self._make_held(
            "Foreign",
            last=date(2025, 6, 2),
            company_id=other.id,
            user_id=False,
            team_id=False,
        )
        shared = self._make_held("Shared", last=date(2025, 6, 2))
        self._run()
        self.assertEqual(self._get_case(own).company_id, self.company)
        self.assertEqual(self._get_case(shared).company_id, self.company)
        self.assertFalse(self._get_case(foreign))
        self._run(date(2026, 6, 3))
        self.assertEqual(self._get_case(foreign).company_id, other)
        reader = new_users(
            self.env, {"churn_other": "crm_resource.group_reviewer"}
        ).with_company(self.company)
        visible = self.cases.with_user(reader).search([])
        self.assertIn(self._get_case(shared), visible)
        self.assertNotIn(self._get_case(foreign), visible)

    def test_purchase_days_come_from_the_sales(self):
        customer = self._make_held()
        self._make_order(customer, 10, date(2026, 1, 5))
        self._make_order(customer, 10, date(2026, 1, 5))
        self._make_order(customer, 10, date(2026, 1, 15))
        self._make_order(customer, -10, date(2026, 1, 20))
        self.standings._refresh_purchases()
        standing = customer.standing_id
        self.assertEqual(standing.purchase_days, 2)
        self.assertEqual(standing.date_first_purchase, date(2026, 1, 5))
        self.assertEqual(standing.date_last_purchase, date(2026, 1, 15))

    def test_settings_are_explained_and_nonsense_is_refused(self):
        config = self.env["res.config.settings"].create({})
        text = config.crm_churn_explanation
        # six months and a day; twice thirty days and a day
        self.assertIn("09/03/2026", text)
        self.assertIn("05/02/2026", text)
        for values in (
            {"crm_churn_months": -1},
            {"crm_churn_factor": -1},
            {"crm_churn_min_purchases": 1},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.company.write(values)
                self.env.flush_all()

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    @given(
        purchases=st.lists(
            st.integers(min_value=1, max_value=900), min_size=1, max_size=8
        ),
        months=st.integers(min_value=0, max_value=12),
        factor=st.sampled_from([0, 0.5, 1, 2, 3.25]),
    )
    def test_statement_is_the_rule(self, purchases, months, factor):
        """What the statement finds is what one reckons for a single customer."""
        days = sorted({DAY - timedelta(days=ago) for ago in purchases})
        with self.env.cr.savepoint() as savepoint:
            self.company.write({"crm_churn_months": months, "crm_churn_factor": factor})
            customer = self._make_held(last=days[-1], first=days[0], days=len(days))
            silence = (DAY - days[-1]).days
            expected = None
            if months and add_months(days[-1], months) < DAY:
                expected = "months"
            elif factor and len(days) >= 3:
                gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
                if silence * len(gaps) > factor * sum(gaps):
                    expected = "rhythm"
            self.assertEqual(self._get_cause(customer), expected)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)


def add_months(day, months):
    """Return the same day some months later, or the last one of that month."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(
        date(year, month + 1, min(day.day, (following - timedelta(days=1)).day)),
        following - timedelta(days=1),
    )


@tagged("post_install", "-at_install")
class TestChurnRun(ChurnCase):
    def test_a_case_says_what_it_is_about(self):
        customer = self._make_held()
        for amount, day in (
            (5, date(2024, 6, 2)),  # a year before the last: not within 12 months
            (10, date(2024, 6, 3)),
            (20, date(2025, 6, 2)),
        ):
            self._make_order(customer, amount, day)
        self.standings._refresh_purchases()
        self._run()
        case = self._get_case(customer)
        self.assertRecordValues(
            case,
            [
                {
                    "state": "open",
                    "cause": "months",
                    "date": DAY,
                    "date_last_purchase": date(2025, 6, 2),
                    "sales_before": 30,
                    "user_id": self.north.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "currency_id": self.currency.id,
                }
            ],
        )
        self.assertRegex(case.name, r"^CH\d{5}$")
        self.assertEqual(customer.lifecycle, "at_risk")

    def test_numbers_differ(self):
        customers = [self._make_held(n, last=date(2025, 1, 1)) for n in ("A", "B")]
        sequence = self.env.ref("crm_resource.ir_sequence_churn")
        sequence.write({"implementation": "no_gap", "number_next": 41})
        self._run()
        names = {self._get_case(customer).name for customer in customers}
        self.assertEqual(names, {"CH00041", "CH00042"})
        self.assertEqual(sequence.number_next, 43)

    def test_owner_is_told_once(self):
        case = self._make_case()
        activity = case.activity_ids
        self.assertEqual(activity.user_id, self.north)
        self.assertEqual(activity.date_deadline, date(2026, 3, 5))
        self.assertEqual(
            activity.summary, "Has not bought for months: about to be lost"
        )
        self._run()
        self.assertEqual(case.activity_ids, activity)
        activity.action_done()
        self._run(date(2026, 3, 3), date(2026, 3, 5))
        self.assertFalse(case.activity_ids)
        self.assertEqual(self._get_case(case.partner_id), case)

    def test_without_owner_the_leader_is_told(self):
        customer = self._make_held(last=date(2025, 6, 2), user_id=False)
        self._run()
        self.assertEqual(self._get_told(customer), self.leader)

    def test_leader_is_told_after_days_once(self):
        case = self._make_case()
        self._run(date(2026, 3, 3), date(2026, 3, 8))
        self.assertEqual(self._get_told(case.partner_id), self.north)
        self._run(date(2026, 3, 9))
        self.assertEqual(self._get_told(case.partner_id), self.north | self.leader)
        self.assertEqual(case.date_escalated, date(2026, 3, 9))
        self._run(date(2026, 3, 10), date(2026, 3, 20))
        self.assertEqual(len(case.activity_ids), 2)

    def test_a_leader_of_his_own_has_the_next_one_told(self):
        case = self._make_case(user_id=self.leader.id)
        self._run(date(2026, 3, 9))
        self.assertEqual(self._get_told(case.partner_id), self.leader | self.head)

    def test_who_talks_to_the_customer_is_given_time(self):
        case = self._make_case()
        case.partner_id.standing_id.date_last_contact = date(2026, 3, 8)
        self._run(date(2026, 3, 9), date(2026, 3, 14))
        self.assertFalse(case.date_escalated)
        self._run(date(2026, 3, 15))
        self.assertEqual(case.date_escalated, date(2026, 3, 15))

    def test_no_escalation(self):
        self.company.crm_churn_escalate_days = 0
        case = self._make_case()
        self._run(date(2026, 6, 1))
        self.assertFalse(case.date_escalated)

    def test_next_purchase_wins_back_whatever_the_state(self):
        for state in ("open", "deferred", "lost"):
            with self.subTest(state):
                case = self._make_case(name=state)
                if state == "deferred":
                    self._decide(
                        case,
                        self.north,
                        "defer",
                        method_id=self.method.id,
                        date_to="2026-04-01",
                    )
                elif state == "lost":
                    self._decide(
                        case, self.north, "lose", lost_reason_id=self.reason.id
                    )
                self.assertEqual(case.state, state)
                # an older sale that comes to light later wins nobody back
                self._set_purchases(case.partner_id, date(2026, 3, 1))
                self._run()
                self.assertEqual(case.state, state)
                self._set_purchases(case.partner_id, date(2026, 3, 2))
                self._run(date(2026, 3, 3))
                self.assertEqual(case.state, "won_back")
                self.assertEqual(case.date_closed, date(2026, 3, 2))
                self.assertFalse(case.activity_ids)
                self.assertEqual(case.partner_id.lifecycle, "active")
                if state == "deferred":
                    self.assertEqual(case.retention_ids.outcome, "succeeded")

    def test_an_order_wins_back_at_once(self):
        case = self._make_case()
        with freeze_time("2026-03-04 09:00:00"):
            self._make_order(case.partner_id, 100, date(2026, 3, 4))
            self.assertEqual(case.state, "won_back")
            self.assertEqual(case.partner_id.lifecycle, "active")
            self.assertFalse(case.activity_ids)

    def test_silent_again_is_another_case(self):
        case = self._make_case()
        self._set_purchases(case.partner_id, date(2026, 3, 2))
        self._run(date(2026, 3, 3))
        self._run(date(2026, 9, 3))
        cases = self._get_case(case.partner_id)
        self.assertEqual(cases.mapped("state"), ["open", "won_back"])

    def test_deferred_opens_again_after_its_day(self):
        case = self._make_case()
        self._decide(
            case, self.north, "defer", method_id=self.method.id, date_to="2026-03-20"
        )
        self._run(date(2026, 3, 20))
        self.assertEqual(case.state, "deferred")
        self.assertFalse(case.activity_ids)
        self._run(date(2026, 3, 21))
        self.assertEqual(case.state, "open")
        self.assertEqual(case.date_open, date(2026, 3, 21))
        self.assertEqual(self._get_told(case.partner_id), self.north)
        self.assertEqual(case.retention_ids.outcome, "ended")
        self._run(date(2026, 3, 27))
        self.assertFalse(case.date_escalated)
        self._run(date(2026, 3, 28))
        self.assertEqual(case.date_escalated, date(2026, 3, 28))

    def test_lost_stays_lost(self):
        case = self._make_case()
        self._decide(case, self.north, "lose", lost_reason_id=self.reason.id)
        self._run(date(2026, 3, 3))
        self._run(date(2027, 3, 3))
        self.assertEqual(self._get_case(case.partner_id), case)

    def test_dropped_counts_anew(self):
        case = self._make_case()
        self._decide(case, self.north, "drop", note="Buys in summer only")
        self.assertEqual(case.state, "dropped")
        self._run(date(2026, 9, 2))
        self.assertEqual(self._get_case(case.partner_id), case)
        self._run(date(2026, 9, 3))
        self.assertEqual(len(self._get_case(case.partner_id)), 2)

    def test_end_of_care_drops_the_case(self):
        for name, values in (
            ("terminated", {"date_terminated": DAY}),
            ("archived", {"active": False}),
            ("released", {"customer_state": False}),
        ):
            with self.subTest(name):
                case = self._make_case(name=name)
                case.partner_id.write(values)
                self.assertEqual(case.state, "dropped")
                self.assertFalse(case.activity_ids)

    def test_the_case_passes_with_the_customer(self):
        case = self._make_case()
        case.partner_id.write({"user_id": self.south.id, "team_id": False})
        self.assertEqual(case.user_id, self.south)
        self.assertEqual(self._get_told(case.partner_id), self.south)
        pool = self.env["crm.resource.pool"].create({"name": "Pool"})
        self.env["crm.resource.assignment"]._assign(
            {case.partner_id.id: Holder(pool=pool.id)}, "give_back"
        )
        self.assertFalse(case.user_id)
        self.assertFalse(self._get_told(case.partner_id))
        case.partner_id.user_id = self.north
        self._run(date(2026, 3, 4))
        self.assertEqual(self._get_told(case.partner_id), self.north)

    def test_killed_after_every_step_and_run_again(self):
        """Whatever step the job dies in, in the end there is one case and one activity
        for each customer."""
        steps = ("_open_cases", "_store_sales", "_tell", "_plan", "_escalate")
        for step in steps:
            with self.subTest(step):
                customers = self.env["res.partner"]
                for name in ("A", "B"):
                    customers |= self._make_held(name, last=date(2025, 6, 2))
                model = self.env.registry["crm.resource.churn"]
                real = getattr(model, step)

                def killed(*args, _real=real, **kwargs):
                    _real(*args, **kwargs)
                    raise InterruptedError

                self._commit_progress()
                with patch.object(model, step, killed):
                    # `assertRaises` would take back what the job commits, too
                    with suppress(InterruptedError):
                        self._run()
                self.env.cr.execute(SQL("ROLLBACK TO SAVEPOINT committed"))
                self.env.invalidate_all(flush=False)
                self._run()
                self._run()
                for customer in customers:
                    case = self._get_case(customer)
                    self.assertEqual(len(case), 1)
                    self.assertEqual(len(case.activity_ids), 1)
                    self.assertEqual(len(customer.lifecycle_change_ids), 1)

    def test_two_jobs_make_one_case(self):
        case = self._make_case()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            case.copy({"name": "CH", "state": "lost"}).flush_recordset()
        # the other job had looked before the case was there
        with patch.object(find, "UNSETTLED", ("nothing",)):
            self.cases._open_cases(DAY)
        self.assertEqual(self._get_case(case.partner_id), case)


@tagged("post_install", "-at_install")
class TestChurnActions(ChurnCase):
    def test_defer(self):
        case = self._make_case()
        self._decide(
            case,
            self.north,
            "defer",
            method_id=self.method.id,
            title="Visit with the technician",
            date_to="2026-04-01",
        )
        self.assertEqual(case.state, "deferred")
        self.assertEqual(case.date_deferred_to, date(2026, 4, 1))
        self.assertFalse(case.activity_ids)
        retention = case.retention_ids
        self.assertRecordValues(
            retention,
            [
                {
                    "method_id": self.method.id,
                    "title": "Visit with the technician",
                    "user_id": self.north.id,
                    "date": DAY,
                    "date_to": date(2026, 4, 1),
                    "outcome": "running",
                }
            ],
        )
        self.assertRegex(retention.name, r"^RT\d{5}$")
        self._decide(case, self.north, "result", result="They liked it")
        self.assertEqual(retention.result, "They liked it")
        self._decide(
            case,
            self.north,
            "defer",
            method_id=self.method.id,
            date_to="2026-05-01",
            result="They wait",
        )
        self.assertEqual(case.retention_ids.mapped("outcome"), ["running", "ended"])
        self.assertEqual(retention.result, "They wait")

    def test_what_is_missing_is_said(self):
        case = self._make_case()
        for decision, values, words in (
            ("defer", {"method_id": self.method.id}, "later day"),
            (
                "defer",
                {"method_id": self.method.id, "date_to": "2026-03-02"},
                "later day",
            ),
            ("defer", {"date_to": "2026-04-01"}, "what is done"),
            ("lose", {}, "why"),
            ("drop", {"note": " "}, "why"),
            ("result", {"result": "x"}, "defer"),
        ):
            with self.subTest(decision, **values):
                with self.assertRaisesRegex(UserError, words):
                    self._decide(case, self.north, decision, **values)
                self.assertEqual(case.state, "open")
                self.assertFalse(case.retention_ids)

    def test_lost_and_reopened(self):
        case = self._make_case()
        self._decide(
            case, self.north, "lose", lost_reason_id=self.reason.id, note="Closed"
        )
        self.assertEqual(case.state, "lost")
        self.assertEqual(case.lost_reason_id, self.reason)
        self.assertEqual(case.partner_id.lifecycle, "lost")
        self.assertFalse(case.activity_ids)
        with self.assertRaisesRegex(UserError, "Lost"):
            self._decide(case, self.north, "lose", lost_reason_id=self.reason.id)
        case.with_user(self.north).action_reopen()
        self.assertEqual(case.state, "open")
        self.assertFalse(case.lost_reason_id)
        self.assertEqual(case.partner_id.lifecycle, "at_risk")
        self.assertEqual(self._get_told(case.partner_id), self.north)
        self._run()
        self.assertEqual(len(case.activity_ids), 1)

    def test_lost_to_a_competitor(self):
        rival = self.env["crm.resource.competitor"].create({"name": "Rival"})
        case = self._make_case()
        self._decide(
            case,
            self.north,
            "lose",
            lost_reason_id=self.reason.id,
            competitor_id=rival.id,
        )
        self.assertEqual(case.competitor_id, rival)
        met = rival.encounter_ids
        self.assertEqual(
            (met.partner_id, met.outcome, met.reason_id, met.user_id),
            (case.partner_id, "lost", self.reason, self.north),
        )

    def test_won_back_is_not_reopened(self):
        case = self._make_case()
        self._set_purchases(case.partner_id, DAY)
        self._run()
        with self.assertRaisesRegex(UserError, "Won Back"):
            case.with_user(self.north).action_reopen()

    def test_who_may(self):
        for user, may in (
            (self.north, True),
            (self.leader, True),
            (self.head, True),
            (self.reviewer, True),
            (self.south, False),
            (self.executive, False),
            (self.clerk, False),
        ):
            with self.subTest(user.login):
                case = self._make_case(name=user.login)
                values = {"method_id": self.method.id, "date_to": "2026-04-01"}
                if may:
                    self._decide(case, user, "defer", **values)
                    self.assertEqual(case.state, "deferred")
                    case.with_user(user).action_reopen()
                    self.assertEqual(case.state, "open")
                else:
                    with self.assertRaises(AccessError):
                        self._decide(case, user, "defer", **values)
                    with self.assertRaises(AccessError):
                        case.with_user(user).action_reopen()
                    with self.assertRaises(AccessError):
                        case.with_user(user).action_lose()
                    self.assertEqual(case.state, "open")

    def test_collaborators_read_and_do_not_decide(self):
        case = self._make_case()
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": case.partner_id.id,
                "user_id": self.south.id,
                "access": "edit",
            }
        )
        self.assertTrue(case.with_user(self.south).name)
        self.assertFalse(case.with_user(self.south).is_actor)
        with self.assertRaises(AccessError):
            self._decide(case, self.south, "drop", note="No")

    def test_who_sees(self):
        case = self._make_case()
        self._decide(
            case, self.north, "defer", method_id=self.method.id, date_to="2026-04-01"
        )
        for user, sees in (
            (self.north, True),
            (self.leader, True),
            (self.reviewer, True),
            (self.executive, True),
            (self.south, False),
        ):
            for model in (
                "crm.resource.churn",
                "crm.resource.retention",
                "crm.resource.lifecycle.change",
            ):
                with self.subTest(f"{user.login} {model}"):
                    found = (
                        self.env[model]
                        .with_user(user)
                        .search([("partner_id", "=", case.partner_id.id)])
                    )
                    self.assertEqual(bool(found), sees)

    def test_nobody_writes_cases(self):
        case = self._make_case()
        change = case.partner_id.lifecycle_change_ids[:1]
        for user in (self.north, self.reviewer, self.env.ref("base.user_admin")):
            for record, values in (
                (case, {"state": "dropped"}),
                (case.partner_id.standing_id, {"lifecycle": "active"}),
                (change, {"lifecycle_to": "active"}),
            ):
                with self.subTest(f"{user.login} {record}"):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        record.with_user(user).unlink()
                    with self.assertRaises(AccessError):
                        record.with_user(user).create({})
        for user in (self.north, self.leader):
            with self.assertRaises(AccessError):
                self.method.with_user(user).name = "x"
        self.method.with_user(self.reviewer).name = "Talk"

    def test_dialogs_are_own(self):
        case = self._make_case()
        dialog = (
            self.env["crm.resource.churn.decide"]
            .with_user(self.north)
            .create({"churn_ids": case.ids, "decision": "drop", "note": "x"})
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.leader).action_decide()

    def test_lifecycle_on_the_customer_is_not_typed(self):
        customer = self._make_held()
        for values in (
            {"lifecycle": "active"},
            {"relation_state": "signed"},
            {"churn_ids": [Command.create({"name": "x", "cause": "never"})]},
        ):
            with self.subTest(values):
                with suppress(AccessError), self.env.cr.savepoint():
                    customer.with_user(self.north).write(values)
                    self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(customer.lifecycle, "prospect")
                self.assertEqual(customer.relation_state, "following")
                self.assertFalse(customer.churn_ids)

    def test_deleted_customers_leave_nothing(self):
        case = self._make_case()
        ids = case.ids
        case.partner_id.unlink()
        self.assertFalse(
            self.env["mail.activity"].search(
                [("res_model", "=", "crm.resource.churn"), ("res_id", "in", ids)]
            )
        )
        self.assertFalse(case.exists())

    def test_merged_customers_have_one_case(self):
        one = self._make_case(name="One")
        other = self._make_case(name="Two")
        kept = one.partner_id
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept | other.partner_id).ids, kept
        )
        cases = self._get_case(kept)
        self.assertEqual(sorted(cases.mapped("state")), ["dropped", "open"])
        self.assertEqual(kept.lifecycle, "at_risk")


@tagged("post_install", "-at_install")
class TestLifecycle(ChurnCase):
    def _get_changes(self, customer):
        changes = self.env["crm.resource.lifecycle.change"].search(
            [("partner_id", "=", customer.id)], order="id"
        )
        return [(each.lifecycle_from, each.lifecycle_to, each.date) for each in changes]

    def test_from_prospect_to_the_end(self):
        customer = self._make_held()
        self.assertEqual(customer.lifecycle, "prospect")
        self.assertEqual(customer.date_lifecycle, DAY)
        self.assertEqual(customer.relation_state, "following")
        self.assertFalse(self._get_changes(customer))
        self._make_order(customer, 100, DAY)
        self.assertEqual(customer.lifecycle, "active")
        self.assertEqual(customer.relation_state, "signed")
        with freeze_time("2026-09-03 02:00:00"):
            self._run(date(2026, 9, 3))
            self.assertEqual(customer.lifecycle, "at_risk")
            case = self._get_case(customer)
            self._decide(case, self.north, "lose", lost_reason_id=self.reason.id)
            self.assertEqual(customer.lifecycle, "lost")
        with freeze_time("2026-09-04 02:00:00"):
            customer.with_user(self.reviewer)._terminate("Closed down")
            self.assertEqual(customer.lifecycle, "terminated")
            self.assertEqual(customer.relation_state, "terminated")
            self.assertEqual(customer.termination_reason, "Closed down")
            customer.with_user(self.reviewer).action_reopen_customer()
            self.assertEqual(customer.lifecycle, "lost")
            self.assertEqual(customer.relation_state, "signed")
            self.assertFalse(customer.termination_reason)
        days = date(2026, 9, 3), date(2026, 9, 4)
        self.assertEqual(
            self._get_changes(customer),
            [
                ("prospect", "active", DAY),
                ("active", "at_risk", days[0]),
                ("at_risk", "lost", days[0]),
                ("lost", "terminated", days[1]),
                ("terminated", "lost", days[1]),
            ],
        )

    def test_nothing_is_written_where_nothing_changes(self):
        customer = self._make_held(last=date(2026, 3, 1))
        changes = self._get_changes(customer)
        self.env.flush_all()
        version = SQL(
            "SELECT xmin, ctid FROM crm_resource_standing WHERE partner_id = %s",
            customer.id,
        )
        before = self.env.execute_query(version)
        self.standings._refresh_lifecycles()
        self.assertEqual(self.env.execute_query(version), before)
        self.assertEqual(self._get_changes(customer), changes)

    def test_a_prospect_who_bought_before_was_none(self):
        customer = self._make_held()
        self._set_purchases(customer, date(2025, 12, 1))
        self.assertEqual(customer.lifecycle, "active")
        self.assertFalse(self._get_changes(customer))

    def test_signed_without_sales(self):
        # an order that costs nothing is confirmed, and no purchase
        customer = self._make_held()
        self._make_order(customer, 0, DAY)
        self.assertEqual(customer.lifecycle, "prospect")
        self.assertEqual(customer.relation_state, "signed")

    def test_searched_and_grouped(self):
        prospect = self._make_held("Prospect")
        active = self._make_held("Active", last=DAY)
        partners = self.env["res.partner"].with_user(self.north)
        both = [("id", "in", (prospect | active).ids)]
        self.assertEqual(partners.search([*both, ("lifecycle", "=", "active")]), active)
        self.assertEqual(
            partners.search([*both, ("relation_state", "=", "following")]), prospect
        )
        self.assertEqual(
            dict(partners._read_group(both, ["lifecycle"], ["__count"])),
            {"prospect": 1, "active": 1},
        )
