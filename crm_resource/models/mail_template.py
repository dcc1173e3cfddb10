from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def write(self, vals):
        """What a running care rule sends is the matter of market staff."""
        self.env["crm.resource.care.rule"]._take_over_templates(self)
        return super().write(vals)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """As `write`."""
        self.env["crm.resource.care.rule"]._take_over_templates(self)
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
