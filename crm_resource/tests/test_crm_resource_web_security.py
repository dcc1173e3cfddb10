import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import new_user
from .common_web import SITE, WebFormHttpCase

ELSEWHERE = "http://shop.example.com"


@tagged("post_install", "-at_install")
class TestWebFormSecurity(WebFormHttpCase):
    """What strangers try, and what staff may do by mistake."""

    def test_what_is_kept_in_memory_follows_the_form(self):
        """Whatever staff change holds for the next post."""
        self.assertEqual(self._post().status_code, 200)
        text = self.form.field_ids[-1]
        text.is_required = True
        self.assertEqual(self._post(person="Bob").status_code, 400)
        text.unlink()
        self.assertEqual(self._post(person="Bob").status_code, 200)
        self.form.consent_text = "I agree."
        self.assertEqual(self._post(person="Cid").status_code, 400)
        answer = self._post(person="Cid", consent="1")
        self.assertEqual(answer.status_code, 200)
        self.form.origins = ELSEWHERE
        answer = self._post(person="Dan", consent="1", headers={"Origin": SITE})
        self.assertEqual(answer.status_code, 403)
        old = self.form._get_path()
        self.form.action_renew_token()
        self.assertEqual(self.url_open(old).status_code, 404)
        self.assertEqual(self.url_open(self.form._get_path()).status_code, 200)
        self.form.active = False
        self.assertEqual(self.url_open(self.form._get_path()).status_code, 404)

    def test_whoever_may_not_change_a_form_empties_no_memory(self):
        forms = self.form.with_user(self.person)
        with patch.object(type(self.env.registry), "clear_cache") as cleared:
            for change in (
                lambda: forms.write({"name": "Mine"}),
                lambda: self.form.field_ids.with_user(self.person).write(
                    {"label": "Mine"}
                ),
                forms.unlink,
                lambda: forms.create({"name": "Mine"}),
            ):
                with self.assertRaises(AccessError):
                    change()
        cleared.assert_not_called()

    def test_guesses_leave_nothing(self):
        """Nobody fills the memory, or the log, with addresses that are none."""
        forms = self.env["crm.resource.web.form"]
        with self.assertNoLogs("odoo.http", "ERROR"):
            for token in (
                "%00",
                "x" * 3000,
                "%E5%85%AC",
                "'",
                "%25s",
                self.form.token[:-1],
            ):
                with self.subTest(token=token[:20]):
                    url = f"/crm_resource/form/{token}"
                    for address in (url, f"{url}/stamp"):
                        self.assertEqual(self.url_open(address).status_code, 404)
        self.assertEqual(
            set(forms._get_addresses()), set(forms.search([]).mapped("token"))
        )

    def test_thanks_leads_to_allowed_sites_only(self):
        """What browsers read differently from us is no address."""
        for url in (
            "https://evil.org\\@www.example.com",
            "https://evil.org\\.www.example.com",
            "https://www.example.com@evil.org",
            "https://evil.org#@www.example.com",
            "https:\\\\www.example.com",
            "https://www.example.com\t.evil.org/",
            "https://www.example.com/a\r\nSet-Cookie: a=b",
            " https://www.example.com/\n",
            "//www.example.com",
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.form.thanks_url = url
        for person, url in (
            ("Ann", f"{SITE}/thanks?a=b#c"),
            ("Bob", f"{SITE}/%E8%B0%A2"),
            ("Cid", f"{SITE}/谢谢"),
        ):
            self.form.thanks_url = url
            answer = self._post(person=person)
            self.assertEqual(answer.status_code, 303)
            self.assertTrue(answer.headers["Location"].startswith(f"{SITE}/"))

    def test_addresses_of_strangers(self):
        """Nothing that runs when it is clicked comes in as the address of a site."""
        self.form.field_ids[-1].write({"type": "text", "target": "website"})
        for url in (
            "javascript:alert(1)",
            "JavaScript://%0aalert(1)",
            "data:text/html,x",
            "file:///etc",
        ):
            with self.subTest(url=url):
                self._check_refused(self._post(text=url), 400)
        for url in (
            "www.example.org",
            "https://example.org:8443/a",
            "example.org:8080/a",
        ):
            with self.subTest(url=url):
                self.assertEqual(self._post(person=url, text=url).status_code, 200)

    def test_products_of_another_company(self):
        """Whoever makes a form shows no names that he may not read."""
        company = self.env["res.company"].create({"name": "Other"})
        secret = self.env["product.product"].create(
            {"name": "Secret", "company_id": company.id}
        )
        form = self._make_form().with_user(self.staff)
        with self.assertRaises(AccessError):
            form.field_ids = [
                Command.create(
                    {
                        "label": "P",
                        "type": "product",
                        "product_ids": [Command.link(secret.id)],
                    }
                )
            ]

    def test_people_of_another_company(self):
        """Whoever answers for a form, and whoever gets its leads, is of its company."""
        company = self.env["res.company"].create({"name": "Other"})
        far = new_user(
            self.env,
            "web_far",
            "sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        team = self.env["crm.team"].create({"name": "Far", "company_id": company.id})
        for values in (
            {"user_id": far.id},
            {"assign": "team", "team_id": team.id},
            {"company_id": company.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.form.write(values)

    def test_whoever_is_logged_in_is_a_visitor(self):
        """A session changes nothing: neither the company nor what is kept."""
        company = self.env["res.company"].create({"name": "Other"})
        new_user(
            self.env,
            "web_far",
            "base.group_user",
            password="web_far",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.authenticate("web_far", "web_far")
        self.assertEqual(self.url_open(self.url).status_code, 200)
        self.assertEqual(self._post().status_code, 200)
        submission = self._get_submissions(self.form)
        self.assertEqual(submission.company_id, self.form.company_id)
        self.assertEqual(submission.state, "new")


@tagged("post_install", "-at_install")
class TestWebFormOnSites(WebFormHttpCase):
    """The code as it stands on a site, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site, cls.evil_site = cls._serve(), cls._serve()
        cls.form.write({"origins": cls.site, "is_stamp_required": True})

    @classmethod
    def _serve(cls):
        """Return the address of a site of its own, on which the code is pasted."""

        class Page(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(cls.page.encode())

            def log_message(self, *_args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever).start()
        return f"http://127.0.0.1:{server.server_port}"

    def _run_on(self, site, code):
        # browsers send other sites no cookies, by which tests know their requests
        self.http_request_allow_all = True
        code_html = self.form.code_html
        type(self).page = f"<!DOCTYPE html>{code_html}<iframe name='answer'></iframe>"
        self.browser_js(
            f"{site}/contact",
            f"""
            (async () => {{
                const form = document.querySelector("form");
                const person = form.elements.{self.form.field_ids[1]._get_name()};
                const wait = (ms) => new Promise((done) => setTimeout(done, ms));
                person.value = "Ann";
                {code}
                console.log("test successful");
            }})().catch((error) => console.error(error.message));
            """,
            "document.readyState === 'complete'",
            login=None,
        )
        self.env.invalidate_all()
        return self._get_submissions(self.form)

    def test_sent_by_the_browser(self):
        """The stamp comes by the script, the answer is shown on the site."""
        submission = self._run_on(
            self.site,
            """
            for (let i = 0; i < 50 && !form.elements.stamp.value; i++) await wait(100);
            if (!form.elements.stamp.value) throw new Error("no stamp");
            form.target = "answer";
            const loaded = new Promise((done) =>
                document.querySelector("iframe").addEventListener("load", done)
            );
            form.requestSubmit();
            await loaded;
            """,
        )
        self.assertEqual((submission.label, submission.origin), ("Ann", self.site))
        self.assertEqual(submission.state, "new")

    def test_sent_by_a_script(self):
        """A site that sends the form itself may read the answer."""
        submission = self._run_on(
            self.site,
            """
            for (let i = 0; i < 50 && !form.elements.stamp.value; i++) await wait(100);
            const answer = await fetch(form.action, {
                method: "POST", body: new URLSearchParams(new FormData(form)),
            });
            const text = await answer.text();
            if (!answer.ok || !text.includes("we have it")) throw new Error(text);
            """,
        )
        self.assertEqual((submission.label, submission.origin), ("Ann", self.site))

    def test_pasted_into_another_site(self):
        """A site that is not allowed gets no stamp, and its post is refused."""
        submission = self._run_on(
            self.evil_site,
            """
            await wait(1000);
            if (form.elements.stamp.value) throw new Error("it got a stamp");
            const sent = await fetch(form.action, {
                method: "POST", body: new URLSearchParams(new FormData(form)),
            }).catch(() => null);
            if (sent) throw new Error("it read the answer");
            """,
        )
        self.assertFalse(submission)
