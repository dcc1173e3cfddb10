from odoo import fields, models


class CrmResourceDrawParticipant(models.Model):
    """Who takes part in a draw. Only code writes here."""

    _name = "crm.resource.draw.participant"
    _description = "Participant of a Draw"
    _order = "draw_id desc, partner_id, id"
    _rec_name = "partner_id"

    draw_id = fields.Many2one(
        "crm.resource.draw",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Participant",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    customer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )

    _partner_unique = models.Constraint(
        "UNIQUE(draw_id, partner_id)", "Everybody takes part in a draw once."
    )
