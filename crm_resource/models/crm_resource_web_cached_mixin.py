from odoo import api, models


class CrmResourceWebCachedMixin(models.AbstractModel):
    """What posts ask for, and is therefore kept in the memory of each process until it
    changes."""

    _name = "crm.resource.web.cached.mixin"
    _description = "Part of a Web Form"

    @api.model_create_multi
    def create(self, vals_list):
        """Have all processes read it anew."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """As `create`."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """As `create`."""
        self.env.registry.clear_cache()
        return super().unlink()
