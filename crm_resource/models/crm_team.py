from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmTeam(models.Model):
    _inherit = "crm.team"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.team",
        string="Department Above",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The leader of a department also reaches what belongs to the departments "
        "below it.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", string="Departments Below")

    @api.model_create_multi
    def create(self, vals_list):
        """Who leads it reaches what belongs to it."""
        teams = super().create(vals_list)
        self.env["crm.resource.audience"]._forget_reached_ids()
        return teams

    def write(self, vals):
        """As `create`."""
        result = super().write(vals)
        self.env["crm.resource.audience"]._forget_reached_ids()
        return result

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A department cannot stand above itself: choose another one."
                )
            )
