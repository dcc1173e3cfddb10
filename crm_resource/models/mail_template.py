from odoo import models
from odoo.exceptions import AccessError


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def write(self, vals):
        """What a running care rule sends is the matter of market staff: the job fills
        it in with all rights, and all customers get it."""
        if not self.env.su and not self.env.user.has_group(
            "crm_resource.group_reviewer"
        ):
            # that a rule runs is no secret to whoever edits its mail
            rule = (
                self.env["crm.resource.care.rule"]
                .sudo()
                .search(
                    [("template_id", "in", self.ids), ("state", "=", "running")],
                    limit=1,
                )
            )
            if rule:
                raise AccessError(
                    self.env._(
                        "The care rule %(rule)s sends this template: ask market staff "
                        "to change it.",
                        rule=rule.name,
                    )
                )
        return super().write(vals)
