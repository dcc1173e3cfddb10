from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..models import crm_resource_care_rule_run as run
from .common import CrmResourceCommon, new_user, new_users

# a Monday
MONDAY = date(2026, 3, 2)


@freeze_time("2026-03-02 02:00:00")
class CareCase(CrmResourceCommon):
    """A salesperson with customers, another one, and rules of care."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north, cls.south, cls.leader, cls.executive = new_users(
            cls.env,
            {
                "care_north": "sales_team.group_sale_salesman",
                "care_south": "sales_team.group_sale_salesman",
                "care_leader": "sales_team.group_sale_salesman",
                "care_executive": "crm_resource.group_executive",
            },
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.north.ids)],
            }
        )
        cls.rules = cls.env["crm.resource.care.rule"]
        cls.rules.search([]).active = False
        cls.cares = cls.env["crm.resource.care"]
        cls.customer = cls._make_held("Lamps Ltd")
        cls.mail = cls.env.ref("crm_resource.mail_template_care_birthday")
        cls.sms = cls.env.ref("crm_resource.sms_template_care_birthday")
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
    def _make_held(cls, name, figures=None, **values):
        values = {"user_id": cls.north.id, "team_id": cls.team.id, **values}
        customer = cls._make_customer(name, **values)
        customer.standing_id.write(figures or {})
        return customer

    @classmethod
    def _make_contact(cls, name="Ann", customer=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "parent_id": (customer or cls.customer).id,
                "email": f"{name.lower()}@example.com",
                **values,
            }
        )

    @classmethod
    def _make_born(cls, month, day, name="Ann", **values):
        return cls._make_contact(name, birth_month=month, birth_day=day, **values)

    @classmethod
    def _make_rule(cls, **values):
        return cls.rules.create({"name": "Greet", "state": "running", **values})

    @classmethod
    def _make_holiday_rule(cls, month=3, day=2, **values):
        holiday = cls.env["crm.resource.holiday"].create(
            {"name": "Lamp Day", "month": month, "day": day}
        )
        values = {"occasion": "holiday", "holiday_id": holiday.id, **values}
        return cls._make_rule(**values)

    def _get_due(self, rule, first, last=None):
        """Return whom a rule cares for on which occasions."""
        self.env.flush_all()
        query = rule._get_due_query(first, last or first)
        if query is None:
            return []
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM (%s) due ORDER BY date_occasion, partner_id", query)
        )
        partners = self.env["res.partner"]
        return [
            (partners.browse(row["partner_id"]).name, row["date_occasion"])
            for row in rows
        ]

    def _run(self, day=MONDAY):
        self.rules._cron_care(day)
        self.env.invalidate_all()
        return self.cares.search([]).sorted(
            lambda care: (care.partner_id.id, care.date_occasion)
        )


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


@tagged("post_install", "-at_install")
class TestCareJob(CareCase):
    def _make_mail_rule(self, **values):
        return self._make_rule(channel="mail", template_id=self.mail.id, **values)

    def test_mail(self):
        ann = self._make_born(3, 2)
        self._make_mail_rule()
        care = self._run()
        self.assertRecordValues(
            care,
            [
                {
                    "partner_id": ann.id,
                    "customer_id": self.customer.id,
                    "user_id": self.north.id,
                    "date_occasion": MONDAY,
                    "state": "sent",
                    "reason": False,
                }
            ],
        )
        mail = care.sudo().mail_id
        self.assertEqual(mail.recipient_ids, ann)
        self.assertIn("Ann", mail.subject)
        self.assertEqual(mail.state, "outgoing")

    def test_repeated_run_sends_once(self):
        self._make_born(3, 2)
        self._make_mail_rule()
        self._run()
        mails = self.env["mail.mail"].search_count([])
        self._run()
        self.assertEqual(len(self._run()), 1)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_next_year_is_another_occasion(self):
        self._make_born(3, 2)
        self._make_mail_rule()
        self._run()
        self.assertEqual(len(self._run(date(2027, 3, 2))), 2)

    def test_missed_days_are_made_up_for(self):
        """If the job did not run for some days, at most three are late."""
        for day in range(2, 9):
            self._make_born(3, day, f"Born{day}")
        self._make_mail_rule()
        self._run()
        names = self._run(date(2026, 3, 8)).partner_id.mapped("name")
        self.assertEqual(names, ["Born2", "Born5", "Born6", "Born7", "Born8"])

    def test_a_started_rule_does_nothing_for_days_before(self):
        self._make_born(3, 1)
        rule = self._make_mail_rule(state="draft")
        self.env.cr.execute(
            SQL("UPDATE crm_resource_care_rule SET date_run = '2026-02-20'")
        )
        rule.invalidate_recordset()
        rule.action_start()
        self.assertFalse(self._run())

    def test_killed_between_batches(self):
        for number in range(5):
            self._make_born(3, 2, f"P{number}")
        self._make_mail_rule()
        queue = self.registry["crm.resource.care.rule"]._queue_mails
        batches = []

        def killed(rule, partners):
            if len(batches) == 2:
                raise KeyboardInterrupt
            batches.append(partners)
            return queue(rule, partners)

        with (
            patch.object(run, "BATCH_SIZE", 2),
            patch.object(
                self.registry["crm.resource.care.rule"], "_queue_mails", killed
            ),
            suppress(KeyboardInterrupt),
        ):
            self.rules._cron_care(MONDAY)
        self.env.cr.execute(SQL("ROLLBACK TO SAVEPOINT committed"))
        self.env.invalidate_all()
        states = self.cares.search([]).mapped("state")
        self.assertEqual(sorted(states), ["planned"] + ["sent"] * 4)
        cares = self._run()
        self.assertEqual(cares.mapped("state"), ["sent"] * 5)
        mails = cares.sudo().mail_id
        self.assertEqual(len(mails), 5)
        self.assertEqual(mails.recipient_ids, cares.partner_id)

    def test_a_row_is_unique(self):
        self._make_born(3, 2)
        self._make_mail_rule()
        care = self._run()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            care.copy()

    def test_what_cannot_be_rendered_keeps_nobody_back(self):
        born = [self._make_born(3, 2, name) for name in ("Ann", "Bad", "Cid")]
        rule = self._make_mail_rule()
        render = self.registry["mail.template"]._generate_template

        def fail(template, ids, *args, **kwargs):
            if born[1].id in ids:
                raise ValueError("No such word")
            return render(template, ids, *args, **kwargs)

        with (
            patch.object(self.registry["mail.template"], "_generate_template", fail),
            mute_logger(run.__name__),
        ):
            cares = self._run()
        self.assertEqual(cares.mapped("state"), ["sent", "failed", "sent"])
        self.assertEqual(cares[1].note, "No such word")
        with self.assertRaises(UserError):
            cares.with_user(self.reviewer).action_retry()
        with self.assertRaises(AccessError):
            cares[1].with_user(self.north).action_retry()
        cares[1].with_user(self.reviewer).action_retry()
        self.assertEqual(self._run().mapped("state"), ["sent"] * 3)
        self.assertEqual(rule.care_count, 3)

    def test_an_incomplete_rule_keeps_no_other_back(self):
        self._make_born(3, 2)
        holiday = self.env["crm.resource.holiday"].create(
            {"name": "Moon", "kind": "lunar", "month": 1, "day": 14}
        )
        self._make_rule(occasion="holiday", holiday_id=holiday.id, sequence=1)
        self._make_mail_rule()
        with (
            patch.dict("sys.modules", {"lunar_python": None}),
            mute_logger(run.__name__),
        ):
            cares = self._run()
        self.assertEqual(cares.mapped("state"), ["sent"])

    def test_refusals_are_named(self):
        self._make_born(3, 2, "Opted", is_care_refused=True)
        self._make_born(3, 2, "Listed")
        self._make_born(3, 2, "Mute", email=False)
        self.env["mail.blacklist"]._add("listed@example.com")
        rule = self._make_mail_rule()
        self.assertRecordValues(
            self._run(),
            [
                {"state": "skipped", "reason": "opt_out"},
                {"state": "skipped", "reason": "blacklist"},
                {"state": "skipped", "reason": "no_email"},
            ],
        )
        self.customer.is_care_refused = True
        rule.write({"occasion": "promotion", "date_start": "2026-03-03"})
        later = self._run(date(2026, 3, 3)).filtered(
            lambda care: care.date_occasion == date(2026, 3, 3)
        )
        ours = later.filtered(lambda care: care.customer_id == self.customer)
        self.assertEqual(set(ours.mapped("reason")), {"opt_out"})

    def test_sms(self):
        country = self.env.ref("base.us").id
        both = self._make_born(
            3,
            2,
            "Both",
            phone="+1 202 555 0101",
            crm_mobile="+1 202 555 0102",
            country_id=country,
        )
        self._make_born(3, 2, "Listed", phone="+1 202 555 0103", country_id=country)
        self._make_born(3, 2, "None")
        self.env["phone.blacklist"]._add(["+12025550103"])
        self._make_rule(channel="sms", sms_template_id=self.sms.id)
        cares = self._run()
        self.assertRecordValues(
            cares,
            [
                {"state": "sent", "reason": False},
                {"state": "skipped", "reason": "blacklist"},
                {"state": "skipped", "reason": "no_phone"},
            ],
        )
        sms = cares[0].sudo().sms_id
        self.assertRecordValues(
            sms,
            [{"number": "+12025550102", "partner_id": both.id, "state": "outgoing"}],
        )
        self.assertIn("Both", sms.body)
        sms.action_set_error("sms_credit")
        self.assertEqual(cares[0].state, "failed")
        sms.action_set_outgoing()
        self.assertEqual(cares[0].state, "sent")

    def test_mails_that_fail(self):
        self._make_born(3, 2)
        self._make_mail_rule()
        care = self._run()
        mail = care.sudo().mail_id
        mail._postprocess_sent_message(
            [], [], failure_reason="Mailbox full", failure_type="mail_smtp"
        )
        self.assertRecordValues(care, [{"state": "failed", "note": "Mailbox full"}])
        mail._postprocess_sent_message(mail.recipient_ids, [])
        self.assertEqual(care.state, "sent")

    def test_activity(self):
        self._make_born(3, 5)
        rule = self._make_rule(
            days_before=3,
            instruction="Call <him>",
            gift_ids=[Command.create({"name": "Tea & cake", "amount": 50})],
        )
        care = self._run()
        self.assertEqual(care.state, "assigned")
        self.assertRecordValues(
            care.activity_id,
            [
                {
                    "res_model": "res.partner",
                    "res_id": self.customer.id,
                    "user_id": self.north.id,
                    "date_deadline": date(2026, 3, 5),
                    "summary": "Birthday on 03/05/2026: Ann",
                }
            ],
        )
        self.assertIn("Call &lt;him&gt;", care.activity_id.note)
        self.assertIn("Tea &amp; cake", care.activity_id.note)
        self.assertIn("50.00", care.activity_id.note)
        care.activity_id.with_user(self.north).action_done()
        self.assertEqual(care.state, "done")
        self.assertEqual(rule.care_count, 1)

    def test_a_cancelled_activity_is_no_care(self):
        self._make_born(3, 2)
        self._make_rule()
        care = self._run()
        care.activity_id.with_user(self.north).unlink()
        self.assertRecordValues(care, [{"state": "skipped", "reason": "canceled"}])
        self.assertEqual(self._run(), care)

    def test_activity_goes_to_whoever_stands_in(self):
        self._make_born(3, 2)
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.north.id,
                "date_from": "2026-03-01",
                "date_to": "2026-03-05",
                "substitute_id": self.south.id,
            }
        )
        self._make_rule()
        self.assertEqual(self._run().activity_id.user_id, self.south)

    def test_nobody_is_there_to_greet(self):
        customer = self._make_held("Alone", user_id=False)
        self._make_born(3, 2, customer=customer)
        self._make_rule()
        self.assertRecordValues(
            self._run(), [{"state": "skipped", "reason": "no_owner"}]
        )

    def test_gifts_by_level(self):
        small, new = self._make_held("S"), self._make_held("N")
        self.customer.standing_id.level_id = self.large
        small.standing_id.level_id = self.small
        new.standing_id.level_id = self.new
        rule = self._make_holiday_rule(
            receiver="customer",
            domain=str([("id", "in", (self.customer | small | new).ids)]),
            gift_ids=[
                Command.create(
                    {
                        "level_id": self.large.id,
                        "product_id": self.product.id,
                        "amount": 200,
                    }
                ),
                Command.create({"level_id": self.new.id, "name": "Card"}),
                Command.create({"name": "Tea", "amount": 50}),
            ],
        )
        self.assertRecordValues(
            self._run(),
            [
                {"product_id": self.product.id, "gift": False, "amount": 200},
                {"product_id": False, "gift": "Tea", "amount": 50},
                {"product_id": False, "gift": "Card", "amount": 0},
            ],
        )
        self.assertEqual(self.cares.search([]).currency_id, rule.company_id.currency_id)

    def test_what_is_skipped_costs_nothing(self):
        self._make_born(3, 2, is_care_refused=True)
        self._make_rule(gift_ids=[Command.create({"name": "Tea", "amount": 50})])
        self.assertRecordValues(
            self._run(), [{"state": "skipped", "amount": 0, "gift": False}]
        )

    def test_a_message_is_a_contact(self):
        self._make_born(3, 2)
        self._make_mail_rule()
        self._run()
        self.cares.search([]).date_done = MONDAY
        self.env["crm.resource.standing"]._refresh_contacts(self.customer)
        self.assertEqual(self.customer.date_last_contact, MONDAY)

    def test_a_stopped_rule_sends_nothing_later(self):
        self._make_born(3, 2)
        rule = self._make_mail_rule()
        rule._plan(MONDAY)
        rule.action_stop()
        self.assertFalse(self.cares.search([]))
        rule._plan(MONDAY)
        rule.active = False
        self.assertFalse(self.cares.search([]))

    def test_what_was_left_is_looked_at_again(self):
        ann = self._make_born(3, 2)
        self._make_born(3, 2, "Ben")
        rule = self._make_mail_rule()
        rule._plan(MONDAY)
        self.env["mail.blacklist"]._add(ann.email)
        self.assertEqual(self._run().mapped("reason"), ["blacklist", False])
        rule._plan(date(2027, 3, 2))
        late = self._run(date(2027, 3, 10)) - self.cares.search(
            [("date_occasion", "=", MONDAY)]
        )
        self.assertEqual(set(late.mapped("state")), {"skipped"})
        self.assertIn("late", late.mapped("reason"))

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    @given(st.data())
    def test_preview_of_a_day_is_the_run_of_that_day(self, data):
        with self.env.cr.savepoint() as savepoint:
            for number in range(data.draw(st.integers(1, 5))):
                self._make_born(
                    data.draw(st.integers(2, 3)),
                    data.draw(st.integers(1, 28)),
                    f"P{number}",
                    birth_calendar=data.draw(
                        st.sampled_from(("solar", "lunar", False))
                    ),
                    is_care_refused=data.draw(st.booleans()),
                )
            self._make_order(self.customer, 100, date(2025, 3, 20))
            self._make_rule(
                days_before=data.draw(st.integers(0, 20)),
                amount_min=data.draw(st.sampled_from((0, 100))),
                gift_ids=[Command.create({"name": "Tea", "amount": 50})],
            )
            self._make_holiday_rule(
                3,
                20,
                receiver="customer",
                amount_min=data.draw(st.sampled_from((0, 100))),
            )
            day = MONDAY + timedelta(days=data.draw(st.integers(0, 29)))
            preview = self.env["crm.resource.care.preview"].create({})
            action = preview.action_preview()
            lines = self.env[action["res_model"]].search(action["domain"])
            names = (
                "rule_id",
                "partner_id",
                "customer_id",
                "date_occasion",
                "channel",
                "amount",
                "gift",
                "reason",
            )

            def describe(records, names=names):
                return sorted(
                    tuple(str(record[name]) for name in names) for record in records
                )

            expected = describe(lines.filtered(lambda line: line.date_planned == day))
            self.assertEqual(describe(self._run(day)), expected)
            savepoint.rollback()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCareRights(CareCase):
    def test_templates_of_running_rules_are_market_staffs(self):
        editor = new_user(
            self.env,
            "care_editor",
            groups="base.group_user,mail.group_mail_template_editor",
        )
        rule = self._make_rule(channel="mail", template_id=self.mail.id)
        rule.state = "running"
        with self.assertRaises(AccessError):
            self.mail.with_user(editor).subject = "Mine"
        rule.state = "draft"
        self.mail.with_user(editor).subject = "Yours"
        self.assertEqual(self.mail.subject, "Yours")

    def test_who_sees_whose_care(self):
        theirs = self._make_held("Theirs", user_id=self.south.id, team_id=False)
        self._make_born(3, 2)
        self._make_born(3, 2, "Ben", customer=theirs)
        self._make_rule()
        self._run()
        for user, names in (
            (self.north, {"Ann"}),
            (self.south, {"Ben"}),
            (self.leader, {"Ann"}),
            (self.reviewer, {"Ann", "Ben"}),
            (self.executive, {"Ann", "Ben"}),
        ):
            cares = self.cares.with_user(user).search([])
            self.assertEqual(set(cares.partner_id.mapped("name")), names, user.name)
        customer = self.customer.with_user(self.north)
        self.assertEqual(customer.care_count, 1)
        action = customer.action_open_care()
        self.assertEqual(
            self.cares.with_user(self.north).search_count(action["domain"]), 1
        )

    def test_nobody_writes_the_log(self):
        self._make_born(3, 2)
        self._make_rule()
        care = self._run()
        for user in (self.north, self.reviewer):
            mine = care.with_user(user)
            for change in (
                lambda mine=mine: mine.write({"state": "sent"}),
                lambda mine=mine: mine.web_save({"amount": 9}, {"amount": {}}),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change()

    def test_rules_are_of_market_staff(self):
        rule = self._make_rule()
        mine = rule.with_user(self.north)
        self.assertTrue(mine.explanation)
        for change in (
            mine.action_start,
            mine.action_stop,
            mine.action_test,
            mine.unlink,
            lambda: mine.write({"name": "Mine"}),
            lambda: self.rules.with_user(self.north).create({"name": "Mine"}),
            lambda: (
                self.env["crm.resource.care.gift"]
                .with_user(self.north)
                .create({"rule_id": rule.id, "name": "Car"})
            ),
        ):
            with self.assertRaises(AccessError):
                change()
        form = Form(self.rules.with_user(self.reviewer))
        form.name = "Birthdays"
        form.save().action_start()

    def test_what_the_job_did_nobody_types(self):
        rule = self._make_rule(date_run="2026-03-01")
        rule.with_user(self.reviewer).write({"date_run": "2026-03-01"})
        self.assertFalse(rule.date_run)

    def test_preview_shows_what_one_reaches(self):
        theirs = self._make_held("Theirs", user_id=self.south.id, team_id=False)
        self._make_born(3, 5)
        self._make_born(3, 5, "Ben", customer=theirs)
        self._make_rule()
        previews = self.env["crm.resource.care.preview"]
        preview = previews.with_user(self.north).create({})
        action = preview.action_preview()
        lines = self.env[action["res_model"]].with_user(self.north)
        self.assertEqual(
            lines.search(action["domain"]).partner_id.mapped("name"), ["Ann"]
        )
        self.assertFalse(lines.with_user(self.south).search(action["domain"]))
        with self.assertRaises(AccessError):
            preview.with_user(self.south).action_preview()
        with self.assertRaises(AccessError):
            lines.search(action["domain"]).write({"amount": 1})
        with self.assertRaises(UserError):
            previews.create({"date_from": "2026-03-01"}).action_preview()
        with self.assertRaises(UserError):
            previews.create({"date_to": "2028-03-01"}).action_preview()

    def test_preview_of_a_rule_of_another_company(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        rule = self._make_holiday_rule(company_id=sister.id)
        preview = self.env["crm.resource.care.preview"].with_user(self.north)
        with self.assertRaises(AccessError):
            preview.create({"rule_id": rule.id}).action_preview()

    def test_special_days_are_of_whoever_edits_the_contact(self):
        ann = self._make_contact()
        days = self.env["crm.resource.special.day"]
        values = {"partner_id": ann.id, "name": "Wedding", "month": 3, "day": 5}
        mine = days.with_user(self.north).create(values)
        self.assertFalse(days.with_user(self.south).search([("id", "=", mine.id)]))
        with self.assertRaises(AccessError):
            days.with_user(self.south).create(values)
        with self.assertRaises(AccessError):
            mine.with_user(self.south).write({"day": 6})

    def test_incomplete_rules_do_not_start(self):
        for values in (
            {"occasion": "holiday"},
            {"occasion": "promotion"},
            {"occasion": "anniversary", "anniversary": False},
            {"channel": "mail"},
            {"channel": "sms"},
        ):
            rule = self._make_rule(state="draft", **values)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                rule.action_start()
            self.assertEqual(rule.state, "draft")

    def test_nonsense_is_refused(self):
        user_template = self.env["mail.template"].create(
            {"name": "Users", "model_id": self.env["ir.model"]._get_id("res.users")}
        )
        for values in (
            {"domain": "[('name'"},
            {"domain": "[('no_such_field', '=', 1)]"},
            {"template_id": user_template.id},
        ):
            with self.assertRaises(ValidationError):
                self._make_rule(**values)
        for values in (
            {"days_before": -1},
            {"days_before": 91},
            {"interval_days": -1},
            {"date_start": "2026-03-02", "date_end": "2026-03-01"},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._make_rule(**values)

    def test_a_used_rule_is_archived_not_deleted(self):
        self._make_born(3, 2)
        rule = self._make_rule()
        self._run()
        with self.assertRaises(UserError):
            rule.with_user(self.reviewer).unlink()
        unused = self._make_rule()
        unused.with_user(self.reviewer).unlink()
        self.assertFalse(unused.exists())

    def test_a_test_message_goes_to_oneself(self):
        rule = self._make_rule(channel="mail", template_id=self.mail.id)
        before = self.env["mail.mail"].search([])
        rule.with_user(self.reviewer).action_test()
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.recipient_ids, self.reviewer.partner_id)
        rule.write({"channel": "sms", "sms_template_id": self.sms.id})
        with self.assertRaises(UserError):
            rule.with_user(self.reviewer).action_test()
        rule.channel = "activity"
        rule.with_user(self.reviewer).action_test()
        self.assertEqual(rule.activity_ids.user_id, self.reviewer)
        self.assertFalse(self.cares.search([]))

    def test_explanation_has_examples(self):
        rule = self._make_rule(level_ids=[Command.set(self.large.ids)])
        # 29 February and the days of the moon after 2 March 2026
        for text in ("02/28/2027", "09/25/2026", "02/05/2027", "level Large"):
            self.assertIn(text, rule.explanation)
        holiday = self._make_holiday_rule(3, 8)
        self.assertIn("03/08/2026, 03/08/2027, and 03/08/2028", holiday.explanation)
