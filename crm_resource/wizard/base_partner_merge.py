from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _get_fk_on(self, table):
        """The history of levels, which has no foreign key, moves to the partner that
        remains."""
        links = super()._get_fk_on(table)
        if table == "res_partner":
            links.append(("crm_resource_level_change", "partner_id"))
        return links
