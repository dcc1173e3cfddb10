from odoo import api, models


class CrmResourceCareRule(models.Model):
    """Care for a group of customers that is a saved filter."""

    _name = "crm.resource.care.rule"
    _inherit = ["crm.resource.care.rule", "crm.resource.filter.mixin"]

    @api.constrains("domain", "filter_id", "responsible_id")
    def _check_domain(self):
        return super()._check_domain()

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | {"filter_id"}

    def _get_typed_domain(self):
        """Add the conditions of the saved filter."""
        return super()._get_typed_domain() & self._get_filter_domain()
