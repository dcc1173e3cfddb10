from odoo import api, models


class CrmResourceImportMixin(models.AbstractModel):
    """Records for which there is a file to fill and import."""

    _name = "crm.resource.import.mixin"
    _description = "Has an Import Template"

    @api.model
    def get_import_templates(self):
        """Offer the files where such records are imported."""
        return self.env["crm.resource.import.template"]._get_buttons(self._name)
