from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_survey import DAY, SurveyCommon


@tagged("post_install", "-at_install")
class TestCrmResourceSurveyRound(SurveyCommon):
    def test_who_is_due(self):
        """Mine answered 100 days ago, Others was asked 20 days ago."""
        self.env["mail.blacklist"]._add("black@example.com")
        black = self._make_customer(
            "Black", email="black@example.com", user_id=self.salesperson.id
        )
        silent = self._make_customer("Silent", user_id=self.salesperson.id)
        self._set_today(DAY - timedelta(days=100))
        self._answer_unasked(self.mine, nps=9)
        self._set_today(DAY - timedelta(days=20))
        first = self._make_round(domain=repr([("id", "=", self.others.id)]))
        first.action_start()
        self._run()
        everybody = self.both | black | silent
        self._set_today(DAY)
        second = self._make_round(
            domain=repr([("id", "in", everybody.ids)]),
            days_answered=101,
            days_asked=21,
        )
        second.action_preview()
        self.assertEqual(
            self._get_lines(second),
            {
                self.mine: ("skipped", "answered"),
                self.others: ("skipped", "asked"),
                black: ("skipped", "blacklist"),
                silent: ("skipped", "no_email"),
            },
        )
        self.assertEqual((second.asked_count, second.skipped_count), (0, 4))
        # on the very day they are due again
        second.write({"days_answered": 100, "days_asked": 20})
        second.action_preview()
        due = self._get_lines(second)
        self.assertEqual(due[self.mine], ("planned", False))
        self.assertEqual(due[self.others], ("planned", False))

    def test_interval_of_a_level(self):
        self.mine.standing_id.level_id = self.large
        self.others.standing_id.level_id = self.small
        self._set_today(DAY - timedelta(days=50))
        self._answer_unasked(self.mine, nps=9)
        self._answer_unasked(self.others, nps=9)
        self._set_today(DAY)
        survey_round = self._make_round(
            interval_ids=[Command.create({"level_id": self.large.id, "days": 50})]
        )
        survey_round.action_preview()
        self.assertEqual(
            self._get_lines(survey_round),
            {self.mine: ("planned", False), self.others: ("skipped", "answered")},
        )
        survey_round.level_ids = self.large
        survey_round.action_preview()
        self.assertEqual([*self._get_lines(survey_round)], [self.mine])

    def test_send_once(self):
        survey_round = self._make_round()
        survey_round.action_start()
        self.assertEqual(survey_round.state, "running")
        self._run()
        self._run()
        mails = self._get_mails()
        self.assertEqual(len(mails), 2)
        self.assertEqual(mails.recipient_ids, self.both)
        for line in survey_round.line_ids:
            mail = mails.filtered(lambda m, one=line: m.recipient_ids == one.partner_id)
            token = line.sudo().input_id.access_token
            self.assertIn(f"?answer_token={token}", mail.body_html)
            self.assertIn("/crm_resource/unsubscribe/", mail.body_html)
            # what stays on the page of the customer does not hold the key
            self.assertNotIn(token, mail.mail_message_id.body)
        self.assertEqual(len(self.survey.user_input_ids), 2)

    def test_killed_in_the_middle(self):
        survey_round = self._make_round()
        survey_round.action_start()
        path = "odoo.addons.crm_resource.models.crm_resource_survey_round_send"
        stop = patch.object(
            self.env.registry["ir.cron"], "_commit_progress", side_effect=[60, 0]
        )
        with patch(f"{path}.BATCH_SIZE", 1), stop:
            self._run()
        self.assertEqual(len(self._get_mails()), 1)
        self._run()
        self.assertEqual(self._get_mails().recipient_ids, self.both)
        self.assertEqual(len(self._get_mails()), 2)

    def test_nobody_is_asked_twice(self):
        survey_round = self._make_round()
        survey_round.action_start()
        line = survey_round.line_ids[:1].sudo()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            line.copy({"state": "planned"})

    def test_one_failure_keeps_back_nobody(self):
        survey_round = self._make_round()
        survey_round.action_start()
        make_inputs = self.env.registry["crm.resource.survey.round"]._make_inputs

        def fail_for_mine(record, lines):
            if self.mine in lines.partner_id:
                raise ValueError("No")
            return make_inputs(record, lines)

        with (
            patch.object(
                self.env.registry["crm.resource.survey.round"],
                "_make_inputs",
                fail_for_mine,
            ),
            mute_logger(
                "odoo.addons.crm_resource.models.crm_resource_survey_round_send"
            ),
        ):
            self._run()
        self.assertEqual(
            self._get_lines(survey_round),
            {self.mine: ("failed", False), self.others: ("sent", False)},
        )

    def test_remind_once(self):
        self.others.lang = "en_US"
        survey_round = self._make_round(remind_days=7)
        survey_round.action_start()
        self._run()
        line = survey_round.line_ids.filtered(lambda one: one.customer_id == self.mine)
        self._answer(line.sudo().input_id, nps=9)
        self._run(DAY + timedelta(days=6))
        self.assertEqual(len(self._get_mails()), 2)
        self._run(DAY + timedelta(days=7))
        self._run(DAY + timedelta(days=8))
        self._run(DAY + timedelta(days=30))
        self.assertEqual(len(self._get_mails(self.mine)), 1)
        reminded = self._get_mails(self.others)
        self.assertEqual(len(reminded), 2)
        self.assertIn("May we ask you once more?", reminded.mapped("subject"))
        self.assertEqual(
            self._get_lines(survey_round),
            {self.mine: ("answered", False), self.others: ("reminded", False)},
        )

    def test_no_reminder_after_refusal(self):
        survey_round = self._make_round()
        survey_round.action_start()
        self._run()
        self.others.is_care_refused = True
        self._run(DAY + timedelta(days=7))
        self.assertEqual(len(self._get_mails(self.others)), 1)
        self.assertEqual(
            self._get_lines(survey_round)[self.others], ("sent", "opt_out")
        )

    def test_close_and_repeat(self):
        survey_round = self._make_round(
            date_close=DAY + timedelta(days=10), repeat_months=3, days_answered=0
        )
        survey_round.action_start()
        self._run()
        user_input = survey_round.line_ids[:1].sudo().input_id
        self.assertEqual(user_input.deadline.date(), DAY + timedelta(days=10))
        self._run(DAY + timedelta(days=10))
        self.assertEqual(survey_round.state, "running")
        self._run(DAY + timedelta(days=11))
        self._run(DAY + timedelta(days=11))
        self.assertEqual(survey_round.state, "closed")
        following = self.rounds.search([("previous_id", "=", survey_round.id)])
        self.assertEqual(len(following), 1)
        self.assertEqual(str(following.date_start), "2026-09-01")
        self.assertEqual(str(following.date_close), "2026-09-11")
        self.assertEqual(following.state, "scheduled")
        self.assertEqual(following.responsible_id, self.reviewer)
        self._run(following.date_start)
        self.assertEqual(following.state, "running")
        self.assertEqual(len(self._get_mails()), 6)

    def test_stops_without_responsible(self):
        survey_round = self._make_round(date_start=DAY + timedelta(days=1))
        survey_round.action_start()
        self.assertEqual(survey_round.state, "scheduled")
        self.reviewer.active = False
        with mute_logger(
            "odoo.addons.crm_resource.models.crm_resource_survey_round_send"
        ):
            self._run(DAY + timedelta(days=1))
        self.assertEqual(survey_round.sudo().state, "failed")
        self.assertFalse(self._get_mails())

    def test_refusals(self):
        survey_round = self._make_round()
        survey_round.write({"state": "running"})
        self.assertEqual(survey_round.state, "draft")
        born = self._make_round(state="running")
        self.assertEqual(born.state, "draft")
        self.survey.users_login_required = True
        with self.assertRaisesRegex(UserError, "cannot be answered by customers"):
            survey_round.action_start()
        self.survey.users_login_required = False
        empty = self._make_round(domain="[('id', '=', 0)]")
        with self.assertRaisesRegex(UserError, "Nobody would be asked"):
            empty.action_start()
        survey_round.action_start()
        with self.assertRaisesRegex(UserError, "has been started"):
            survey_round.level_ids = self.large
        with self.assertRaisesRegex(UserError, "cannot be done any more"):
            survey_round.action_start()
        with self.assertRaisesRegex(UserError, "is kept"):
            survey_round.unlink()
        with self.assertRaises(AccessError):
            self._make_round(self.salesperson)
        with self.assertRaises(AccessError):
            survey_round.with_user(self.salesperson).action_close()

    def test_rights(self):
        survey_round = self._make_round()
        survey_round.action_start()
        lines = self.env["crm.resource.survey.line"]
        mine = lines.with_user(self.salesperson).search(
            [("round_id", "=", survey_round.id)]
        )
        self.assertEqual(mine.customer_id, self.mine)
        with self.assertRaises(AccessError):
            mine.with_user(self.salesperson).input_id  # noqa: B018
        with self.assertRaises(AccessError):
            mine.with_user(self.other).read(["state"])
        with self.assertRaises(AccessError):
            mine.with_user(self.reviewer).write({"state": "answered"})
