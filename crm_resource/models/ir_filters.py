from odoo import models
from odoo.exceptions import AccessError

# the rules for which customers are chosen by a saved filter
RULES = ["crm.resource.allocation.rule", "crm.resource.care.rule"]


class IrFilters(models.Model):
    _inherit = "ir.filters"

    def write(self, vals):
        """What is shared with everybody is written by everybody; by which filter
        customers are allocated or cared for, those who make the rules decide."""
        used = [
            # which rules there are is no secret
            self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search([("filter_id", "in", self.ids)])
            for model in RULES
        ]
        user = self.env.user
        is_maker = self.env.su or user.has_group("crm_resource.group_reviewer")
        for rules in used:
            if rules and not is_maker:
                raise AccessError(
                    self.env._(
                        "Rule %(rule)s uses this filter: save it under another name, "
                        "or ask a customer reviewer to change it.",
                        rule=rules[0].name,
                    )
                )
        result = super().write(vals)
        for rules in used:
            rules.with_env(self.env)._check_domain()
        return result
