from datetime import date

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common_churn import ChurnCase
from .common_nightly import MONDAY


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
        self.assertEqual(customer.date_lifecycle, MONDAY)
        self.assertEqual(customer.relation_state, "following")
        self.assertFalse(self._get_changes(customer))
        self._make_order(customer, 100, MONDAY)
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
                ("prospect", "active", MONDAY),
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
        self._make_order(customer, 0, MONDAY)
        self.assertEqual(customer.lifecycle, "prospect")
        self.assertEqual(customer.relation_state, "signed")

    def test_searched_and_grouped(self):
        prospect = self._make_held("Prospect")
        active = self._make_held("Active", last=MONDAY)
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
