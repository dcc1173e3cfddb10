from datetime import date, timedelta

from odoo.tools import SQL

from .common import new_users
from .common_nightly import MONDAY, SALESMAN, NightlyCase


class ChurnCase(NightlyCase):
    """A department with a leader and another above it; six months, twice the rhythm of
    three purchases, and the leader after a week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.head] = new_users(cls.env, {"churn_head": SALESMAN})
        cls.above = cls.env["crm.team"].create(
            {"name": "Above", "user_id": cls.head.id}
        )
        cls.team.parent_id = cls.above
        cls.company.crm_churn_min_days = 0
        cls.cases = cls.env["crm.resource.churn"]
        cls.activity_type = cls.env.ref("crm_resource.mail_activity_data_churn")
        cls.method = cls.env.ref("crm_resource.crm_resource_retention_method_visit")
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too expensive"})

    @classmethod
    def _make_held(cls, name="Customer", last=None, first=None, days=1, **values):
        """Create a customer of a salesperson who bought from one day to another."""
        customer = super()._make_held(name, **values)
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

    def _run(self, first=MONDAY, last=None):
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

    def _get_cause(self, customer, day=MONDAY):
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
