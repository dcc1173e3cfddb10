from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# the plan follows from these
PLANNED_FIELDS = {"date_return", "kind_ids", "method", "successor_ids", "user_id"}


class CrmResourceHandover(models.TransientModel):
    """What a person has passes to his successors: first as a plan, which the run then
    applies as it is."""

    _name = "crm.resource.handover"
    _description = "Hand Over"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        domain=[("share", "=", False)],
        context={"active_test": False},
        ondelete="cascade",
        help="Who leaves or is away.",
    )
    date_return = fields.Date(
        string="Returns On",
        help="On this day the person gets back what was passed and is still to be "
        "done. Empty: it passes for good.",
    )
    reason = fields.Char(help="Is kept in the owner history of the customers.")
    method = fields.Selection(
        [("turn", "One after the other"), ("load", "To whom has the fewest customers")],
        string="Several Successors",
        required=True,
        default="turn",
        help="Whom those customers go to who are in nobody's filter.",
    )
    kind_ids = fields.One2many(
        "crm.resource.handover.kind",
        "handover_id",
        string="What",
        default=lambda self: [
            fields.Command.create({"kind": kind.key})
            for kind in self.env["res.users"]._get_handover_models()
        ],
    )
    successor_ids = fields.One2many(
        "crm.resource.handover.successor", "handover_id", string="Successors"
    )
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview"), ("done", "Done")],
        default="choose",
        readonly=True,
    )
    count_ids = fields.One2many(
        "crm.resource.handover.count", "handover_id", string="Plan", readonly=True
    )
    line_ids = fields.One2many(
        "crm.resource.handover.line", "handover_id", readonly=True
    )
    passing_count = fields.Integer(string="Passing", compute="_compute_counts")
    left_ids = fields.One2many(
        "crm.resource.handover.line",
        "handover_id",
        string="Left Alone",
        domain=["|", ("is_left", "=", True), ("user_id", "=", False)],
        readonly=True,
    )
    left_count = fields.Integer(string="Left", compute="_compute_counts")

    unreached_count = fields.Integer(string="Not Reached", readonly=True)
    is_allowed = fields.Boolean(compute="_compute_is_allowed")

    @api.depends_context("uid")
    def _compute_is_allowed(self):
        led = self.env["crm.team"]._get_led_members()
        self.is_allowed = self._is_unlimited() or bool(led - self.env.user)

    @api.depends("count_ids")
    def _compute_counts(self):
        for handover in self:
            passing = handover.count_ids.filtered("user_id")
            handover.passing_count = sum(passing.mapped("record_count"))
            handover.left_count = sum(
                (handover.count_ids - passing).mapped("record_count")
            )

    def write(self, vals):
        """Another choice needs another plan."""
        if PLANNED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self._forget_plan()
        return super().write({**vals, "state": "choose"})

    def action_preview(self):
        """Show what would go to whom, and why.

        :raise UserError: if nobody can take over
        :raise AccessError: if the user may not hand over for this person
        """
        self.ensure_one()
        self._check_choice()
        self._check_successors(self.successor_ids.user_id)
        self._forget_plan()
        self._store_plan(self._plan())
        self.unreached_count = self._count_unreached()
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Return to the choice."""
        self.ensure_one()
        self._forget_plan()
        self.state = "choose"
        return self._reopen()

    def action_open_lines(self):
        """List what would pass, one by one."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_handover_line_action"
            ),
            "domain": [("handover_id", "=", self.id)],
        }

    def action_hand_over(self):
        """Apply the plan; what has changed since is left alone and named.

        :raise UserError: if there is no plan, or a successor cannot take over any more
        :raise AccessError: if the user may not hand over for this person
        """
        self.ensure_one()
        lines = self.line_ids.filtered("user_id")
        if self.state != "preview" or not lines:
            raise UserError(
                self.env._("There is nothing to hand over: make a preview first.")
            )
        self._check_choice()
        self._check_successors(lines.user_id)
        self._apply(lines)
        self.state = "done"
        return self._reopen()

    def _check_choice(self):
        if self.date_return and self.date_return <= fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The person cannot return before tomorrow: choose a later day, or "
                    "none if everything passes for good."
                )
            )

    def _check_successors(self, successors):
        """Check that these people can take over from the person, and that the user may
        give them what he has."""
        self._check_handover_access(successors)
        if not successors:
            raise UserError(self.env._("Choose at least one successor."))
        if self.user_id in successors:
            raise UserError(
                self.env._(
                    "%(person)s cannot take over from himself: choose somebody else.",
                    person=self.user_id.name,
                )
            )
        for user in successors:
            if user.share or not user.active:
                raise UserError(
                    self.env._(
                        "%(person)s does not work here: choose a colleague as "
                        "successor.",
                        person=user.name,
                    )
                )
        today = fields.Date.context_today(self)
        last = self.date_return and self.date_return - timedelta(days=1)
        Absence = self.env["crm.resource.absence"]
        for user in Absence._get_absent_users(today, last or today) & successors:
            raise UserError(
                self.env._(
                    "%(person)s is away at that time: choose somebody who is there.",
                    person=user.name,
                )
            )

    def _check_handover_access(self, successors):
        """Check that the user may hand over for the person: market staff and sales
        administrators may, and leaders among their own people."""
        if self._is_unlimited():
            return
        led = self.env["crm.team"]._get_led_members()
        if self.user_id not in led or successors - led - self.env.user:
            raise AccessError(
                self.env._(
                    "Market staff hand over for everybody, the leader of a department "
                    "for its own people among them: ask one of them to hand over for "
                    "%(person)s.",
                    person=self.user_id.name,
                )
            )

    def _is_unlimited(self):
        return self.env.su or self.env.user.has_group("crm_resource.group_reviewer")

    def _forget_plan(self):
        # computed rows, which nobody may write
        self.sudo().line_ids.unlink()
        self.sudo().count_ids.unlink()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
