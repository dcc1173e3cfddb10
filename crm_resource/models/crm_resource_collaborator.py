from odoo import fields, models
from odoo.exceptions import UserError


class CrmResourceCollaborator(models.Model):
    """Who else may read or edit a customer and what belongs to him."""

    _name = "crm.resource.collaborator"
    _description = "Collaborator"
    _inherit = "crm.resource.detail.mixin"
    _order = "partner_id, id"
    _rec_name = "user_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    access = fields.Selection(
        [("read", "Reads"), ("edit", "Edits")],
        required=True,
        default="read",
    )

    _partner_user_unique = models.Constraint(
        "UNIQUE(partner_id, user_id)",
        "This colleague is among the collaborators already: change what he may do.",
    )

    def write(self, vals):
        """Change what somebody may do, not who or where: the rules look at what was
        there before.

        :raise UserError: if the customer or the colleague is another one
        """
        for name in ("partner_id", "user_id"):
            if name in vals and any(c[name].id != vals[name] for c in self):
                raise UserError(
                    self.env._("Delete this collaborator, and add the other one.")
                )
        return super().write(vals)
