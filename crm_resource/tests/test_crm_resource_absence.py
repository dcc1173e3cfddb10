from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmResourceCommon


@tagged("post_install", "-at_install")
class TestCrmResourceAbsence(CrmResourceCommon):
    def _absence(self, user, first, last, substitute=None):
        return self.env["crm.resource.absence"].create(
            {
                "user_id": user.id,
                "date_from": first,
                "date_to": last,
                "substitute_id": substitute and substitute.id,
            }
        )

    def _absent(self, *days):
        return self.env["crm.resource.absence"]._get_absent_users(*days)

    def test_absent_from_first_to_last_day(self):
        self._absence(self.salesperson, date(2026, 5, 4), date(2026, 5, 8))
        self.assertNotIn(self.salesperson, self._absent(date(2026, 5, 3)))
        self.assertIn(self.salesperson, self._absent(date(2026, 5, 4)))
        self.assertIn(self.salesperson, self._absent(date(2026, 5, 8)))
        self.assertNotIn(self.salesperson, self._absent(date(2026, 5, 9)))
        self.assertIn(
            self.salesperson, self._absent(date(2026, 5, 8), date(2026, 5, 20))
        )

    def test_leaves_of_the_working_time_count(self):
        resource = self.env["resource.resource"].create(
            {"name": "Ann", "user_id": self.salesperson.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "date_from": datetime(2026, 5, 4, 6),
                "date_to": datetime(2026, 5, 5, 16),
            }
        )
        self.assertIn(self.salesperson, self._absent(date(2026, 5, 5)))
        self.assertNotIn(self.salesperson, self._absent(date(2026, 5, 6)))

    def test_substitute_of_the_substitute(self):
        day = date(2026, 5, 4)
        substitute = self.env["crm.resource.absence"]._get_substitute
        self.assertEqual(substitute(self.salesperson, day), self.salesperson)
        self._absence(self.salesperson, day, day, self.clerk)
        self.assertEqual(substitute(self.salesperson, day), self.clerk)
        own = self._absence(self.clerk, day, day, self.reviewer)
        self.assertEqual(substitute(self.salesperson, day), self.reviewer)
        own.substitute_id = self.salesperson
        self.assertFalse(substitute(self.salesperson, day))

    def test_bad_days_and_substitutes_are_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._absence(self.clerk, date(2026, 5, 8), date(2026, 5, 4))

    def test_nobody_stands_in_for_himself(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._absence(self.clerk, date(2026, 5, 4), date(2026, 5, 4), self.clerk)

    def test_overlap_is_refused(self):
        self._absence(self.clerk, date(2026, 5, 4), date(2026, 5, 8))
        with self.assertRaisesRegex(ValidationError, "is away from"):
            self._absence(self.clerk, date(2026, 5, 8), date(2026, 5, 9))

    def test_everybody_enters_his_own(self):
        values = {"date_from": date(2026, 5, 4), "date_to": date(2026, 5, 4)}
        absences = self.env["crm.resource.absence"]
        absences.with_user(self.salesperson).create(values)
        with self.assertRaises(AccessError):
            absences.with_user(self.salesperson).create(
                {**values, "user_id": self.clerk.id}
            )
        absences.with_user(self.reviewer).create({**values, "user_id": self.clerk.id})
