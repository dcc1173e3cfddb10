from odoo import api, models


class CrmTeamMember(models.Model):
    """A member with the group Department Documents reaches what belongs to the team."""

    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        """The user may reach more."""
        members = super().create(vals_list)
        self.env["crm.resource.audience"]._forget_reached_ids()
        return members

    def write(self, vals):
        """The user may reach more or less."""
        result = super().write(vals)
        self.env["crm.resource.audience"]._forget_reached_ids()
        return result

    def unlink(self):
        """The user may reach less."""
        result = super().unlink()
        self.env["crm.resource.audience"]._forget_reached_ids()
        return result
