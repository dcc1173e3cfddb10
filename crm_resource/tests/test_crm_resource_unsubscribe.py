import re
from ast import literal_eval

from odoo.tests import HttpCase, tagged

from .common_care import CareCase


@tagged("post_install", "-at_install")
class TestUnsubscribeLink(CareCase):
    def setUp(self):
        super().setUp()
        self.person = self._make_born(3, 2)
        self._make_rule(channel="mail", template_id=self.mail.id)

    def test_mails_have_a_link_and_a_header(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.person.lang = "zh_CN"
        mail = self._run().sudo().mail_id
        tokens = re.findall(r"/crm_resource/unsubscribe/([\w-]+)", mail.body_html)
        self.assertEqual(len(tokens), 1)
        blacklist = self.env["mail.blacklist"]
        self.assertEqual(
            blacklist._read_unsubscribe_token(tokens[0]), ("ann@example.com", "zh_CN")
        )
        headers = literal_eval(mail.headers)
        self.assertIn(
            f"/crm_resource/unsubscribe_oneclick/{tokens[0]}>",
            headers["List-Unsubscribe"],
        )
        (sent,) = mail._prepare_outgoing_list()
        self.assertEqual(
            sent["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click"
        )
        # colleagues read the mail on the customer's page
        self.assertNotIn("unsubscribe", mail.mail_message_id.body)

    def test_whoever_unsubscribed_is_not_greeted(self):
        self.env["mail.blacklist"]._unsubscribe("ann@example.com")
        self.assertRecordValues(
            self._run(), [{"state": "skipped", "reason": "blacklist"}]
        )

    def test_foreign_tokens(self):
        blacklist = self.env["mail.blacklist"]
        token = blacklist._get_unsubscribe_token("ann@example.com", "xx_XX")
        self.assertEqual(
            blacklist._read_unsubscribe_token(token), ("ann@example.com", None)
        )
        flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
        for bad in ("", "x", "é", "abc", flipped[:-4], token[:60], token[4:]):
            self.assertEqual(blacklist._read_unsubscribe_token(bad), (None, None), bad)


@tagged("post_install", "-at_install")
class TestUnsubscribePage(HttpCase):
    def setUp(self):
        super().setUp()
        self.blacklist = self.env["mail.blacklist"]
        self.token = self.blacklist._get_unsubscribe_token("ann@example.com", "en_US")
        self.url = f"/crm_resource/unsubscribe/{self.token}"

    def _is_refused(self):
        return bool(self.blacklist.search([("email", "=", "ann@example.com")]))

    def test_only_the_answer_unsubscribes(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("ann@example.com", page.text)
        self.assertIn("<title>Unsubscribe</title>", page.text)
        self.assertFalse(self._is_refused())
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        answer = self.url_open(self.url, data={"csrf_token": csrf})
        self.assertIn("You are unsubscribed", answer.text)
        self.assertTrue(self._is_refused())

    def test_the_page_speaks_the_language_of_the_receiver(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        token = self.blacklist._get_unsubscribe_token("ann@example.com", "zh_CN")
        view = self.env.ref("crm_resource.care_unsubscribe_page")
        view.update_field_translations(
            "arch_db", {"zh_CN": {"Unsubscribe?": "是否退订？"}}
        )
        page = self.url_open(f"/crm_resource/unsubscribe/{token}")
        self.assertIn("是否退订？", page.text)

    def test_an_answer_without_the_page_is_refused(self):
        self.url_open(self.url, data={"csrf_token": "x"})
        self.assertFalse(self._is_refused())

    def test_button_of_the_mail_program(self):
        url = f"/crm_resource/unsubscribe_oneclick/{self.token}"
        self.assertEqual(self.url_open(url).status_code, 405)
        self.assertFalse(self._is_refused())
        answer = self.url_open(url, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(self._is_refused())

    def test_tokens_of_others(self):
        for path in ("unsubscribe", "unsubscribe_oneclick"):
            answer = self.url_open(f"/crm_resource/{path}/nonsense", data={"a": "b"})
            self.assertIn(answer.status_code, (400, 404))
        page = self.url_open("/crm_resource/unsubscribe/nonsense")
        self.assertEqual(page.status_code, 404)
        self.assertIn("not valid", page.text)
