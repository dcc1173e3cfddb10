from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """Past sales have no foreign keys of their own: they follow here."""
        self.env["crm.resource.past.sale.import"]._replace_reference(
            model, src_records, dst_record
        )
        return super()._update_foreign_keys_generic(model, src_records, dst_record)
