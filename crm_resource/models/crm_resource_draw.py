from odoo import api, fields, models
from odoo.exceptions import UserError

# what is free to change only before participants are frozen
CONTENT = {"audience", "campaign_id", "company_id", "date_expiry", "event_id"}
CONTENT |= {"is_one_each", "prize_ids", "previous_id"}
CODE_FIELDS = {"state", "secret", "seed", "seed_hash", "date_frozen", "date_drawn"}


class CrmResourceDraw(models.Model):
    """Prizes among participants, so that everybody can check it.

    Freezing keeps the participants and makes a secret seed, of which the SHA-256 is
    shown at once. Drawing shows the seed. Each prize, in order, goes to the participant
    with the smallest HMAC-SHA256 of ``<number of the prize>:<id of the participant>``,
    keyed by the seed; with one prize each, all prizes share the number 0, and go to the
    participants in that order.
    """

    _name = "crm.resource.draw"
    _description = "Prize Draw"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null")
    event_id = fields.Many2one(
        "event.event", string="Activity", index="btree_not_null", check_company=True
    )
    audience = fields.Selection(
        [
            ("attended", "Who Attended"),
            ("registered", "Who Registered"),
            ("targeted", "Who Is on the List of the Campaign"),
        ],
        string="Among",
        required=True,
        default="attended",
    )
    is_one_each = fields.Boolean(string="One Prize Each", default=True)
    date_expiry = fields.Date(
        string="Redeem Until", help="The last day. Empty: always."
    )
    prize_ids = fields.One2many(
        "crm.resource.draw.prize", "draw_id", string="Prizes", copy=True
    )
    participant_ids = fields.One2many(
        "crm.resource.draw.participant", "draw_id", string="Participants"
    )
    winner_ids = fields.One2many(
        "crm.resource.draw.winner", "draw_id", string="Winners"
    )
    participant_count = fields.Integer(compute="_compute_counts")
    winner_count = fields.Integer(compute="_compute_counts")
    redeemed_count = fields.Integer(compute="_compute_counts")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("frozen", "Participants Frozen"),
            ("drawn", "Drawn"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    secret = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    seed_hash = fields.Char(
        string="SHA-256 of the Seed", readonly=True, copy=False, tracking=True
    )
    seed = fields.Char(readonly=True, copy=False, tracking=True)
    date_frozen = fields.Datetime(string="Frozen On", readonly=True, copy=False)
    date_drawn = fields.Datetime(string="Drawn On", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "crm.resource.draw", string="Drawn Anew After", readonly=True, copy=False
    )

    def _compute_counts(self):
        # how many there are is no secret; who they are is
        draws = self.sudo()
        for name, model, domain in (
            ("participant_count", "crm.resource.draw.participant", []),
            ("winner_count", "crm.resource.draw.winner", []),
            (
                "redeemed_count",
                "crm.resource.draw.winner",
                [("date_redeemed", "!=", False)],
            ),
        ):
            counts = dict(
                draws.env[model]._read_group(
                    [("draw_id", "in", self.ids), *domain], ["draw_id"], ["__count"]
                )
            )
            for draw in draws:
                draw[name] = counts.get(draw._origin, 0)

    # ------------------------------------------------------------
    # What is done stays done
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Draws begin as drafts, whatever the context says."""
        protected = dict.fromkeys(CODE_FIELDS - {"secret"}, False)
        protected["state"] = "draft"
        if not self.env.su:
            protected["previous_id"] = False
        return super().create([{**vals, **protected} for vals in vals_list])

    def write(self, vals):
        """Nobody changes what a draw was about."""
        if not self.env.su:
            vals = {k: value for k, value in vals.items() if k not in CODE_FIELDS}
            if CONTENT & vals.keys():
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_draft()

    def _check_draft(self):
        for draw in self.filtered(lambda draw: draw.state != "draft"):
            raise UserError(
                self.env._(
                    "The participants of “%(draw)s” are frozen, and nothing of it "
                    "changes any more: cancel it, and draw anew.",
                    draw=draw.name,
                )
            )
