from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import crm_resource_care_rule_run as run
from .common_care import CareCase
from .common_nightly import MONDAY


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
