from markupsafe import Markup

from odoo import models
from odoo.fields import Command
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


class CrmResourceMessageMixin(models.AbstractModel):
    """What jobs send to many customers: each can unsubscribe."""

    _name = "crm.resource.message.mixin"
    _description = "Sends Messages to Customers"

    def _render_mails(self, partners):
        """Return the values of the e-mail to each of some partners, by id."""
        template = self._get_mail_template().with_company(self.company_id)
        return template._generate_template(partners.ids, MAIL_FIELDS)

    def _get_mail_template(self):
        return self.template_id

    def _render_sms(self, partners):
        """Return the text of the SMS to each of some partners, by id."""
        return self.sms_template_id._render_field(
            "body", partners.ids, compute_lang=True
        )

    def _queue_mails(self, partners):
        """Queue an e-mail to each of some partners, and to nobody else.

        Whatever the template shows is read with the rights of the environment.

        :return: dict of `mail.mail` by partner
        """
        rendered = self._render_mails(partners)
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
                        self._get_footer(partner, token),
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

    def _get_footer(self, partner, token):
        """Hook: what stands below an e-mail, for the eyes of its receiver alone."""
        return self._get_unsubscribe_footer(token, partner.lang)

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

    def _queue_sms(self, numbers):
        """Queue an SMS to each of some partners.

        :param dict numbers: phone number by partner
        :return: dict of `sms.sms` by partner
        """
        partners = self.env["res.partner"].union(*numbers)
        bodies = self._render_sms(partners)
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
