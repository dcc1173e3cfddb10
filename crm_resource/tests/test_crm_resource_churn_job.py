from contextlib import suppress
from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_resource.models import crm_resource_churn_find as find
from odoo.addons.crm_resource.models.crm_resource_assignment import Holder

from .common_churn import ChurnCase
from .common_nightly import MONDAY


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
                    "date": MONDAY,
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
            ("terminated", {"date_terminated": MONDAY}),
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
            self.cases._open_cases(MONDAY)
        self.assertEqual(self._get_case(case.partner_id), case)
