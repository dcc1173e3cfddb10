from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_care import CareCase
from .common_nightly import MONDAY


@tagged("post_install", "-at_install")
class TestCareDates(CareCase):
    """Who has an occasion on which day, each computed by hand."""

    def test_solar_birthday(self):
        self._make_born(3, 5)
        rule = self._make_rule()
        spans = {
            (MONDAY, date(2026, 3, 31)): [("Ann", date(2026, 3, 5))],
            (date(2026, 3, 5), None): [("Ann", date(2026, 3, 5))],
            (date(2026, 3, 6), date(2026, 4, 30)): [],
            (date(2026, 12, 1), date(2027, 12, 1)): [("Ann", date(2027, 3, 5))],
        }
        for span, due in spans.items():
            self.assertEqual(self._get_due(rule, *span), due)

    def test_days_before(self):
        self._make_born(3, 5)
        rule = self._make_rule(days_before=3)
        self.assertEqual(self._get_due(rule, MONDAY), [("Ann", date(2026, 3, 5))])
        self.assertEqual(self._get_due(rule, date(2026, 3, 5)), [])

    def test_29_february(self):
        self._make_born(2, 29)
        rule = self._make_rule()
        self.assertEqual(
            self._get_due(rule, date(2027, 2, 20), date(2028, 3, 10)),
            [("Ann", date(2027, 2, 28)), ("Ann", date(2028, 2, 29))],
        )

    def test_lunar_birthday(self):
        self._make_born(8, 15, birth_calendar="lunar", birth_year=1970)
        rule = self._make_rule()
        self.assertEqual(
            self._get_due(rule, MONDAY, date(2027, 12, 31)),
            [("Ann", date(2026, 9, 25)), ("Ann", date(2027, 9, 15))],
        )

    def test_lunar_birthday_in_a_leap_month(self):
        self._make_born(6, 10, birth_calendar="lunar", is_birth_month_leap=True)
        self._make_born(6, 10, "Ben", birth_calendar="lunar")
        rule = self._make_rule()
        self.assertEqual(
            self._get_due(rule, date(2025, 6, 1), date(2026, 8, 31)),
            [
                ("Ben", date(2025, 7, 4)),
                ("Ann", date(2025, 8, 3)),
                ("Ann", date(2026, 7, 23)),
                ("Ben", date(2026, 7, 23)),
            ],
        )

    def test_lunar_30th_that_the_month_lacks(self):
        self._make_born(12, 30, birth_calendar="lunar")
        rule = self._make_rule()
        self.assertEqual(
            self._get_due(rule, date(2026, 2, 1), date(2026, 2, 28)),
            [("Ann", date(2026, 2, 16))],
        )

    def test_nobody_is_greeted_before_he_is_born(self):
        self._make_born(3, 5, birth_year=2026)
        rule = self._make_rule()
        self.assertEqual(self._get_due(rule, date(2025, 3, 5)), [])
        self.assertEqual(len(self._get_due(rule, date(2026, 3, 5))), 1)

    def test_a_person_is_his_own_contact(self):
        self._make_held("Lee", is_company=False, birth_month=3, birth_day=5)
        for receiver in ("contacts", "main", "customer"):
            rule = self._make_rule(receiver=receiver)
            self.assertEqual(
                self._get_due(rule, date(2026, 3, 5)), [("Lee", date(2026, 3, 5))]
            )

    def test_holiday_goes_to_whom_the_rule_says(self):
        self._make_contact("Ann", is_main_contact=True)
        self._make_contact("Ben")
        self._make_contact("Depot", type="delivery")
        receivers = {
            "customer": ["Lamps Ltd"],
            "main": ["Ann"],
            "contacts": ["Ann", "Ben"],
        }
        for receiver, names in receivers.items():
            rule = self._make_holiday_rule(
                receiver=receiver, domain=str([("id", "=", self.customer.id)])
            )
            found = [name for name, _day in self._get_due(rule, MONDAY)]
            self.assertEqual(found, names)

    def test_anniversary_of_the_first_order(self):
        self.customer.standing_id.date_first_purchase = date(2024, 2, 29)
        rule = self._make_rule(
            occasion="anniversary", anniversary="first_order", receiver="customer"
        )
        self.assertEqual(
            self._get_due(rule, date(2024, 1, 1), date(2028, 12, 31)),
            [
                ("Lamps Ltd", date(2025, 2, 28)),
                ("Lamps Ltd", date(2026, 2, 28)),
                ("Lamps Ltd", date(2027, 2, 28)),
                ("Lamps Ltd", date(2028, 2, 29)),
            ],
        )

    def test_customer_since(self):
        self.customer.date_registered = "2020-03-05 10:00:00"
        rule = self._make_rule(
            occasion="anniversary", anniversary="customer_since", receiver="customer"
        )
        self.assertEqual(
            self._get_due(rule, MONDAY, date(2026, 3, 31)),
            [("Lamps Ltd", date(2026, 3, 5))],
        )

    def test_special_days(self):
        ann = self._make_contact(
            crm_date_anniversary="2010-03-10", crm_anniversary_label="Diploma"
        )
        self.env["crm.resource.special.day"].create(
            [
                {"partner_id": ann.id, "name": "Wedding", "month": 3, "day": 5},
                {
                    "partner_id": ann.id,
                    "name": "Founding",
                    "calendar": "lunar",
                    "month": 2,
                    "day": 2,
                },
                {
                    "partner_id": ann.id,
                    "name": "Opening",
                    "month": 3,
                    "day": 12,
                    "year": 2026,
                    "is_yearly": False,
                },
                {
                    "partner_id": ann.id,
                    "name": "Closing",
                    "month": 3,
                    "day": 13,
                    "year": 2025,
                    "is_yearly": False,
                },
            ]
        )
        rule = self._make_rule(occasion="anniversary", anniversary="special")
        # the second day of the second lunar month is 20 March 2026
        self.assertEqual(
            [day for _name, day in self._get_due(rule, MONDAY, date(2026, 3, 31))],
            [
                date(2026, 3, 5),
                date(2026, 3, 10),
                date(2026, 3, 12),
                date(2026, 3, 20),
            ],
        )
        rule.special_name = "wedding"
        self.assertEqual(
            self._get_due(rule, MONDAY, date(2026, 3, 31)),
            [("Ann", date(2026, 3, 5))],
        )

    def test_two_special_days_on_one_day_are_one_occasion(self):
        ann = self._make_contact(email="ann@example.com")
        self.env["crm.resource.special.day"].create(
            [
                {"partner_id": ann.id, "name": name, "month": 3, "day": 2}
                for name in ("Wedding", "Founding")
            ]
        )
        self._make_rule(
            occasion="anniversary",
            anniversary="special",
            channel="mail",
            template_id=self.mail.id,
        )
        self.assertEqual(self._run().mapped("label"), ["Founding, Wedding"])

    def test_special_days_are_checked(self):
        ann = self._make_contact()
        for values in (
            {"month": 2, "day": 30},
            {"month": 8, "day": 31, "calendar": "lunar"},
            {"month": 2, "day": 29, "year": 2025},
            {"month": 2, "day": 1, "is_yearly": False},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["crm.resource.special.day"].create(
                    {"partner_id": ann.id, "name": "Day", **values}
                )

    def test_promotion(self):
        rule = self._make_rule(
            occasion="promotion",
            receiver="customer",
            date_start="2026-01-01",
            interval_days=30,
            date_end="2026-04-15",
            date_ids=[Command.create({"date": "2026-03-08"})],
            domain=str([("id", "=", self.customer.id)]),
        )
        # 1 and 31 January, 2 March, 1 April; 1 May is after the end
        self.assertEqual(
            [
                day
                for _name, day in self._get_due(
                    rule, date(2026, 2, 1), date(2026, 6, 1)
                )
            ],
            [date(2026, 3, 2), date(2026, 3, 8), date(2026, 4, 1)],
        )
        self.assertEqual(rule.date_next, MONDAY)

    def test_conditions(self):
        region = self.env["crm.resource.region"].create({"name": "Moon"})
        crater = self.env["crm.resource.region"].create(
            {"name": "Crater", "parent_id": region.id}
        )
        match = self._make_held(
            "Match",
            {"level_id": self.large.id, "date_last_purchase": date(2025, 12, 2)},
            region_id=crater.id,
        )
        self._make_contact("Eve", match, gender="female")
        self._make_contact("Adam", match, gender="male")
        self._make_order(match, 700, date(2025, 12, 2))
        self._make_order(match, 5000, date(2025, 3, 2))  # a day too old
        match.standing_id.date_last_purchase = date(2025, 12, 2)
        self._make_contact("Other", gender="female")
        conditions = {
            "level_ids": [Command.set(self.large.ids)],
            "region_ids": [Command.set(region.ids)],
            "gender": "female",
            "amount_min": 700,
            "days_since_purchase": 90,
            "domain": str([("name", "=", "Match")]),
        }
        rule = self._make_holiday_rule(**conditions)
        self.assertEqual(self._get_due(rule, MONDAY), [("Eve", MONDAY)])
        for values in (
            {"level_ids": [Command.set(self.small.ids)]},
            {"gender": "other"},
            {"amount_min": 700.01},
            {"days_since_purchase": 91},
            {"domain": str([("name", "=", "Nobody")])},
        ):
            rule.write({**conditions, **values})
            self.assertEqual(self._get_due(rule, MONDAY), [], values)

    def test_only_customers_in_care(self):
        names = []
        for values in (
            {"customer_state": "new"},
            {"active": False},
            {"date_terminated": MONDAY},
            {"company_id": self._make_company().id, "user_id": False, "team_id": False},
        ):
            self._make_held("Not cared for", **values)
        rule = self._make_holiday_rule(
            receiver="customer", domain=str([("name", "=", "Not cared for")])
        )
        self.assertEqual(self._get_due(rule, MONDAY), names)

    def _make_company(self):
        return self.env["res.company"].create({"name": "Sister"})

    def test_companies(self):
        sister = self._make_company()
        self._make_held("Hers", company_id=sister.id, user_id=False, team_id=False)
        self._make_held("Ours", company_id=self.company.id)
        self._make_held("Shared")
        domain = str([("name", "in", ("Hers", "Ours", "Shared"))])
        for company, names in (
            (sister, ["Hers", "Shared"]),
            (self.company, ["Ours", "Shared"]),
        ):
            rule = self._make_holiday_rule(
                receiver="customer", company_id=company.id, domain=domain
            )
            self.assertEqual(
                [name for name, _day in self._get_due(rule, MONDAY)], names
            )
