from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def get_import_templates(self):
        """Offer our files where records of our models are imported."""
        if self._name.startswith("crm.resource."):
            return self.env["crm.resource.import.template"]._get_buttons(self._name)
        return super().get_import_templates()
