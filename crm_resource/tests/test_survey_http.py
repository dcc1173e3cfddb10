from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import new_user


@tagged("post_install", "-at_install")
class TestSurveyHttp(HttpCase):
    """What participants see, who do not log in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = new_user(
            cls.env, "crm_sales", "sales_team.group_sale_salesman"
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Known",
                "is_company": True,
                "customer_state": "approved",
                "email": "known@example.com",
                "user_id": cls.salesperson.id,
            }
        )
        cls.product = cls.env["product.product"].create({"name": "Lamp <b>X</b>"})
        cls.survey = cls.env["survey.survey"].create(
            {
                "title": "Light",
                "access_mode": "public",
                "lang_ids": [Command.set(cls.env.ref("base.lang_en").ids)],
                "questions_layout": "one_page",
                "scoring_type": "no_scoring",
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
                            "title": "E-mail?",
                            "question_type": "char_box",
                            "save_as_email": True,
                        }
                    ),
                ],
                "crm_proposal_ids": [
                    Command.create(
                        {
                            "score_from": 80,
                            "product_id": cls.product.id,
                            "reason": "Bright",
                        }
                    )
                ],
            }
        )

    def _call(self, step, token, **params):
        return self.make_jsonrpc_request(
            f"/survey/{step}/{self.survey.access_token}/{token}", params
        )

    def _take(self, nps, email):
        """Answer by the routes; return the answer and the last page."""
        page = self.url_open(f"/survey/start/{self.survey.access_token}")
        token = page.url.rsplit("/", 1)[-1].split("?")[0]
        self._call("begin", token)
        recommend, address = self.survey.question_ids
        answers = {str(recommend.id): str(nps), str(address.id): email}
        last = str(self._call("submit", token, **answers))
        self.opener.cookies.clear()
        user_input = self.env["survey.user_input"].search(
            [("access_token", "=", token)]
        )
        return user_input, last.replace(token, "TOKEN")

    def test_the_page_tells_nothing(self):
        """Whether the address is that of a customer, nobody learns."""
        known, page = self._take(9, "known@example.com")
        stranger, other = self._take(9, "nobody@example.com")
        self.assertEqual(page, other)
        kept = self.env["crm.resource.survey.answer"].search(
            [("input_id", "in", (known | stranger).ids)]
        )
        self.assertEqual(kept.input_id, known)
        self.assertEqual(kept.customer_id, self.customer)
        self.assertEqual(kept.score, 90)

    def test_proposals_on_the_last_page(self):
        _answer, page = self._take(9, "nobody@example.com")
        self.assertIn("What we propose", page)
        self.assertIn("Bright", page)
        # names are text
        self.assertIn("Lamp &lt;b&gt;X&lt;/b&gt;", page)
        _answer, page = self._take(7, "nobody@example.com")
        self.assertNotIn("What we propose", page)
