from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_survey import DAY, SurveyCommon


@tagged("post_install", "-at_install")
class TestCrmResourceSurveyVote(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ballots = cls.env["crm.resource.survey.ballot"]
        cls.poll = cls.env["survey.survey"].create(
            {
                "title": "Which colour?",
                "access_mode": "public",
                "scoring_type": "no_scoring",
                "crm_is_vote": True,
                "crm_date_close": DAY + timedelta(days=200),
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Which colour?",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                Command.create({"value": "Red"}),
                                Command.create({"value": "Blue"}),
                            ],
                        }
                    )
                ],
            }
        )
        cls.red, cls.blue = cls.poll.question_ids.suggested_answer_ids

    def _vote(self, choice, **who):
        user_input = self.poll._create_answer(**who)
        user_input._save_lines(self.poll.question_ids, str(choice.id))
        user_input._mark_done()

    def _get_votes(self):
        return dict(
            self.ballots._read_group(
                [("survey_id", "=", self.poll.id)], ["choice_id"], ["__count"]
            )
        )

    def test_everybody_votes_once(self):
        contact = self.env["res.partner"].create(
            {"name": "Mei", "parent_id": self.mine.id}
        )
        self._vote(self.red, partner=self.mine)
        self._vote(self.blue, partner=self.mine)
        self._vote(self.blue, partner=contact)
        self._vote(self.red, partner=self.others)
        self._vote(self.blue, user=self.salesperson)
        self._vote(self.red, user=self.salesperson)
        self.assertEqual(self._get_votes(), {self.red: 2, self.blue: 1})

    def test_strangers_do_not_vote(self):
        self._vote(self.red, email="nobody@example.com")
        self._vote(self.red, email="mine@example.com")
        self.assertFalse(self._get_votes())

    def test_closed(self):
        self.poll.crm_date_close = DAY
        user_input = self.poll._create_answer(partner=self.mine)
        self.assertEqual(user_input.deadline.date(), DAY)
        self._set_today(DAY + timedelta(days=1))
        self._vote(self.red, partner=self.mine)
        self.assertFalse(self._get_votes())

    def test_no_double_rows(self):
        self._vote(self.red, partner=self.mine)
        ballot = self.ballots.search([("survey_id", "=", self.poll.id)])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            ballot.copy()

    def test_rights(self):
        self._vote(self.red, partner=self.mine)
        ballot = self.ballots.search([("survey_id", "=", self.poll.id)])
        seen = ballot.with_user(self.other)
        self.assertEqual(seen.read(["choice_id"])[0]["choice_id"][0], self.red.id)
        self.assertEqual(
            self.red.with_context(crm_show_choice=True).display_name, "Red"
        )
        # results do not say who voted for what
        with self.assertRaises(AccessError):
            seen.read(["voter_id"])
        with self.assertRaises(AccessError):
            ballot.with_user(self.reviewer).write({"choice_id": self.blue.id})
        with self.assertRaises(ValidationError):
            self.survey.crm_is_vote = True
