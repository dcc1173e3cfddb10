import hmac
import secrets
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# what is free to change only before participants are frozen
CONTENT = {"audience", "campaign_id", "company_id", "date_expiry", "event_id"}
CONTENT |= {"is_one_each", "prize_ids", "previous_id"}
CODE_FIELDS = {"state", "secret", "seed", "seed_hash", "date_frozen", "date_drawn"}
# letters and digits that are not mistaken for one another
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 16


def get_rank(seed, text):
    """Return the place of an entry in a draw: HMAC-SHA256 of it, keyed by the seed."""
    return hmac.new(seed.encode(), text.encode(), sha256).hexdigest()


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

    def _check_staff(self, state):
        """Check that the person may draw, and that it is the time for it."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._("Prizes are drawn by market staff: ask one of them.")
            )
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(draw)s” is in the state “%(state)s”: this cannot be done now.",
                    draw=self.name,
                    state=labels[self.state],
                )
            )

    def action_freeze(self):
        """Keep who takes part, and make the seed, of which only the hash is shown."""
        self._check_staff("draft")
        if not self.prize_ids:
            raise UserError(self.env._("Enter the prizes first."))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_draw_participant (
                    draw_id, partner_id, customer_id, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(id)s, partner_id, customer_id, %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM (%(query)s) source
                 GROUP BY partner_id, customer_id
                """,
                id=self.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                query=self._get_audience_query(),
            )
        )
        if not self.env.cr.rowcount:
            raise UserError(
                self.env._("Nobody takes part: choose others, or wait until some do.")
            )
        self.env["crm.resource.draw.participant"].invalidate_model()
        secret = secrets.token_hex(32)
        # nobody writes these; that he may freeze was checked above
        self.sudo().write(
            {
                "state": "frozen",
                "secret": secret,
                "seed_hash": sha256(secret.encode()).hexdigest(),
                "date_frozen": fields.Datetime.now(),
            }
        )
        return True

    def _get_audience_query(self):
        """Return the SELECT of ``partner_id`` and ``customer_id`` who take part."""
        if self.audience == "targeted":
            if not self.campaign_id:
                raise UserError(self.env._("Choose the campaign first."))
            return SQL(
                """SELECT partner_id, customer_id FROM crm_resource_campaign_target
                    WHERE campaign_id = %s AND reason IS NULL""",
                self.campaign_id.id,
            )
        if not (self.event_id or self.campaign_id):
            raise UserError(self.env._("Choose the activity or the campaign first."))
        conditions = [SQL("TRUE")]
        if self.event_id:
            conditions.append(SQL("part.event_id = %s", self.event_id.id))
        if self.campaign_id:
            conditions.append(SQL("part.campaign_id = %s", self.campaign_id.id))
        if self.audience == "attended":
            conditions.append(SQL("part.is_attended"))
        return SQL(
            "SELECT part.partner_id, part.customer_id FROM (%s) part WHERE %s",
            self.env["crm.resource.participation"]._table_query,
            SQL(" AND ").join(conditions),
        )

    # ------------------------------------------------------------
    # The draw
    # ------------------------------------------------------------

    def action_draw(self):
        """Draw, once, and show the seed."""
        self._check_staff("frozen")
        # the seed is shown from now on; winners are of all customers, and nobody
        # writes them; that he may draw was checked above
        draw = self.sudo()
        participants = draw.participant_ids
        by_id = {one.partner_id.id: one for one in participants}
        units = [
            prize
            for prize in draw.prize_ids.sorted()
            for _unit in range(prize.quantity)
        ]
        winners = draw._pick(draw.secret, list(by_id), len(units))
        draw.env["crm.resource.draw.winner"].create(
            [
                {
                    "draw_id": draw.id,
                    "prize_id": prize.id,
                    "unit": unit,
                    "partner_id": winner,
                    "customer_id": by_id[winner].customer_id.id,
                    "code": _make_code(),
                    "date_expiry": draw.date_expiry,
                }
                for unit, (prize, winner) in enumerate(
                    zip(units, winners, strict=False)
                )
            ]
        )
        draw.write(
            {
                "state": "drawn",
                "seed": draw.secret,
                "date_drawn": fields.Datetime.now(),
            }
        )
        return True

    def _pick(self, seed, participants, count):
        """Return who wins, prize by prize: the same for the same seed and participants.

        :param str seed: what decides
        :param participants: ids
        :param int count: how many prizes there are
        """
        if self.is_one_each:
            ranked = sorted(participants, key=lambda key: get_rank(seed, f"0:{key}"))
            return ranked[:count]
        return [
            min(participants, key=lambda key: get_rank(seed, f"{unit}:{key}"))
            for unit in range(count)
        ]

    def action_verify(self):
        """Draw once more with the seed, and say whether the same people win."""
        self.ensure_one()
        self.check_access("read")
        # only whether they are the same is said
        draw = self.sudo()
        if draw.state != "drawn":
            raise UserError(self.env._("There is nothing to check before the draw."))
        winners = draw.winner_ids.sorted("unit").partner_id.ids
        if not draw.is_one_each:
            winners = [one.partner_id.id for one in draw.winner_ids.sorted("unit")]
        again = draw._pick(
            draw.seed,
            draw.participant_ids.partner_id.ids,
            sum(draw.prize_ids.mapped("quantity")),
        )
        is_same = (
            winners == again
            and sha256(draw.seed.encode()).hexdigest() == draw.seed_hash
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_same else "danger",
                "message": self.env._("The seed gives the same winners.")
                if is_same
                else self.env._("The seed gives other winners."),
            },
        }

    def action_cancel(self):
        """Cancel; what was drawn stays on record, and codes are not redeemed any
        more."""
        self.ensure_one()
        self._check_staff("drawn" if self.state == "drawn" else "frozen")
        if self.sudo().redeemed_count:  # a number only
            raise UserError(
                self.env._("Prizes are redeemed already: the draw stays valid.")
            )
        # nobody writes the state; that he may was checked above
        self.sudo().state = "cancelled"
        return True

    def action_draw_anew(self):
        """Make a new draw that names the cancelled one."""
        self._check_staff("cancelled")
        # nobody writes what a draw follows; that he may was checked above
        anew = self.sudo().copy({"previous_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": anew.id,
            "views": [(False, "form")],
        }


def _make_code():
    """Return a code of 80 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
