from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import new_users
from .common_churn import ChurnCase
from .common_nightly import MONDAY


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
            ("terminated", {"date_terminated": MONDAY}),
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
        days = sorted({MONDAY - timedelta(days=ago) for ago in purchases})
        with self.env.cr.savepoint() as savepoint:
            self.company.write({"crm_churn_months": months, "crm_churn_factor": factor})
            customer = self._make_held(last=days[-1], first=days[0], days=len(days))
            silence = (MONDAY - days[-1]).days
            expected = None
            if months and add_months(days[-1], months) < MONDAY:
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
