from odoo import fields, models

from ..models.crm_resource_target_mixin import REASONS


class CrmResourceTargetPreview(models.TransientModel):
    """Who belongs to a target group at this moment. Only code writes here."""

    _name = "crm.resource.target.preview"
    _description = "Preview of a Target Group"
    _order = "reason, customer_id, id"
    _rec_name = "partner_id"

    group_id = fields.Many2one(
        "crm.resource.target.group", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Receiver", ondelete="cascade")
    customer_id = fields.Many2one("res.partner", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    team_id = fields.Many2one("crm.team", string="Department", ondelete="cascade")
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", ondelete="cascade"
    )
    address = fields.Char()
    reason = fields.Selection(REASONS, string="Left Out Because")
