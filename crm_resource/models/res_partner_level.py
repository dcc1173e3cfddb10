from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        """The history of a customer's levels, which has no foreign key, goes with
        him.
        """
        ids = self.ids
        result = super().unlink()
        self.env.cr.execute(
            SQL("DELETE FROM crm_resource_level_change WHERE partner_id = ANY(%s)", ids)
        )
        self.env["crm.resource.level.change"].invalidate_model(flush=False)
        return result
