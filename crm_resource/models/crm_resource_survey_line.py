from odoo import fields, models

from .crm_resource_target_mixin import REASONS

LINE_REASONS = [
    *REASONS,
    ("answered", "Answered lately"),
    ("asked", "Asked lately"),
]


class CrmResourceSurveyLine(models.Model):
    """Who is asked in a round, once. Only code writes here."""

    _name = "crm.resource.survey.line"
    _description = "Receiver of a Survey"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_dates = ("create_date",)
    _past_user = "user_id"
    _order = "round_id desc, state, customer_id, id"
    _rec_name = "partner_id"

    round_id = fields.Many2one(
        "crm.resource.survey.round",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Receiver",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        readonly=True,
        ondelete="set null",
    )
    address = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("planned", "To Send"),
            ("sent", "Sent"),
            ("reminded", "Reminded"),
            ("answered", "Answered"),
            ("skipped", "Left Out"),
            ("failed", "Failed"),
        ],
        string="Status",
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        LINE_REASONS,
        string="Left Out Because",
        readonly=True,
        help="Of the round, or of the reminder if the invitation was sent.",
    )
    note = fields.Char(string="What Went Wrong", readonly=True)
    date_sent = fields.Date(string="Sent On", readonly=True)
    date_reminded = fields.Date(string="Reminded On", readonly=True)
    # it holds the key to the survey in the name of the receiver
    input_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    _receiver_unique = models.Constraint(
        "UNIQUE(round_id, partner_id)", "Everybody is asked once in a round."
    )
    _address_unique = models.UniqueIndex(
        "(round_id, address) WHERE state != 'skipped'",
        "Every address is asked once in a round.",
    )
    _asked_idx = models.Index("(customer_id, date_sent) WHERE date_sent IS NOT NULL")
