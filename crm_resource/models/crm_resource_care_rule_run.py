import logging
from typing import NamedTuple

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date, plaintext2html
from odoo.tools.misc import format_amount

_logger = logging.getLogger(__name__)

# contacts after which the job commits
BATCH_SIZE = 1000
# days by which a greeting may be late if the job did not run
CATCH_UP = 3
# what is rendered of a template
MAIL_FIELDS = (
    "attachment_ids",
    "body_html",
    "email_from",
    "mail_server_id",
    "reply_to",
    "subject",
)


class Gesture(NamedTuple):
    """What a salesperson is asked to do."""

    care_id: int
    user_id: int
    contact: str
    lang: str
    day: fields.Date
    label: str
    product_id: int
    gift: str
    amount: float


class CrmResourceCareRule(models.Model):
    """The nightly job: it writes down who has an occasion, then does what is to be done
    for them, a commit after each batch."""

    _inherit = "crm.resource.care.rule"

    @api.model
    def _cron_care(self, date=None):
        """Nightly: greet whose occasion has come.

        It may be killed anywhere: the row of the log is unique, and what is sent is
        queued in the transaction that says so in the log.
        """
        date = date or fields.Date.context_today(self)
        cron = self.env["ir.cron"]
        # their own job may have failed
        self.env["crm.resource.standing"]._ensure_refreshed()
        self._skip_stale(date)
        for rule in self.search([("state", "=", "running")]):
            rule._plan(date)
            cron._commit_progress()
        planned = self.env["crm.resource.care"].search_count(
            [("state", "=", "planned")]
        )
        cron._commit_progress(remaining=planned)
        while size := self._perform(date):
            if not cron._commit_progress(size):
                break

    def _skip_stale(self, date):
        """Close what an earlier run left to do and is too late, or unwanted by now."""
        self.env.flush_all()
        reason = SQL(" ").join(
            SQL("WHEN care.channel = %s THEN %s", channel, self._get_reason(channel))
            for channel in ("mail", "sms", "activity")
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_care care
                   SET state = 'skipped', reason = stale.reason
                  FROM (
                        SELECT care.id,
                               CASE WHEN care.date_planned < %(earliest)s THEN 'late'
                                    ELSE CASE %(reason)s END END AS reason
                          FROM crm_resource_care care
                          JOIN res_partner receiver ON receiver.id = care.partner_id
                          JOIN res_partner customer ON customer.id = care.customer_id
                         WHERE care.state = 'planned'
                       ) stale
                 WHERE stale.id = care.id AND stale.reason IS NOT NULL
                """,
                earliest=fields.Date.subtract(date, days=CATCH_UP),
                reason=reason,
            )
        )
        self.env["crm.resource.care"].invalidate_model()

    # ------------------------------------------------------------
    # Who has an occasion
    # ------------------------------------------------------------

    def _plan(self, date):
        """Write down who has an occasion for which something is done up to a day, since
        the day of the last run."""
        self.ensure_one()
        first = date
        if self.date_run:
            first = max(
                fields.Date.add(self.date_run, days=1),
                fields.Date.subtract(date, days=CATCH_UP),
            )
        try:
            query = self._get_due_query(min(first, date), date)
        except UserError as error:
            # the others go on
            _logger.warning("Care rule %s: %s", self.id, error)
            self.message_post(body=error.args[0])
            return
        self.env.flush_all()
        if query is not None:
            self._insert(query)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_resource_care_rule SET date_run = %s WHERE id = %s",
                date,
                self.id,
            )
        )
        self.invalidate_recordset(["date_run", "care_count"])
        self.env["crm.resource.care"].invalidate_model()

    def _insert(self, query):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_care (
                    rule_id, occasion, channel, company_id, currency_id, partner_id,
                    customer_id, user_id, label, date_occasion, date_planned,
                    product_id, gift, amount, state, reason, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(rule)s, %(occasion)s, %(channel)s, %(company)s, %(currency)s,
                       due.partner_id, due.customer_id, due.user_id,
                       NULLIF(due.label, ''), due.date_occasion, due.date_planned,
                       due.product_id, due.gift, due.amount,
                       CASE WHEN due.reason IS NULL THEN 'planned' ELSE 'skipped' END,
                       due.reason, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) due
                    ON CONFLICT (rule_id, partner_id, date_occasion) DO NOTHING
                """,
                rule=self.id,
                occasion=self.occasion,
                channel=self.channel,
                company=self.company_id.id,
                currency=self.currency_id.id,
                query=query,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    # ------------------------------------------------------------
    # What is done for them
    # ------------------------------------------------------------

    @api.model
    def _perform(self, date):
        """Do what is planned for some contacts; others may do the same for others.

        :return: how many there were, 0 if nothing is left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT care.id, care.rule_id
                  FROM crm_resource_care care
                  JOIN crm_resource_care_rule rule ON rule.id = care.rule_id
                 WHERE care.state = 'planned' AND care.date_planned <= %s
                   AND rule.state = 'running' AND rule.active
                 ORDER BY care.rule_id, care.id
                 LIMIT %s
                   FOR UPDATE OF care SKIP LOCKED
                """,
                date,
                BATCH_SIZE,
            )
        )
        by_rule = {}
        for care, rule in rows:
            by_rule.setdefault(rule, []).append(care)
        for rule, ids in by_rule.items():
            rule = self.browse(rule)
            cares = self.env["crm.resource.care"].browse(ids)
            rule._perform_safely(cares, date)
        return len(rows)

    def _perform_safely(self, cares, date):
        """Do what is planned; what fails is kept in the log and does not keep back the
        others."""
        try:
            with self.env.cr.savepoint():
                for channel, group in cares.grouped("channel").items():
                    getattr(self, f"_perform_{channel}")(group, date)
        except psycopg2.Error:  # others were faster, or the connection is gone
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(cares) == 1:
                _logger.warning("Care %s could not be sent", cares.id, exc_info=True)
                cares._close("failed", "error", str(error))
                return
            half = len(cares) // 2
            self._perform_safely(cares[:half], date)
            self._perform_safely(cares[half:], date)

    def _perform_mail(self, cares, date):
        """Queue the e-mails."""
        mails = self._queue_mails(cares.partner_id)
        for care in cares:
            care.mail_id = mails[care.partner_id]
        cares._close("sent")

    def _queue_mails(self, partners):
        """Queue an e-mail to each of some partners, and to nobody else.

        :return: dict of `mail.mail` by partner
        """
        template = self.template_id.with_company(self.company_id)
        rendered = template._generate_template(partners.ids, MAIL_FIELDS)
        values_list = []
        for partner in partners:
            values = rendered[partner.id]
            attachments = values.pop("attachment_ids", [])
            values_list.append(
                {
                    **{name: value for name, value in values.items() if value},
                    "attachment_ids": [Command.link(key) for key in attachments],
                    "body": values.get("body_html"),
                    "model": "res.partner",
                    "res_id": partner.id,
                    "recipient_ids": [Command.link(partner.id)],
                    # the message stays on the page of the customer, the mail does not
                    "auto_delete": True,
                    "is_notification": True,
                }
            )
        # only jobs queue mails; whom it goes to was decided above
        mails = self.env["mail.mail"].sudo().create(values_list)
        return dict(zip(partners, mails, strict=True))

    def _perform_sms(self, cares, date):
        """Queue the SMS."""
        messages = self._queue_sms(
            {p: p.crm_mobile_sanitized or p.phone_sanitized for p in cares.partner_id}
        )
        for care in cares:
            care.sms_id = messages[care.partner_id]
        cares._close("sent")

    def _queue_sms(self, numbers):
        """Queue an SMS to each of some partners.

        :param dict numbers: phone number by partner
        :return: dict of `sms.sms` by partner
        """
        partners = self.env["res.partner"].union(*numbers)
        bodies = self.sms_template_id._render_field(
            "body", partners.ids, compute_lang=True
        )
        # only jobs queue messages; whom it goes to was decided above
        messages = (
            self.env["sms.sms"]
            .sudo()
            .create(
                [
                    {
                        "partner_id": partner.id,
                        "number": numbers[partner],
                        "body": bodies[partner.id],
                    }
                    for partner in partners
                ]
            )
        )
        return dict(zip(partners, messages, strict=True))

    # ------------------------------------------------------------
    # Activities, any number in one statement
    # ------------------------------------------------------------

    def _perform_activity(self, cares, date):
        """Plan activities of the salespeople, or of those who stand in for them."""
        self.env.flush_all()
        gestures = self._get_gestures(cares, date)
        texts = {}
        for gesture in gestures:
            key = gesture._replace(care_id=0, user_id=0, contact="")
            if key not in texts:
                texts[key] = self._get_gesture_texts(gesture)
        summaries, notes = [], []
        for gesture in gestures:
            title, note = texts[gesture._replace(care_id=0, user_id=0, contact="")]
            summaries.append(f"{title}: {gesture.contact}")
            notes.append(note)
        self._insert_activities(gestures, summaries, notes, date)
        # whose salesperson left since the row was written
        left = cares - cares.browse(gesture.care_id for gesture in gestures)
        left._close("skipped", "no_owner")

    def _get_gestures(self, cares, date):
        """Return as `Gesture` who is asked to do what."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT care.id, owner.id, partner.name, person.lang, care.date_occasion,
                       care.label, care.product_id, care.gift, care.amount
                  FROM crm_resource_care care
                  JOIN res_partner customer ON customer.id = care.customer_id
                  JOIN res_partner partner ON partner.id = care.partner_id
                  JOIN res_users owner ON owner.id = customer.user_id AND owner.active
                  JOIN res_partner person ON person.id = owner.partner_id
                 WHERE care.id = ANY(%s)
                """,
                cares.ids,
            )
        )
        gestures = [Gesture(*row) for row in rows]
        absences = self.env["crm.resource.absence"]
        owners = {gesture.user_id for gesture in gestures}
        standins = {
            user.id: absences._get_substitute(user, date) or user
            for user in absences._get_absent_users(date)
            if user.id in owners
        }
        return [
            gesture._replace(
                user_id=standins[gesture.user_id].id,
                lang=standins[gesture.user_id].lang,
            )
            if gesture.user_id in standins
            else gesture
            for gesture in gestures
        ]

    def _get_gesture_texts(self, gesture):
        """Return the title and the note of an activity in the language of whoever gets
        it."""
        rule = self.with_context(lang=gesture.lang)
        title = rule.env._(
            "%(occasion)s on %(day)s",
            occasion=gesture.label or rule._get_title(),
            day=format_date(rule.env, gesture.day, lang_code=gesture.lang),
        )
        product = rule.env["product.product"].browse(gesture.product_id or ())
        gift = ", ".join(filter(None, (product.display_name, gesture.gift)))
        note = plaintext2html(rule.instruction) if rule.instruction else Markup("")
        if gift and gesture.amount:
            gift = rule.env._(
                "Gift: %(gift)s, budget %(amount)s",
                gift=gift,
                amount=format_amount(rule.env, gesture.amount, rule.currency_id),
            )
        elif gift:
            gift = rule.env._("Gift: %(gift)s", gift=gift)
        if gift:
            note += Markup("<p>%s</p>") % gift
        return title, str(note)

    def _get_title(self):
        """Return in a few words what the rule is about."""
        if self.occasion == "birthday":
            return self._get_choice("occasion")
        if self.occasion == "holiday":
            return self.holiday_id.name
        return self.name

    def _insert_activities(self, gestures, summaries, notes, date):
        activity_type = self.env.ref("crm_resource.mail_activity_data_care")
        self.env.cr.execute(
            SQL(
                """
                WITH planned AS MATERIALIZED (
                    SELECT given.*, NEXTVAL('mail_activity_id_seq') AS activity_id
                      FROM UNNEST(%(cares)s::int4[], %(users)s::int4[],
                                  %(summaries)s::text[], %(notes)s::text[])
                           given(care_id, user_id, summary, note)
                ), inserted AS (
                    INSERT INTO mail_activity (
                        id, res_model, res_model_id, res_id, res_name,
                        activity_type_id, user_id, user_tz, date_deadline, summary,
                        note, automated, active, create_uid, create_date, write_uid,
                        write_date
                    )
                    SELECT planned.activity_id, 'res.partner', %(model)s, customer.id,
                           customer.complete_name, %(type)s, planned.user_id, person.tz,
                           GREATEST(care.date_occasion, %(date)s), planned.summary,
                           planned.note, TRUE, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM planned
                      JOIN crm_resource_care care ON care.id = planned.care_id
                      JOIN res_partner customer ON customer.id = care.customer_id
                      JOIN res_users users ON users.id = planned.user_id
                      JOIN res_partner person ON person.id = users.partner_id
                )
                UPDATE crm_resource_care care
                   SET state = 'assigned', activity_id = planned.activity_id
                  FROM planned
                 WHERE planned.care_id = care.id
                """,
                cares=[gesture.care_id for gesture in gestures],
                users=[gesture.user_id for gesture in gestures],
                summaries=summaries,
                notes=notes,
                model=self.env["ir.model"]._get_id("res.partner"),
                type=activity_type.id,
                date=date,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.invalidate_all(flush=False)

    # ------------------------------------------------------------
    # Test
    # ------------------------------------------------------------

    def action_test(self):
        """Send the message, or plan the activity, to the person himself."""
        self.ensure_one()
        self.check_access("write")
        lack = self._get_lack()
        if lack:
            raise UserError(lack)
        user = self.env.user
        partner = user.partner_id
        if self.channel == "mail":
            self._check_own(partner.email, self.env._("e-mail address"))
            self._queue_mails(partner)
        elif self.channel == "sms":
            number = partner.crm_mobile_sanitized or partner.phone_sanitized
            self._check_own(number, self.env._("phone number"))
            self._queue_sms({partner: number})
        else:
            self.activity_schedule(
                "crm_resource.mail_activity_data_care",
                user_id=user.id,
                summary=self._get_title(),
                note=self.instruction and plaintext2html(self.instruction),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The test is on its way to you."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_own(self, value, what):
        if not value:
            raise UserError(
                self.env._(
                    "You have no %(what)s to which the test could go: enter it in your "
                    "preferences.",
                    what=what,
                )
            )
