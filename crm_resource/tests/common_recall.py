from datetime import datetime, timedelta

from odoo import Command
from odoo.tools import SQL

from .common import new_users
from .common_nightly import MONDAY, SALESMAN, NightlyCase


class RecallCase(NightlyCase):
    """A department with a leader, two salespeople, a pool with an administrator, and a
    company that works from Monday to Friday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.admin] = new_users(cls.env, {"recall_admin": SALESMAN})
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
        customer = super()._make_held(name, figures, **values)
        customer.date_held_from = since
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
