from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html


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

    def _perform_sms(self, cares, date):
        """Queue the SMS."""
        messages = self._as_responsible(self)._queue_sms(
            {p: p.crm_mobile_sanitized or p.phone_sanitized for p in cares.partner_id}
        )
        for care in cares:
            care.sms_id = messages[care.partner_id]
        cares._close("sent")

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
