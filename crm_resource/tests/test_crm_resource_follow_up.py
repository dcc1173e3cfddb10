from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import CrmResourceCommon, new_users

NOW = "2026-03-16 08:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmResourceFollowUp(CrmResourceCommon):
    """Whom somebody has to get in touch with, and until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.ben, cls.boss = new_users(
            cls.env,
            {
                f"follow_{name}": "sales_team.group_sale_salesman"
                for name in ("ann", "ben", "boss")
            },
        )
        cls.team = cls.env["crm.team"].create({"name": "East", "user_id": cls.boss.id})
        cls.team.member_ids = cls.ann

    def _make_held(self, last=None, begin="2025-06-10 08:00:00", level=None, **values):
        """A customer of Ann, whom somebody talked to on a day."""
        customer = self._make_customer(
            **{"user_id": self.ann.id, "team_id": self.team.id, **values}
        )
        customer.date_held_from = begin
        customer.standing_id.write({"date_last_contact": last})
        if level:
            customer.standing_id.level_id = level
        return customer

    def _get_due(self, *records, user=None):
        """Return the days on which these are to be followed up, by record."""
        self.env.flush_all()
        duties = self.env["crm.resource.follow.up"].with_user(user or self.reviewer)
        found = {}
        for duty in duties.search([]):
            found[(duty.lead_id or duty.partner_id).sudo(False).with_env(self.env)] = (
                duty.date_due
            )
        return [found.get(record) for record in records]

    def test_once_in_each_month(self):
        for last, expected in (
            (date(2026, 3, 1), None),
            (date(2026, 2, 28), date(2026, 3, 31)),
            (date(2026, 2, 1), date(2026, 3, 31)),
            (date(2026, 1, 31), date(2026, 2, 28)),
            (date(2024, 1, 1), date(2025, 7, 31)),  # before he was given the customer
            (None, date(2025, 7, 31)),
        ):
            with self.subTest(last=last):
                customer = self._make_held(last)
                self.assertEqual(self._get_due(customer), [expected])

    def test_whoever_just_got_a_customer_has_time(self):
        fresh = self._make_held(begin="2026-03-02 08:00:00")
        lately = self._make_held(begin="2026-02-27 08:00:00")
        self.assertEqual(self._get_due(fresh, lately), [None, date(2026, 3, 31)])

    def test_interval_of_the_level(self):
        self.large.contact_days = 10
        due = self._make_held(date(2026, 3, 6), level=self.large)
        fresh = self._make_held(date(2026, 3, 7), level=self.large)
        slack = self._make_held(date(2026, 2, 1), level=self.small)
        self.assertEqual(
            self._get_due(due, fresh, slack),
            [date(2026, 3, 16), None, date(2026, 3, 31)],
        )
        self.large.contact_days = 60
        seldom = self._make_held(date(2026, 1, 20), level=self.large)
        self.assertEqual(self._get_due(seldom), [None])

    def test_whom_nobody_has_to_follow_up(self):
        last = date(2026, 1, 5)
        pooled = self._make_held(last)
        pooled.user_id = False
        archived = self._make_held(last)
        archived.active = False
        ended = self._make_held(last)
        ended.sudo().write({"date_terminated": "2026-02-01"})
        entered = self._make_held(last, customer_state="new")
        self.assertEqual(self._get_due(pooled, archived, ended, entered), [None] * 4)

    def _make_lead(self, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Lamps",
                "type": "opportunity",
                "user_id": self.ann.id,
                "team_id": self.team.id,
                **values,
            }
        )
        self.env.flush_all()
        begin = datetime(2026, 1, 12)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s"
            " WHERE id = %s",
            [begin, begin, lead.id],
        )
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE model = 'crm.lead'"
            " AND res_id = %s",
            [begin, lead.id],
        )
        lead.invalidate_recordset()
        return lead

    def test_opportunities(self):
        lead = self._make_lead()
        self.assertEqual(self._get_due(lead), [date(2026, 2, 28)])
        lead.message_post(body="Nothing new", message_type="comment")
        self.assertEqual(self._get_due(lead), [None])

    def test_what_counts_for_opportunities(self):
        met = self._make_lead()
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "opportunity_id": met.id,
                "start": "2026-03-03 08:00:00",
                "stop": "2026-03-03 09:00:00",
            }
        )
        planned = self._make_lead()
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "opportunity_id": planned.id,
                "start": "2026-03-20 08:00:00",
                "stop": "2026-03-20 09:00:00",
            }
        )
        called = self._make_lead()
        called.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.ann.id
        ).action_feedback()
        moved = self._make_lead()
        moved.stage_id = self.env["crm.stage"].search(
            [("id", "!=", moved.stage_id.id), ("is_won", "=", False)], limit=1
        )
        won, lost = self._make_lead(), self._make_lead()
        won.action_set_won()
        lost.action_set_lost()
        self.assertEqual(
            self._get_due(met, planned, called, moved, won, lost),
            [None, date(2026, 2, 28), None, None, None, None],
        )

    def test_the_level_of_the_customer_counts_for_his_opportunities(self):
        self.large.contact_days = 90
        customer = self._make_held(date(2026, 3, 10), level=self.large)
        lead = self._make_lead(partner_id=customer.id)
        self.assertEqual(self._get_due(lead), [None])
        self.large.contact_days = 20
        self.assertEqual(self._get_due(lead), [date(2026, 2, 1)])

    def test_who_sees_what(self):
        customer = self._make_held(date(2026, 2, 1))
        lead = self._make_lead()
        day = date(2026, 3, 31)
        for user, expected in (
            (self.ann, [day, date(2026, 2, 28)]),
            (self.boss, [day, date(2026, 2, 28)]),
            (self.ben, [None, None]),
        ):
            with self.subTest(user.login):
                self.assertEqual(self._get_due(customer, lead, user=user), expected)

    def test_open(self):
        customer = self._make_held(date(2026, 2, 1))
        self.env.flush_all()
        duty = self.env["crm.resource.follow.up"].search(
            [("partner_id", "=", customer.id)]
        )
        action = duty.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", customer.id)
        )
        self.assertEqual(duty.days_since, 43)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmResourceLogin(CrmResourceCommon):
    """Who has not been here for long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.gone, cls.never, cls.boss, cls.other = new_users(
            cls.env,
            {
                f"login_{name}": "sales_team.group_sale_salesman"
                for name in ("here", "gone", "never", "boss", "other")
            },
        )
        cls.team = cls.env["crm.team"].create({"name": "East", "user_id": cls.boss.id})
        cls.team.member_ids = cls.here | cls.gone | cls.never
        cls.company.crm_login_days = 14
        cls.env.flush_all()
        for user, day in ((cls.here, "2026-03-03"), (cls.gone, "2026-03-02")):
            cls.env.cr.execute(
                "INSERT INTO res_users_log (create_uid, create_date) VALUES (%s, %s)",
                [user.id, day],
            )
        cls.env.cr.execute(
            "UPDATE res_users SET create_date = '2026-01-01' WHERE id = ANY(%s)",
            [(cls.here | cls.gone | cls.never | cls.boss).ids],
        )
        cls.env.invalidate_all()

    def _get_missing(self, user=None):
        logins = self.env["crm.resource.login"].with_user(user or self.reviewer)
        users = logins.search([("is_missing", "=", True)]).user_id
        return users.with_env(self.env) & (
            self.here | self.gone | self.never | self.boss | self.other
        )

    def test_days(self):
        self.assertEqual(self._get_missing(), self.gone | self.never | self.boss)
        self.company.crm_login_days = 13
        self.assertEqual(
            self._get_missing(), self.here | self.gone | self.never | self.boss
        )
        self.company.crm_login_days = 0
        self.assertFalse(self._get_missing())

    def test_who_sees_whom(self):
        self.assertEqual(
            self._get_missing(self.boss), self.gone | self.never | self.boss
        )
        self.assertEqual(self._get_missing(self.gone), self.gone)
        self.assertFalse(self._get_missing(self.other))

    def test_leave(self):
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.gone.id,
                "date_from": "2026-03-10",
                "date_to": "2026-03-20",
            }
        )
        login = self.env["crm.resource.login"].search(
            [("user_id", "in", (self.gone | self.never).ids)]
        )
        self.assertEqual(
            {entry.user_id: entry.is_away for entry in login},
            {self.gone: True, self.never: False},
        )
