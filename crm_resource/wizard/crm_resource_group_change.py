from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmResourceGroupChange(models.TransientModel):
    """Putting customers and contacts into a group, which is a tag, or out of it."""

    _name = "crm.resource.group.change"
    _description = "Change a Group"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers and Contacts",
        required=True,
        context={"active_test": False},
    )
    partner_count = fields.Integer(string="Chosen", compute="_compute_partner_count")
    category_id = fields.Many2one("res.partner.category", string="Group")
    operation = fields.Selection(
        [("add", "Add to the group"), ("remove", "Remove from the group")],
        string="What to Do",
        required=True,
        default="add",
    )

    @api.depends("partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)

    def action_change(self):
        """Put the customers into the group, or out of it.

        :raise AccessError: if the user may not edit one of them
        :raise UserError: if nobody or no group is chosen
        """
        self.ensure_one()
        if not self.category_id or not self.partner_ids:
            raise UserError(
                self.env._("Choose the customers and the group, or enter a new group.")
            )
        self.partner_ids.check_access("write")
        before = self._get_members()
        command = Command.link if self.operation == "add" else Command.unlink
        self.partner_ids.write({"category_id": [command(self.category_id.id)]})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_result(before),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_members(self):
        return self.partner_ids.filtered(
            lambda partner: self.category_id in partner.category_id
        )

    def _get_result(self, before):
        """Return in words what was done.

        :param before: `res.partner` who were in the group
        """
        if self.operation == "add":
            return self.env._(
                "%(count)s came into the group %(group)s, %(rest)s were there already.",
                count=len(self.partner_ids - before),
                group=self.category_id.name,
                rest=len(before),
            )
        return self.env._(
            "%(count)s left the group %(group)s.",
            count=len(before),
            group=self.category_id.name,
        )
