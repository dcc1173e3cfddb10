from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import plaintext2html
from odoo.tools.mail import append_content_to_html

# what is rendered of a template
MAIL_FIELDS = (
    "attachment_ids",
    "body_html",
    "email_from",
    "mail_server_id",
    "reply_to",
    "subject",
)


class CrmResourceCareRule(models.Model):
    """E-mails and SMS, with the rights of whoever answers for the rule."""

    _inherit = "crm.resource.care.rule"

    @api.model
    def _take_over_templates(self, templates):
        """Whoever changes what running rules send answers for them from then on: he
        must be of the market staff of their companies.

        :param templates: `mail.template` or `sms.template` records
        :raise AccessError: if he is not
        """
        if self.env.su:
            return
        is_mail = templates._name == "mail.template"
        name = "template_id" if is_mail else "sms_template_id"
        # that a rule runs is no secret to whoever edits its mail
        rules = self.sudo().search(
            [(name, "in", templates.ids), ("state", "=", "running")]
        )
        user = self.env.user
        for rule in rules:
            if not (
                user.has_group("crm_resource.group_reviewer")
                and user._is_in_company(rule.company_id)
            ):
                raise AccessError(
                    self.env._(
                        "The care rule “%(rule)s” sends this template: ask market "
                        "staff of %(company)s to change it.",
                        rule=rule.name,
                        company=rule.company_id.name,
                    )
                )
        rules.responsible_id = user

    def _perform_mail(self, cares, date):
        """Queue the e-mails."""
        mails = self._as_responsible(self)._queue_mails(cares.partner_id)
        for care in cares:
            care.mail_id = mails[care.partner_id]
        cares._close("sent")

    def _queue_mails(self, partners):
        """Queue an e-mail to each of some partners, and to nobody else.

        Whatever the template shows is read with the rights of the environment.

        :return: dict of `mail.mail` by partner
        """
        template = self.template_id.with_company(self.company_id)
        rendered = template._generate_template(partners.ids, MAIL_FIELDS)
        values_list = []
        for partner in partners:
            values = rendered[partner.id]
            attachments = values.pop("attachment_ids", [])
            token = self.env["mail.blacklist"]._get_unsubscribe_token(
                partner.email_normalized, partner.lang
            )
            values_list.append(
                {
                    **{name: value for name, value in values.items() if value},
                    "body_html": append_content_to_html(
                        values.get("body_html") or "",
                        self._get_unsubscribe_footer(token, partner.lang),
                        plaintext=False,
                    ),
                    "headers": repr(self._get_unsubscribe_headers(token)),
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

    def _get_unsubscribe_footer(self, token, lang):
        """Return the link by which the receiver unsubscribes. It is not kept on the
        page of the customer, where a colleague might follow it."""
        return Markup('<p style="font-size:12px"><a href="%s">%s</a></p>') % (
            f"{self.get_base_url()}/crm_resource/unsubscribe/{token}",
            self.with_context(lang=lang).env._("Unsubscribe"),
        )

    def _get_unsubscribe_headers(self, token):
        """Return what lets mail programs offer a button (RFC 8058)."""
        url = f"{self.get_base_url()}/crm_resource/unsubscribe_oneclick/{token}"
        return {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "X-Auto-Response-Suppress": "OOF",
        }

    def _perform_sms(self, cares, date):
        """Queue the SMS."""
        messages = self._as_responsible(self)._queue_sms(
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
