from datetime import timedelta

from odoo import api, fields, models


class CrmResourceAbsence(models.Model):
    """Whoever is away can be stood in for with all he has."""

    _inherit = "crm.resource.absence"

    is_handover_allowed = fields.Boolean(compute="_compute_is_handover_allowed")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_handover_allowed(self):
        may_all = self.env.user.has_group("crm_resource.group_reviewer")
        led = self.env["crm.team"]._get_led_members()
        for absence in self:
            absence.is_handover_allowed = may_all or absence.user_id in led

    def action_move_visits(self):
        """Open the dialog that moves the visits of these days to the substitute; it
        checks who may."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_visit_move_action"
            ),
            "context": {
                "default_user_id": self.user_id.id,
                "default_date_from": self.date_from,
                "default_date_to": self.date_to,
                "default_substitute_id": self.substitute_id.id,
            },
        }

    def action_hand_over(self):
        """Open the hand-over to the substitute for as long as the absence lasts; it
        checks who may."""
        self.ensure_one()
        context = {
            "default_user_id": self.user_id.id,
            "default_date_return": self.date_to + timedelta(days=1),
            "default_reason": self.reason,
        }
        if self.substitute_id:
            context["default_successor_ids"] = [
                fields.Command.create({"user_id": self.substitute_id.id})
            ]
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_handover_action"
            ),
            "context": context,
        }
