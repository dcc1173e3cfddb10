from odoo import api, models


class CrmResourceConditionMixin(models.AbstractModel):
    """Conditions on customers that may come from a saved filter, too, and for which
    somebody answers."""

    _name = "crm.resource.condition.mixin"
    _description = "Conditions With a Saved Filter"
    _inherit = ["crm.resource.responsible.mixin", "crm.resource.filter.mixin"]

    @api.constrains("domain", "filter_id", "responsible_id")
    def _check_domain(self):
        return super()._check_domain()

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | {"filter_id"}

    def _get_typed_domain(self):
        """Add the conditions of the saved filter."""
        return super()._get_typed_domain() & self._get_filter_domain()
