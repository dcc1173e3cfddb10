from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CrmResourceAnonymise(models.TransientModel):
    """Asks whether customers and contacts are really to lose their names."""

    _name = "crm.resource.anonymise"
    _description = "Anonymise"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        default=lambda self: self.env.context.get("active_ids"),
    )
    is_sure = fields.Boolean(string="I know that this cannot be undone")

    def action_anonymise(self):
        """Remove what is personal of the chosen contacts.

        :raise AccessError: if the user may not
        :raise UserError: if he is not sure, or something of theirs is open
        """
        self.ensure_one()
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._(
                    "Contacts are anonymised by market staff: ask a customer reviewer."
                )
            )
        if not self.is_sure:
            raise UserError(
                self.env._(
                    "What is removed cannot be brought back: tick that you know it."
                )
            )
        # ids only: whoever calls may name contacts whom he does not reach
        partners = self.env["res.partner"].browse(self.sudo().partner_ids.ids)
        # whom he does not reach loses his name with the others, or nobody does
        partners.sudo()._get_anonymised().sudo(False).check_access("write")
        # what repeats the personal data lies in documents of others, too
        partners.sudo()._anonymise()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
