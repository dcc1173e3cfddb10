from odoo import api, fields, models

from ..models.crm_resource_batch_document import (
    get_document_names,
)


class CrmResourceHandoverKind(models.TransientModel):
    _name = "crm.resource.handover.kind"
    _description = "What Is Handed Over"
    _order = "id"
    _rec_name = "kind"

    handover_id = fields.Many2one(
        "crm.resource.handover", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        lambda self: self.env["res.users"]._get_handover_kinds(),
        string="What",
        required=True,
    )
    is_passed = fields.Boolean(string="Passes", default=True)


class CrmResourceHandoverSuccessor(models.TransientModel):
    _name = "crm.resource.handover.successor"
    _description = "Successor"
    _order = "sequence, id"
    _rec_name = "user_id"

    handover_id = fields.Many2one(
        "crm.resource.handover", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        string="Successor",
        required=True,
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    domain = fields.Char(
        string="Gets These Customers",
        help="The first successor in whose filter a customer is gets him. Those in "
        "nobody's filter are shared among the successors without one, or among all.",
    )


class CrmResourceHandoverCount(models.TransientModel):
    _name = "crm.resource.handover.count"
    _description = "What Goes to One Successor"
    _order = "id"
    _rec_name = "kind"

    handover_id = fields.Many2one(
        "crm.resource.handover", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        lambda self: self.env["res.users"]._get_handover_kinds(), string="What"
    )
    user_id = fields.Many2one("res.users", string="To", ondelete="cascade")
    record_count = fields.Integer(string="Count")

    def action_open_lines(self):
        """List them one by one."""
        self.ensure_one()
        action = self.handover_id.action_open_lines()
        action["domain"] += [
            ("kind", "=", self.kind),
            ("user_id", "=", self.user_id.id),
        ]
        return action


class CrmResourceHandoverLine(models.TransientModel):
    """One customer or document of the plan."""

    _name = "crm.resource.handover.line"
    _description = "What Would Pass"
    _order = "id"

    handover_id = fields.Many2one(
        "crm.resource.handover", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        lambda self: self.env["res.users"]._get_handover_kinds(), string="What"
    )
    res_model = fields.Char(string="Model")
    res_id = fields.Many2oneReference(string="Record", model_field="res_model")
    name = fields.Char(compute="_compute_name")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="To", ondelete="cascade")
    team_from_id = fields.Many2one(
        "crm.team", string="Old Department", ondelete="cascade"
    )
    team_id = fields.Many2one("crm.team", string="Department", ondelete="cascade")
    why = fields.Selection(
        [
            ("only", "The only successor"),
            ("filter", "In the successor's filter"),
            ("turn", "One after the other"),
            ("load", "Has the fewest customers"),
            ("customer", "With the customer"),
            ("nobody", "No successor works in its company"),
            ("full", "The successors may have no more customers"),
        ]
    )
    is_left = fields.Boolean(
        string="Left Alone", help="It had changed since the preview."
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_name(self):
        names = get_document_names(self)
        for line in self:
            line.name = names[line]
