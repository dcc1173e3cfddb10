from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourcePin(models.Model):
    """A customer whom a person keeps at hand; everybody has his own."""

    _name = "crm.resource.pin"
    _description = "Pinned Customer"
    _order = "id desc"
    _rec_name = "partner_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    _user_partner_unique = models.Constraint(
        "UNIQUE(user_id, partner_id)", "You have pinned this customer already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Everybody pins for himself, and whom he may read.

        :raise UserError: if somebody is no customer
        """
        if not self.env.su:
            vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
        pins = super().create(vals_list)
        pins.partner_id.check_access("read")
        for partner in pins.partner_id:
            if not partner.customer_state:
                raise UserError(
                    self.env._(
                        "%(contact)s is no customer: only customers are pinned.",
                        contact=partner.display_name,
                    )
                )
        return pins
