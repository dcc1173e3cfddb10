from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Answers of the partners that are gone count for the one that remains."""
        partners = self.env["res.partner"].browse(partner_ids)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # whoever may merge customers brings their answers together
        self.env["crm.resource.satisfaction"].sudo()._refresh(
            partners.exists().commercial_partner_id
        )
        return result
