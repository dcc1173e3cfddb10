from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import new_user
from .common_survey import SurveyCommon


@tagged("post_install", "-at_install")
class TestCrmResourceSurveyProposal(SurveyCommon):
    """A questionnaire: whoever wants light is proposed a lamp."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Lamps"})
        cls.product.categ_id = cls.category
        cls.second = cls.env["product.product"].create({"name": "Chair"})
        cls.source = cls.env["utm.source"].create({"name": "Questionnaire"})
        cls.campaign = cls.env["utm.campaign"].create({"title": "Light"})
        cls.form = cls.env["crm.resource.web.form"].create(
            {
                "name": "Questionnaire",
                "user_id": cls.reviewer.id,
                "assign": "rules",
                "source_id": cls.source.id,
                "campaign_id": cls.campaign.id,
            }
        )
        cls.agent = new_user(cls.env, "crm_agent", "sales_team.group_sale_salesman")
        cls.env["crm.resource.allocation.rule"].search([]).active = False
        cls.rule = cls.env["crm.resource.allocation.rule"].create(
            {
                "name": "Lamps",
                "method": "round_robin",
                "interest_categ_ids": [Command.link(cls.category.id)],
                "member_ids": [Command.create({"user_id": cls.agent.id})],
            }
        )
        cls.want = cls.env["survey.question"].create(
            {
                "title": "What do you want?",
                "survey_id": cls.survey.id,
                "question_type": "simple_choice",
                "suggested_answer_ids": [
                    Command.create({"value": "Light"}),
                    Command.create({"value": "A seat"}),
                ],
            }
        )
        cls.light, cls.seat = cls.want.suggested_answer_ids
        cls.survey.write(
            {
                "crm_form_id": cls.form.id,
                "crm_proposal_ids": [
                    Command.create(
                        {
                            "answer_id": cls.light.id,
                            "product_id": cls.product.id,
                            "reason": "It is bright",
                        }
                    ),
                    Command.create(
                        {
                            "score_from": 80,
                            "score_to": 100,
                            "product_id": cls.second.id,
                        }
                    ),
                ],
            }
        )

    def _fill_in(self, answer=None, partner=None, email=False, **values):
        user_input = self.survey._create_answer(partner=partner, email=email)
        user_input._save_lines(self.want, str((answer or self.light).id))
        self._answer(user_input, **values)
        return user_input

    def _get_leads(self):
        self.env["crm.resource.web.submission"]._cron_process()
        return self.env["crm.lead"].search([("source_id", "=", self.source.id)])

    def test_proposals(self):
        """Light proposes the lamp; 80 % or more the chair."""
        for answer, nps, products in (
            (self.light, 7, self.product),
            (self.light, 8, self.product | self.second),
            (self.seat, 10, self.second),
            (self.seat, 7, self.product.browse()),
        ):
            user_input = self._fill_in(answer, nps=nps)
            self.assertEqual(user_input.crm_proposal_ids.product_id, products)

    def test_lead_of_a_stranger(self):
        """He goes to the agent of the product."""
        user_input = self._fill_in(email="new@example.com", nps=1, phone="+32470000009")
        lead = self._get_leads()
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.user_id, self.agent)
        self.assertEqual(lead.campaign_id, self.campaign)
        self.assertEqual(lead.phone, "+32470000009")
        for text in ("What do you want?: Light", "Lamp: It is bright"):
            self.assertIn(text, lead.description)
        user_input._mark_done()
        self.assertEqual(self._get_leads(), lead)

    def test_lead_of_a_customer(self):
        self._fill_in(partner=self.mine, nps=1)
        lead = self._get_leads()
        self.assertEqual(lead.partner_id, self.mine)
        self.assertEqual(lead.user_id, self.salesperson)
        # the next answer extends what is open
        self._fill_in(self.seat, partner=self.mine, nps=9)
        self.assertEqual(self._get_leads(), lead)
        self.assertIn("A seat", "".join(lead.message_ids.mapped("body")))

    def test_two_firms_with_an_address(self):
        """Who was asked is known, whoever else has his address."""
        self._make_customer("Twin", email="mine@example.com", user_id=self.other.id)
        self._fill_in(partner=self.mine, nps=1)
        self.assertEqual(self._get_leads().partner_id, self.mine)

    def test_full_day_waits(self):
        self.form.day_limit = 1
        self._fill_in(email="one@example.com")
        self._fill_in(email="two@example.com")
        states = self.env["crm.resource.web.submission"].search(
            [("form_id", "=", self.form.id)], order="id"
        )
        self.assertEqual(states.mapped("state"), ["new", "queued"])

    def test_checks(self):
        other = self._make_survey()
        with self.assertRaisesRegex(ValidationError, "is no answer"):
            other.crm_proposal_ids = [
                Command.create(
                    {"answer_id": self.light.id, "product_id": self.product.id}
                )
            ]
        proposal = self.survey.crm_proposal_ids[:1]
        with self.assertRaises(AccessError):
            proposal.with_user(self.salesperson).read(["reason"])
        with self.assertRaises(AccessError):
            proposal.with_user(self.reviewer).write({"reason": "Mine"})
