from odoo import api, models


class CrmResourceWebCachedMixin(models.AbstractModel):
    """What posts ask for, and is therefore kept in the memory of each process until it
    changes."""

    _name = "crm.resource.web.cached.mixin"
    _description = "Part of a Web Form"

    @api.model_create_multi
    def create(self, vals_list):
        """Have all processes read it anew."""
        parts = super().create(vals_list)
        self.env.registry.clear_cache()
        return parts

    def write(self, vals):
        """As `create`."""
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        """As `create`."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
