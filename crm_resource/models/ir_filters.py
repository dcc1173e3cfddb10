from odoo import models
from odoo.exceptions import AccessError


class IrFilters(models.Model):
    _inherit = "ir.filters"

    def write(self, vals):
        """What is shared with everybody is written by everybody; by which filter
        customers are allocated, those who make allocation rules decide."""
        # which rules there are is no secret
        rules = self.env["crm.resource.allocation.rule"].sudo()
        rules = rules.with_context(active_test=False).search(
            [("filter_id", "in", self.ids)]
        )
        user = self.env.user
        is_maker = self.env.su or user.has_group("crm_resource.group_reviewer")
        if rules and not is_maker:
            raise AccessError(
                self.env._(
                    "Allocation rule %(rule)s uses this filter: save it under another "
                    "name, or ask a customer reviewer to change it.",
                    rule=rules[0].name,
                )
            )
        result = super().write(vals)
        rules.with_env(self.env)._check_domain()
        return result
