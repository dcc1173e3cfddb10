from datetime import date
from unittest.mock import patch

from odoo import Command

from .common import CrmResourceCommon, new_user

DAY = date(2026, 6, 1)


class SurveyCommon(CrmResourceCommon):
    """A survey with an NPS question and another scale, and two salespeople."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["ir.cron"], "_commit_progress", return_value=60
            )
        )
        cls.rounds = cls.env["crm.resource.survey.round"]
        cls.rounds.search([]).state = "closed"
        cls.answers = cls.env["crm.resource.survey.answer"]
        cls.other = new_user(cls.env, "crm_other", "sales_team.group_sale_salesman")
        cls.mine = cls._make_customer(
            "Mine", email="mine@example.com", user_id=cls.salesperson.id
        )
        cls.others = cls._make_customer(
            "Others", email="others@example.com", user_id=cls.other.id
        )
        cls.both = cls.mine | cls.others
        cls.survey = cls._make_survey()
        cls.nps, cls.scale, cls.phone = cls.survey.question_ids

    def setUp(self):
        super().setUp()
        self._set_today(DAY)

    def _set_today(self, day):
        self.startPatcher(
            patch.object(
                self.env.registry["res.company"], "_get_today", return_value=day
            )
        )

    @classmethod
    def _make_survey(cls, **values):
        return cls.env["survey.survey"].create(
            {
                "title": "Satisfaction",
                "access_mode": "public",
                "scoring_type": "no_scoring",
                "user_id": cls.env.user.id,
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Recommend us?",
                            "question_type": "scale",
                            "crm_role": "nps",
                        }
                    ),
                    Command.create(
                        {
                            "title": "Delivery?",
                            "question_type": "scale",
                            "scale_min": 1,
                            "scale_max": 5,
                        }
                    ),
                    Command.create(
                        {
                            "title": "Phone?",
                            "question_type": "char_box",
                            "crm_role": "phone",
                        }
                    ),
                ],
                **values,
            }
        )

    def _make_round(self, user=None, **values):
        return self.rounds.with_user(user or self.reviewer).create(
            {
                "name": "Spring",
                "survey_id": self.survey.id,
                "receiver": "customer",
                "domain": repr([("id", "in", self.both.ids)]),
                **values,
            }
        )

    def _run(self, day=None):
        if day:
            self._set_today(day)
        self.rounds._cron_run()

    def _get_mails(self, partners=None):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", (partners or self.both).ids)]
        )

    def _get_lines(self, survey_round):
        return {
            line.customer_id: (line.state, line.reason)
            for line in survey_round.line_ids
        }

    def _answer(self, user_input, nps=None, scale=None, phone=None):
        for question, value in (
            (self.nps, nps),
            (self.scale, scale),
            (self.phone, phone),
        ):
            if value is not None:
                user_input._save_lines(question, str(value))
        user_input._mark_done()

    def _answer_unasked(self, partner=None, email=False, **values):
        user_input = self.survey._create_answer(partner=partner, email=email)
        self._answer(user_input, **values)
        return self.answers.search([("input_id", "=", user_input.id)])
