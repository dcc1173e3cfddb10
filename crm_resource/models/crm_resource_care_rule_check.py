from odoo import api, models
from odoo.exceptions import ValidationError


class CrmResourceCareRule(models.Model):
    """What a rule needs to run."""

    _inherit = "crm.resource.care.rule"

    @api.constrains("template_id", "sms_template_id")
    def _check_template(self):
        for rule in self:
            # what a template is for is no secret
            for template in (rule.sudo().template_id, rule.sudo().sms_template_id):
                if template and template.model != "res.partner":
                    raise ValidationError(
                        self.env._(
                            "“%(template)s” is not written for contacts: choose "
                            "another template.",
                            template=template.name,
                        )
                    )

    @api.constrains(
        "state",
        "occasion",
        "holiday_id",
        "anniversary",
        "date_ids",
        "date_start",
        "channel",
        "template_id",
        "sms_template_id",
    )
    def _check_complete(self):
        """A draft may lack what a running rule needs."""
        for rule in self.filtered(lambda rule: rule.state == "running"):
            lack = rule._get_lack()
            if lack:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” cannot run yet. %(lack)s",
                        rule=rule.name,
                        lack=lack,
                    )
                )

    def _get_lack(self):
        """Return in words what the rule needs to run, None if it has everything."""
        if self.occasion == "holiday" and not self.holiday_id:
            return self.env._("Choose the holiday.")
        if self.occasion == "anniversary" and not self.anniversary:
            return self.env._("Choose of what it is the anniversary.")
        if self.occasion == "promotion" and not (self.date_ids or self.date_start):
            return self.env._("Enter days of the promotion, or its first day.")
        if self.channel == "mail" and not self.template_id:
            return self.env._("Choose the template of the e-mail.")
        if self.channel == "sms" and not self.sms_template_id:
            return self.env._("Choose the template of the SMS.")
        return None
