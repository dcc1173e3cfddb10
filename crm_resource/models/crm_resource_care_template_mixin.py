from odoo import models


class CrmResourceCareTemplateMixin(models.AbstractModel):
    """A template of what care rules send: as long as one runs, it is the matter of
    market staff."""

    _name = "crm.resource.care.template.mixin"
    _description = "Template of Care"

    def write(self, vals):
        """Whoever changes what running rules send answers for it."""
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
