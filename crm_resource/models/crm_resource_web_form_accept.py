import hashlib
import json
import time
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import AccessDenied, UserError, ValidationError
from odoo.tools import email_normalize
from odoo.tools.misc import hash_sign, hmac, verify_hash_signed

from ..web_address import get_home

STAMP_SCOPE = "crm_resource.web_form.stamp"
ADDRESS_SCOPE = "crm_resource.web_form.address"
# how long a page may stay open before it is sent
STAMP_HOURS = 24
# names of what is posted besides the fields: people do not see the trap
TRAP = "homepage_url"
STAMP = "stamp"
CONSENT = "consent"
DAY = 24 * 60 * 60


class Answer(NamedTuple):
    """What a visitor is told."""

    status: int
    text: str
    wait: int = 0  # seconds


class Refused(Exception):
    """What a visitor posted is not kept."""

    def __init__(self, *answer):
        super().__init__(*answer)
        self.answer = Answer(*answer)


class CrmResourceWebForm(models.Model):
    """What visitors post is checked and kept, and nothing else is done with it."""

    _inherit = "crm.resource.web.form"

    def _get_stamp(self):
        """Return a sign of when the form was opened."""
        # signed by the secret of the database, which nobody reads
        return hash_sign(
            self.sudo().env,
            STAMP_SCOPE,
            [self.id, int(time.time())],
            expiration_hours=STAMP_HOURS,
        )

    def _accept(self, post, origin, address):
        """Keep what a visitor posted, if it is as it should be.

        :param post: ``MultiDict`` of texts
        :param origin: the site it comes from, None if the browser does not say
        :param str address: of the visitor
        :return: `Answer`
        """
        self.ensure_one()
        try:
            # whoever is refused leaves nothing
            with self.env.cr.savepoint():
                self._keep(post, origin, address)
        except Refused as refusal:
            return refusal.answer
        return Answer(200, self.thanks or self.env._("Thank you: we have it."))

    def _refuse_files(self):
        """Return what is told to whoever sends files: no field takes one."""
        return Answer(400, self.env._("The form takes no files: send it without."))

    def _keep(self, post, origin, address):
        self._check_origin(origin)
        self._check_captcha()
        answers = self._read_answers(post)
        consent = self._read_consent(post)
        reason = self._find_spam(post)
        if self._is_repeated(answers):
            return
        hashed = self._hash_address(address)
        # companies have many columns
        self.company_id.fetch(["crm_sales_timezone"])
        now = datetime.now(ZoneInfo(self.company_id._get_sales_timezone()))
        state = self._count_post(hashed, now)
        waiting = self.env["crm.resource.web.submission"]
        is_first = not waiting.search_count([("state", "=", "new")], limit=1)
        waiting.create(
            {
                **self._prepare_submission(answers),
                "state": "spam" if reason else state,
                "reason": reason,
                "date": now.date(),
                "origin": origin,
                "address_hash": hashed,
                "consent_id": consent.id,
                "date_consent": consent and fields.Datetime.now(),
            }
        )
        # the job that is started takes up the others, too
        if is_first:
            waiting._trigger()

    def _prepare_submission(self, answers):
        values = {
            answer["target"]: answer["text"] for answer in answers if answer["target"]
        }
        names = (values.get(name) for name in ("partner_name", "contact_name", "email"))
        return {
            "form_id": self.id,
            "company_id": self.company_id.id,
            "label": next(filter(None, names), self.name),
            "email": email_normalize(values.get("email")),
            "phone": values.get("phone"),
            "answers": answers,
        }

    # ------------------------------------------------------------
    # Is it what it should be?
    # ------------------------------------------------------------

    def _check_origin(self, origin):
        if origin is None and not self.is_origin_required:
            return
        if origin not in {*self._get_origins(), self._get_own_origin()}:
            raise Refused(
                403, self.env._("This form is not for the site from which it came.")
            )

    def _check_captcha(self):
        if not self.is_captcha:
            return
        try:
            self.env["ir.http"]._verify_request_recaptcha_token("crm_resource_form")
        except (AccessDenied, UserError):
            raise Refused(
                400,
                self.env._("The captcha was not passed: go back and try again."),
            ) from None

    def _read_answers(self, post):
        """Return the answers, each with what is needed to read it without its field.

        Whatever else is posted is left out.
        """
        answers, errors = [], []
        for field in self.field_ids:
            texts = post.getlist(field._get_name())
            if len(texts) > 1:
                raise Refused(400, self.env._("The form was sent with a field twice."))
            try:
                text = field._read_answer(texts[0] if texts else "")
            except ValidationError as error:
                errors.append(error.args[0])
                continue
            if text:
                answers.append(field._prepare_answer(text))
        if errors or not answers:
            raise Refused(
                400, "\n".join(errors) or self.env._("The form is empty: fill it in.")
            )
        return answers

    def _read_consent(self, post):
        """Return the version to which the visitor agreed."""
        if not self.consent_text:
            return self.env["crm.resource.web.consent"]
        typed = post.getlist(CONSENT)
        agreed = self.consent_ids.filtered(
            lambda consent: [str(consent.version)] == typed
        )
        if not agreed:
            raise Refused(
                400, self.env._("Agree to what the form asks for, and send it again.")
            )
        return agreed

    def _find_spam(self, post):
        """Return why it is taken for that of a machine, False if it is not."""
        if any(post.getlist(TRAP)):
            return "trap"
        opened = self._read_stamp(post.get(STAMP, ""))
        is_quick = opened and time.time() - opened < self.min_seconds
        return "quick" if is_quick else False

    def _read_stamp(self, stamp):
        """Return when the form was opened, None if that is not known."""
        if not stamp and not self.is_stamp_required:
            return None
        try:
            values = verify_hash_signed(self.env, STAMP_SCOPE, stamp)
        except ValueError:
            values = None
        if not values or values[0] != self.id:
            raise Refused(
                400,
                self.env._(
                    "The page was open for too long: load it again, and send the form."
                ),
            )
        return values[1]

    # ------------------------------------------------------------
    # Is it too much?
    # ------------------------------------------------------------

    def _hash_address(self, address):
        return hmac(self.env, ADDRESS_SCOPE, f"{self.id}:{get_home(address)}")

    def _is_repeated(self, answers):
        """Return whether the same came already a while ago: of two at once, the second
        waits for the first, and is tried anew."""
        if not self.repeat_minutes:
            return False
        text = json.dumps([(answer["field"], answer["value"]) for answer in answers])
        digest = hashlib.sha256(text.encode()).hexdigest()
        counts = self.env["crm.resource.web.count"]
        wanted = (f"same:{self.id}:{digest}", 1, self.repeat_minutes * 60)
        return counts._count(self.env.cr, [wanted])[0] < 0

    def _count_post(self, hashed, now):
        """Count a post.

        :param datetime now: where the company works, whose day counts
        :return: the state in which it is kept
        :raise Refused: if there were too many
        """
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        left = DAY - int((now - midnight).total_seconds())
        hits = self.env["crm.resource.web.count"]._take(
            [
                (f"from:{hashed}", self.address_limit, self.address_minutes * 60),
                (f"day:{self.id}:{now.date()}", self.day_limit_hard, left),
            ]
        )
        if hits[-1] > 0:
            return "queued" if hits[-1] > self.day_limit else "new"
        wait = -hits[-1]
        if len(hits) == 1:
            text = self.env._(
                "That was too often: send the form again in %(minutes)s minutes.",
                minutes=-(-wait // 60),
            )
        else:
            text = self.env._(
                "The form takes no more today: send it again in %(hours)s hours.",
                hours=-(-wait // 3600),
            )
        raise Refused(429, text, wait)
