from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """Whoever may read a document may print it, address of the customer included,
        even if the customer is somebody else's by now."""
        values = super()._get_rendering_context(report, docids, data)
        documents = values.get("docs")
        if isinstance(documents, self.env.registry["crm.resource.document.mixin"]):
            documents.check_access("read")
            # what is printed is the document, which was checked
            values["docs"] = documents.sudo()
        return values
