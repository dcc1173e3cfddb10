from datetime import date

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_resource.models.lunar_calendar import Key, get_days

from .common import CrmResourceCommon, new_user


@tagged("post_install", "-at_install")
class TestResPartnerContact(CrmResourceCommon):
    """The library of contacts, and groups of customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = new_user(
            cls.env, "crm_other", groups="sales_team.group_sale_salesman"
        )
        cls.area = cls.env["crm.resource.region"].create({"name": "Far North"})
        cls.customer = cls._make_customer(
            "Mine", user_id=cls.salesperson.id, region_id=cls.area.id
        )
        cls.foreign = cls._make_customer("Foreign", user_id=cls.other.id)
        cls.eve, cls.carl, cls.anna = cls.env["res.partner"].create(
            [
                {"name": "Eve", "parent_id": cls.customer.id, "phone": "123"},
                {"name": "Carl", "parent_id": cls.foreign.id},
                {"name": "Anna Alone", "crm_mobile": "456"},
            ]
        )
        cls.people = cls.eve | cls.carl | cls.anna
        cls.action = cls.env["ir.actions.act_window"]._for_xml_id(
            "crm_resource.res_partner_action_contact"
        )

    def _list(self, user, *domain):
        """Return whom the library shows to somebody."""
        people = self.env["res.partner"].with_user(user)
        base = [
            ("is_company", "=", False),
            ("type", "=", "contact"),
            ("partner_share", "=", True),
        ]
        self.assertEqual(self.action["domain"], str(base))
        return people.search([*base, *domain, ("id", "in", self.people.ids)]).sudo()

    def test_people_of_the_customers_one_reaches(self):
        self.assertEqual(self._list(self.salesperson), self.eve | self.anna)
        self.assertEqual(self._list(self.other), self.carl | self.anna)
        self.assertEqual(self._list(self.reviewer), self.people)
        self.assertFalse(
            self.env["res.partner"].search_count(
                [("id", "=", self.salesperson.partner_id.id), ("partner_share", "=", 1)]
            )
        )

    def test_filters_and_groups(self):
        mine = [("customer_owner_id", "=", self.salesperson.id)]
        self.assertEqual(self._list(self.salesperson, *mine), self.eve)
        lacking = [
            ("phone", "=", False),
            ("crm_mobile", "=", False),
            ("email", "=", False),
        ]
        self.assertEqual(self._list(self.reviewer, *lacking), self.carl)
        groups = (
            self.env["res.partner"]
            .with_user(self.reviewer)
            ._read_group(
                [("id", "in", self.people.ids)],
                ["customer_owner_id", "customer_region_id"],
                ["__count"],
            )
        )
        self.assertEqual(
            {(owner.id, area.id): count for owner, area, count in groups},
            {
                (self.salesperson.id, self.area.id): 1,
                (self.other.id, False): 1,
                (False, False): 1,
            },
        )

    def test_birthdays_of_the_month_in_both_calendars(self):
        # 15 of the 8th lunar month of 2026 is 25 September
        self.eve.write({"birth_calendar": "lunar", "birth_month": 8, "birth_day": 15})
        self.carl.write({"birth_calendar": "solar", "birth_month": 9, "birth_day": 30})
        self.anna.write({"birth_month": 8, "birth_day": 15})
        born = [("is_birthday_this_month", "=", True)]
        for today, expected in (
            ("2026-09-02", self.eve | self.carl),
            ("2026-08-20", self.anna),
            ("2026-10-01", self.env["res.partner"]),
        ):
            with self.subTest(today), freeze_time(today):
                self.env.invalidate_all()
                self.assertEqual(self._list(self.reviewer, *born), expected)
                self.assertEqual(
                    self.people.filtered("is_birthday_this_month"), expected
                )

    @settings(max_examples=60, deadline=None)
    @given(
        first=st.dates(date(2020, 1, 1), date(2034, 12, 1)).map(
            lambda day: day.replace(day=1)
        ),
        is_lunar=st.booleans(),
        month=st.integers(1, 12),
        day=st.integers(1, 30),
        is_leap=st.booleans(),
    )
    def test_a_birthday_is_in_the_month_in_which_it_is_kept(
        self, first, is_lunar, month, day, is_leap
    ):
        if not is_lunar and month == 2:
            day = min(day, 29)
        calendar = "lunar" if is_lunar else "solar"
        person = self.env["res.partner"].new(
            {
                "birth_calendar": calendar,
                "birth_month": month,
                "birth_day": day,
                "is_birth_month_leap": is_lunar and is_leap,
            }
        )
        last = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        days = get_days(Key(calendar, month, day, is_lunar and is_leap, 0), first, last)
        with freeze_time(first):
            self.assertEqual(
                person.is_birthday_this_month, any(day < last for day in days)
            )

    def _change(self, user, partners, group, operation="add"):
        dialog = (
            self.env["crm.resource.group.change"]
            .with_user(user)
            .create(
                {
                    "partner_ids": [Command.set(partners.ids)],
                    "category_id": group.id,
                    "operation": operation,
                }
            )
        )
        return dialog.action_change()

    def test_groups(self):
        group = self.env["res.partner.category"].create({"name": "Golfers"})
        answer = self._change(self.salesperson, self.customer | self.anna, group)
        self.assertEqual(group.partner_ids, self.customer | self.anna)
        self.assertIn("2 came", answer["params"]["message"])
        answer = self._change(self.salesperson, self.customer | self.eve, group)
        self.assertIn("1 came", answer["params"]["message"])
        self._change(self.salesperson, self.customer, group, "remove")
        self.assertEqual(group.partner_ids, self.eve | self.anna)

    def test_groups_of_others_stay(self):
        group = self.env["res.partner.category"].create({"name": "Golfers"})
        with self.assertRaises(AccessError):
            self._change(self.salesperson, self.customer | self.foreign, group)
        self.assertFalse(group.partner_ids)
        dialogs = self.env["crm.resource.group.change"]
        dialog = dialogs.with_user(self.salesperson).create(
            {"partner_ids": self.customer.ids, "category_id": group.id}
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.other).action_change()
        with self.assertRaises(UserError):
            self._change(self.salesperson, self.customer, group.browse())

    def test_rules_ask_for_groups(self):
        group = self.env["res.partner.category"].create({"name": "Golfers"})
        self._change(self.reviewer, self.customer | self.foreign, group)
        rule = self.env["crm.resource.allocation.rule"].create(
            {
                "name": "Golf",
                "domain": str([("category_id", "in", group.ids)]),
                "method": "team",
                "team_id": self.env["crm.team"].create({"name": "Golf"}).id,
            }
        )
        self.assertEqual(
            self.env["res.partner"].search(rule._get_customer_domain()),
            self.customer | self.foreign,
        )
