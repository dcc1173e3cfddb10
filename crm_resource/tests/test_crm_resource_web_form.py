import re
import time
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import hash_sign

from ..models.crm_resource_web_form_accept import STAMP_SCOPE
from .common_web import SITE, WebFormHttpCase


@tagged("post_install", "-at_install")
class TestWebFormPost(WebFormHttpCase):
    """What visitors of the company's site send, as browsers and machines send it."""

    def test_a_post_is_kept_as_it_came(self):
        self.form.consent_text = "Keep my data."
        answer = self._post(
            firm="Acme", text="Two\r\nlamps", consent="1", headers={"Origin": SITE}
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Thank you", answer.text)
        kept = self._get_submissions(self.form)
        self.assertRecordValues(
            kept,
            [
                {
                    "state": "new",
                    "label": "Acme",
                    "email": "ann@example.com",
                    "origin": SITE,
                    "consent_text": "Keep my data.",
                    "lead_id": False,
                    "answer_text": "Firm: Acme\nName: Ann\nE-mail: ann@example.com\n"
                    "Wish: Two\nlamps",
                }
            ],
        )
        self.assertTrue(kept.date_consent)
        self.assertNotIn("127.0.0.1", kept.address_hash)

    def test_other_parameters_are_left_out(self):
        lead_stage = self.env["crm.stage"].search([], limit=1)
        self._post(
            user_id=str(self.person.id), stage_id=str(lead_stage.id), company_id="99"
        )
        kept = self._get_submissions(self.form)
        self.assertEqual(
            [answer["label"] for answer in kept.answers], ["Name", "E-mail"]
        )
        self.assertEqual(kept.company_id, self.form.company_id)

    def test_what_is_wrong_is_refused_in_words(self):
        for answers, text in (
            ({"person": ""}, "“Name” is missing"),
            ({"text": "x" * 101}, "at most 100 characters"),
            ({"email": "ann"}, "no e-mail address"),
            ({"phone": "call me"}, "no phone number"),
            ({"person": "A\nB"}, "cannot be read"),
            ({"person": "A\x00B"}, "cannot be read"),
            ({"text": "\x1b[31m"}, "cannot be read"),
        ):
            with self.subTest(answers=answers):
                answer = self._post(**answers)
                self._check_refused(answer, 400)
                self.assertIn(text, answer.text)

    def test_types(self):
        lamp = self.env["product.product"].create({"name": "Lamp <b>"})
        self.form.field_ids = [
            Command.create({"label": "Count", "type": "number"}),
            Command.create({"label": "Day", "type": "date"}),
            Command.create(
                {"label": "When", "type": "choice", "choices": "Now\nLater"}
            ),
            Command.create(
                {"label": "What", "type": "product", "product_ids": lamp.ids}
            ),
        ]
        number, day, when, what = (
            field._get_name() for field in self.form.field_ids[-4:]
        )
        for wrong in (
            {number: "nan"},
            {number: "1e999"},
            {number: "１"},
            {day: "31.3.2026"},
            {when: "Never"},
            {what: str(lamp.id + 1)},
            {what: "Lamp"},
        ):
            with self.subTest(wrong=wrong):
                self._check_refused(self._post(**wrong), 400)
        self._post(
            **{number: "2.5", day: "2026-03-31", when: "Later", what: str(lamp.id)}
        )
        self.assertIn(
            "Count: 2.5\nDay: 2026-03-31\nWhen: Later\nWhat: Lamp <b>",
            self._get_submissions(self.form).answer_text,
        )

    def test_a_field_sent_twice(self):
        name = self.form.field_ids[1]._get_name()
        body = f"{name}=Ann&{name}=Bob"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._check_refused(self._post(body.encode(), headers=headers), 400)
        answer = self._post(f"{name}=Ann".encode(), headers=headers)
        self.assertEqual(answer.status_code, 200)

    @mute_logger("odoo.http")
    def test_what_is_no_text(self):
        name = self.form.field_ids[1]._get_name()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for body in (f"{name}=%FF%FE", f"{name}=A%C3", f"%ED%A0%80={name}&{name}=A"):
            self._check_refused(self._post(body.encode(), headers=headers), 400)
        self._check_refused(
            self._post(f"{name}=\xff".encode("latin-1"), headers=headers), 400
        )
        for kind in ("application/json", "text/plain", "application/xml"):
            answer = self._post(b'{"a": "b"}', headers={"Content-Type": kind})
            self.assertIn(answer.status_code, (400, 415))
            self._check_refused(answer, answer.status_code)

    @mute_logger("odoo.http")
    def test_too_much_to_read(self):
        self._check_refused(self._post(text="x" * 70_000), 413)
        answer = self.url_open(
            self.url, data=self._get_post(self.form), files={"f": ("a", b"x" * 70_000)}
        )
        self._check_refused(answer, 413)
        answer = self.url_open(
            self.url, data=self._get_post(self.form), files={"f": ("a.txt", b"x")}
        )
        self._check_refused(answer, 400)
        self.assertIn("no files", answer.text)

    def test_sites(self):
        for headers, status in (
            ({"Origin": "https://evil.example.com"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "https://www.example.com.evil.org"}, 403),
            ({"Origin": "http://www.example.com"}, 403),
            ({"Referer": "https://evil.example.com/a"}, 403),
        ):
            with self.subTest(headers=headers):
                answer = self._post(headers=headers)
                self._check_refused(answer, status)
                self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
        self.form.is_origin_required = True
        self._check_refused(self._post(), 403)
        answer = self._post(headers={"Referer": f"{SITE}/contact"})
        self.assertEqual(answer.status_code, 200)
        answer = self._post(person="Bob", headers={"Origin": SITE})
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], SITE)
        own = self.form._get_own_origin()
        answer = self._post(person="Cid", headers={"Origin": own})
        self.assertEqual(answer.status_code, 200)

    def test_questions_of_browsers_before_a_post(self):
        asked = {"Access-Control-Request-Method": "POST"}
        answer = self.opener.options(
            self.base_url() + self.url, headers={"Origin": SITE, **asked}
        )
        self.assertEqual(answer.status_code, 204)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], SITE)
        answer = self.opener.options(
            self.base_url() + self.url,
            headers={"Origin": "https://evil.example.com", **asked},
        )
        self.assertNotIn("Access-Control-Allow-Origin", answer.headers)

    def test_closed_and_unknown_forms_are_alike(self):
        closed = self._make_form(active=False)
        pages = [
            self.url_open(path)
            for path in (closed._get_path(), "/crm_resource/form/nonsense")
        ]
        pages.append(self._post(form=closed))
        pages.append(self.url_open(f"{closed._get_path()}/stamp"))
        texts = {re.sub(r'nonce="[^"]+"', "", page.text) for page in pages}
        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertEqual(len(texts), 1)
        self.assertFalse(self._get_submissions(closed))

    def test_known_and_unknown_people_get_the_same_answer(self):
        self.env["res.partner"].create({"name": "Eve", "email": "eve@example.com"})
        known, unknown = self._post(email="eve@example.com"), self._post()
        self.assertEqual(*(re.sub("nonce=.*?>", "", p.text) for p in (known, unknown)))
        self.assertEqual(len(self._get_submissions(self.form)), 2)

    def test_the_same_twice_counts_once(self):
        self.assertEqual(self._post().status_code, 200)
        answer = self._post()
        self.assertIn("Thank you", answer.text)
        self.assertEqual(len(self._get_submissions(self.form)), 1)
        self._post(text="More")
        self.assertEqual(len(self._get_submissions(self.form)), 2)
        self.env["crm.resource.web.count"].search(
            [("key", "like", f"same:{self.form.id}:")]
        ).date_end = "2020-01-01"
        self._post()
        self.assertEqual(len(self._get_submissions(self.form)), 3)

    def test_too_often_from_one_address(self):
        self.form.address_limit = 2
        for name in ("Ann", "Bob"):
            self.assertEqual(self._post(person=name).status_code, 200)
        answer = self._post(person="Cid")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("in 10 minutes", answer.text)
        self.assertAlmostEqual(int(answer.headers["Retry-After"]), 600, delta=10)
        self.assertEqual(len(self._get_submissions(self.form)), 2)
        # another form counts for itself
        other = self._make_form()
        self.assertEqual(self._post(form=other).status_code, 200)
        # and when the time is over, what was refused does not count as sent already
        self.env["crm.resource.web.count"].search(
            [("key", "like", "from:")]
        ).date_end = "2020-01-01"
        self.assertEqual(self._post(person="Cid").status_code, 200)
        self.assertEqual(len(self._get_submissions(self.form)), 3)

    def test_nobody_names_his_own_address(self):
        self.form.address_limit = 1
        self._post(headers={"X-Forwarded-For": "203.0.113.1"})
        answer = self._post(person="B", headers={"X-Forwarded-For": "203.0.113.2"})
        self.assertEqual(answer.status_code, 429)

    def test_beyond_the_day(self):
        self.form.write({"day_limit": 1, "day_limit_hard": 2})
        for name in ("Ann", "Bob"):
            self.assertEqual(self._post(person=name).status_code, 200)
        answer = self._post(person="Cid")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("takes no more today", answer.text)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertEqual(
            self._get_submissions(self.form).mapped("state"), ["new", "queued"]
        )

    def test_hidden_field(self):
        answer = self._post(homepage_url="http://spam.example.com")
        self.assertEqual(answer.status_code, 200)
        self.assertRecordValues(
            self._get_submissions(self.form), [{"state": "spam", "reason": "trap"}]
        )

    def _get_stamp(self, age, form=None):
        form = form or self.form
        return hash_sign(
            self.env, STAMP_SCOPE, [form.id, int(time.time()) - age], expiration_hours=1
        )

    def test_who_is_too_fast(self):
        self.form.min_seconds = 5
        self._post(stamp=self._get_stamp(1))
        self._post(person="Bob", stamp=self._get_stamp(6))
        self.assertRecordValues(
            self._get_submissions(self.form),
            [{"state": "spam", "reason": "quick"}, {"state": "new", "reason": False}],
        )

    def test_stamps_that_are_none(self):
        other = self._make_form()
        stamp = self._get_stamp(10)
        expired = hash_sign(
            self.env, STAMP_SCOPE, [self.form.id, 1], expiration_hours=-1
        )
        foreign = hash_sign(self.env, "other", [self.form.id, 1])
        for wrong in (
            "x",
            "é",
            "AQ",
            stamp[:-3],
            stamp + "A" * 8,
            expired,
            foreign,
            self._get_stamp(10, other),
        ):
            with self.subTest(wrong=wrong):
                self._check_refused(self._post(stamp=wrong), 400)
        self.form.is_stamp_required = True
        self._check_refused(self._post(), 400)
        page = self.url_open(f"{self.url}/stamp", headers={"Origin": SITE})
        self.assertEqual(page.headers["Access-Control-Allow-Origin"], SITE)
        self.assertEqual(self._post(stamp=page.text).status_code, 200)

    def test_captcha(self):
        self.form.is_captcha = True
        asked = []

        def refuse(_self, action):
            asked.append(action)
            raise UserError(action)

        http = type(self.env["ir.http"])
        with patch.object(http, "_verify_request_recaptcha_token", refuse):
            answer = self._post()
        self._check_refused(answer, 400)
        self.assertEqual(asked, ["crm_resource_form"])
        self.assertIn("captcha was not passed", answer.text)
        self.assertEqual(self._post().status_code, 200)

    def test_consent(self):
        self.form.consent_text = "First."
        self.form.consent_text = "Second."
        self._check_refused(self._post(), 400)
        for wrong in ("on", "3", "0", "-1"):
            self._check_refused(self._post(consent=wrong), 400)
        # a page that stands elsewhere may still have the older text
        self._post(consent="1")
        self.assertEqual(self._get_submissions(self.form).consent_text, "First.")

    def test_thanks(self):
        self.form.thanks = "<b>Danke</b>"
        answer = self._post()
        self.assertIn("&lt;b&gt;Danke&lt;/b&gt;", answer.text)
        self.form.thanks_url = f"{SITE}/thanks"
        answer = self._post(person="Bob")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(answer.headers["Location"], f"{SITE}/thanks")
        for url in ("https://evil.example.com", "javascript:alert(1)", "//evil"):
            with self.assertRaises(ValidationError):
                self.form.thanks_url = url

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(
        st.dictionaries(
            st.sampled_from(
                ["person", "email", "phone", "text", "stamp", "consent", "x"]
            ),
            st.text(st.characters(codec="utf-8"), max_size=120),
        )
    )
    @mute_logger("odoo.http")
    def test_hostile_texts(self, answers):
        before = len(self._get_submissions(self.form))
        answer = self._post(**answers)
        self.assertIn(answer.status_code, (200, 400))
        grown = len(self._get_submissions(self.form)) - before
        if answer.status_code == 400:
            self.assertEqual(grown, 0)
        self.assertLessEqual(grown, 1)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.binary(max_size=200), st.sampled_from(["", "multipart/form-data"]))
    @mute_logger("odoo.http")
    def test_hostile_bodies(self, body, kind):
        kind = kind or "application/x-www-form-urlencoded"
        answer = self._post(body or b"=", headers={"Content-Type": kind})
        self._check_refused(answer, 400)


@tagged("post_install", "-at_install")
class TestWebFormPage(WebFormHttpCase):
    def test_page_and_headers(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        policy = page.headers["Content-Security-Policy"]
        self.assertIn(f"frame-ancestors 'self' {SITE};", policy)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("X-Frame-Options", page.headers)
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(page.headers["Referrer-Policy"], "strict-origin")
        self.assertNotIn("Set-Cookie", page.headers)
        self.assertTrue(page.text.startswith("<!DOCTYPE html>"))
        self.assertIn('<html lang="en-US">', page.text)

    def test_page_is_sent_by_itself(self):
        page = self.url_open(self.url)
        stamp = re.search(r'name="stamp" value="([^"]+)"', page.text).group(1)
        self.form.is_stamp_required = True
        self.assertEqual(self._post(stamp=stamp).status_code, 200)

    def test_page_speaks_the_language_of_the_form(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        view = self.env.ref("crm_resource.web_form_fields")
        view.update_field_translations("arch_db", {"zh_CN": {"Send": "发送"}})
        self.form.lang = "zh_CN"
        page = self.url_open(self.url)
        self.assertIn("发送", page.text)
        self.assertIn('<html lang="zh-CN">', page.text)

    def test_nothing_typed_is_markup(self):
        evil = '"><script>alert(1)</script>'
        self.form.write({"name": evil, "intro": evil, "button": evil})
        self.form.write({"consent_text": evil, "thanks": evil})
        self.form.field_ids[0].label = evil
        self.form.field_ids[1].write({"type": "choice", "choices": evil})
        for text in (
            self.url_open(self.url).text,
            self.form.preview,
            self.form.code_html,
            self.form.code_frame,
            self._post(person=evil, consent="1").text,
        ):
            self.assertNotIn("<script>alert", text)

    def test_colours_and_sites_are_what_they_should_be(self):
        for values in (
            {"color": "red;}"},
            {"background": "#fff</style>"},
            {"origins": "example.com"},
            {"origins": "https://*"},
            {"origins": "https://a.example.com; script-src *"},
            {"origins": "https://example.com/path"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.form.write(values)

    def test_pasted_code_works(self):
        code = self.form.code_html
        action = re.search(r'action="([^"]+)"', code).group(1)
        self.assertEqual(action, self.form.url)
        names = re.findall(r'name="(f\d+)"', code)
        self.assertEqual(names, [f._get_name() for f in self.form.field_ids])
        self.assertIn(f'src="{self.form.url}"', self.form.code_frame)


@tagged("post_install", "-at_install")
class TestWebFormPhone(WebFormHttpCase):
    """What a phone shows."""

    browser_size = "390x844"
    touch_enabled = True

    def test_page_on_a_phone(self):
        self.form.write({"intro": "x" * 300, "consent_text": "y" * 300})
        self.browser_js(
            self.url,
            """
            const fail = (text) => { throw new Error(text); };
            const page = document.documentElement;
            if (page.scrollWidth > page.clientWidth) fail("wider than the phone");
            const button = document.querySelector("button");
            if (getComputedStyle(button).backgroundColor !== "rgb(113, 75, 103)")
                fail("the style was not allowed");
            const trap = document.querySelector("[name=homepage_url]");
            if (trap.getBoundingClientRect().right > 0) fail("the trap is seen");
            for (const input of document.querySelectorAll("[name^=f]"))
                if (!input.labels.length) fail("a field has no label");
            console.log("test successful");
            """,
            "document.readyState === 'complete'",
            login=None,
        )
