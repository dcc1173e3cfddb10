from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_resource_evaluation_criterion import FIGURES, TYPED
from .res_partner import MONEY_GROUPS

# what people say; everything else follows
ASKED_FIELDS = {"scheme_id", "partner_id", "evaluator_id"}
EDITED_FIELDS = {
    "date_improvement",
    "decision_note",
    "improvement",
    "note",
    "score_ids",
}


class CrmResourceEvaluation(models.Model):
    _name = "crm.resource.evaluation"
    _description = "Evaluation"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.past.mixin",
    ]
    _past_dates = ("date", "create_date")
    _past_user = "evaluator_id"
    _order = "date desc, scheme_id, total desc, id"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    scheme_id = fields.Many2one(
        "crm.resource.evaluation.scheme",
        required=True,
        ondelete="restrict",
    )
    target = fields.Selection(related="scheme_id.target", store=True)
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer or Supplier",
        required=True,
        index=True,
        ondelete="cascade",
    )
    date = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    date_from = fields.Date(string="Figures From", readonly=True)
    state = fields.Selection(
        [
            ("draft", "To Do"),
            ("progress", "In Progress"),
            ("done", "Done"),
            ("recommended", "Recommended"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
    )
    evaluator_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain=[("share", "=", False)],
        tracking=True,
    )
    score_ids = fields.One2many(
        "crm.resource.evaluation.score", "evaluation_id", string="Scores"
    )
    total = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    grade_id = fields.Many2one(
        "crm.resource.evaluation.grade",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    rank = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Among all that were evaluated by the same scheme on the same day.",
    )
    date_done = fields.Date(string="Done On", readonly=True)
    is_latest = fields.Boolean(
        string="Latest", readonly=True, help="No later one by this scheme is done."
    )
    evaluation_before_id = fields.Many2one(
        "crm.resource.evaluation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    total_before = fields.Float(
        related="evaluation_before_id.total", string="Total Before"
    )
    trend = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="By how many points the total changed since the evaluation before.",
    )
    note = fields.Text(string="Analysis")
    improvement = fields.Text(
        string="To Be Improved", help="What the partner is asked to improve."
    )
    date_improvement = fields.Date(string="Improved Until")
    recommended_by_id = fields.Many2one("res.users", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    date_decided = fields.Date(string="Decided On", readonly=True)
    decision_note = fields.Text(string="Reason of the Decision")
    is_evaluator = fields.Boolean(compute="_compute_is_evaluator")
    is_decider = fields.Boolean(compute="_compute_is_evaluator")

    _partner_date_unique = models.Constraint(
        "UNIQUE(scheme_id, partner_id, date)",
        "This partner was evaluated by this scheme today already: open that "
        "evaluation.",
    )
    _latest_index = models.UniqueIndex(
        "(scheme_id, partner_id) WHERE is_latest",
        "Another evaluation is the latest one: try again.",
    )
    _run_index = models.Index("(scheme_id, date)")

    @api.depends("state", "evaluator_id", "scheme_id")
    @api.depends_context("uid")
    def _compute_is_evaluator(self):
        for evaluation in self:
            evaluation.is_evaluator = evaluation._may_evaluate()
            evaluation.is_decider = (
                evaluation.state == "recommended" and evaluation._may_decide()
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Evaluate single partners: what is computed follows at once."""
        vals_list = [
            {name: vals[name] for name in ASKED_FIELDS & vals.keys()}
            for vals in vals_list
        ]
        # whoever calls chooses the context, too
        context = {
            name: value
            for name, value in self.env.context.items()
            if not name.startswith("default_")
            or name.removeprefix("default_") in ASKED_FIELDS
        }
        itself = self.with_env(self.env(context=context))
        evaluations = super(CrmResourceEvaluation, itself).create(vals_list)
        # figures are written by nobody; they show no more than the evaluation
        for scheme, own in evaluations.sudo().grouped("scheme_id").items():
            scheme._check_complete()
            own._check_fits()
            scheme._prepare(own)
            scheme._score(own.ids)
        return evaluations

    def write(self, vals):
        """Take what people say; what is computed or decided comes from elsewhere."""
        edited = set(EDITED_FIELDS)
        if self.env.user.has_group("crm_resource.group_reviewer"):
            edited.add("evaluator_id")
        if not self.env.su and not vals.keys() <= edited:
            raise AccessError(
                self.env._(
                    "Points, grades and the status of an evaluation follow from what "
                    "is filled in: change that instead."
                )
            )
        result = super().write(vals)
        if "evaluator_id" in vals:
            # whoever names another evaluator has him asked instead
            self.sudo().activity_reschedule(
                ["crm_resource.mail_activity_data_evaluation"],
                new_user_id=vals["evaluator_id"],
            )
        return result

    def _check_fits(self):
        """Check that each partner is among those whom its scheme evaluates.

        :raise UserError: if not
        """
        for scheme, evaluations in self.grouped("scheme_id").items():
            partners = evaluations.partner_id
            foreign = partners - partners.filtered_domain(scheme._get_partner_domain())
            if foreign:
                raise UserError(
                    self.env._(
                        "“%(scheme)s” does not evaluate %(partner)s: choose another "
                        "scheme, or change whom it evaluates.",
                        scheme=scheme.name,
                        partner=foreign[0].display_name,
                    )
                )

    # ------------------------------------------------------------
    # Who may do what
    # ------------------------------------------------------------

    def _may_evaluate(self):
        user = self.env.user
        return (
            user == self.evaluator_id
            # who else fills in is no secret
            or user in self.sudo().scheme_id.evaluator_ids
            or user.has_group("crm_resource.group_reviewer")
        )

    def _may_decide(self):
        """Whoever recommends does not decide as well."""
        user = self.env.user
        deciders = self.sudo().scheme_id.decider_ids  # as above
        may_decide = (
            user in deciders
            if deciders
            else user.has_group("crm_resource.group_reviewer")
        )
        return may_decide and user != self.recommended_by_id

    def _check_evaluator(self):
        for evaluation in self:
            if not evaluation._may_evaluate():
                raise AccessError(
                    self.env._(
                        "The evaluation of %(partner)s is not yours: ask its "
                        "evaluator.",
                        partner=evaluation.partner_id.display_name,
                    )
                )

    def _check_state(self, *states):
        for evaluation in self:
            if evaluation.state not in states:
                raise UserError(
                    self.env._(
                        "This is not possible while the evaluation of %(partner)s is "
                        "“%(state)s”: reload the page.",
                        partner=evaluation.partner_id.display_name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[evaluation.state],
                    )
                )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_finish(self):
        """Add up the points of evaluations that are filled in."""
        self.check_access("read")
        self._check_evaluator()
        self._check_state("draft", "progress")
        for evaluation in self:
            missing = evaluation.score_ids.filtered(lambda score: not score.is_given)
            if missing:
                raise UserError(
                    self.env._(
                        "%(partner)s: fill in “%(criteria)s” first.",
                        partner=evaluation.partner_id.display_name,
                        criteria="”, “".join(missing.criterion_id.mapped("name")),
                    )
                )
        # totals are written by nobody, and the evaluator's right was checked
        own = self.sudo()
        for scheme, evaluations in own.grouped("scheme_id").items():
            scheme._finish(evaluations.ids)
        own._close_activities()

    def action_reopen(self):
        """Have an evaluation filled in again."""
        self.check_access("read")
        self._check_reviewer()
        self._check_state("done", "recommended", "accepted", "refused")
        own = self.sudo()  # as in action_finish
        own.write(
            {
                "state": "progress",
                "date_done": False,
                "is_latest": False,
                "rank": 0,
                "recommended_by_id": False,
                "decided_by_id": False,
                "date_decided": False,
            }
        )
        for scheme, evaluations in own.grouped("scheme_id").items():
            scheme._refresh_latest(evaluations.partner_id)

    def action_recommend(self):
        """Recommend suppliers, and ask the deciders."""
        self.check_access("read")
        self._check_evaluator()
        self._check_state("done")
        for evaluation in self:
            if evaluation.target != "supplier":
                raise UserError(self.env._("Only suppliers are recommended."))
        # the status is written by nobody, and the evaluator's right was checked
        own = self.sudo()
        own.write({"state": "recommended", "recommended_by_id": self.env.uid})
        for evaluation in own:
            for decider in evaluation.scheme_id.decider_ids - self.env.user:
                evaluation.activity_schedule(
                    "crm_resource.mail_activity_data_evaluation",
                    summary=self.env._("Accept or refuse the supplier"),
                    user_id=decider.id,
                )

    def action_accept(self):
        """Accept recommended suppliers."""
        self._decide("accepted")

    def action_refuse(self):
        """Refuse recommended suppliers; the reason is written down before."""
        for evaluation in self:
            if not evaluation.decision_note:
                raise UserError(
                    self.env._(
                        "Write down why %(partner)s is refused, then refuse.",
                        partner=evaluation.partner_id.display_name,
                    )
                )
        self._decide("refused")

    @api.readonly
    def action_open_partner(self):
        """Open whom the evaluation is about."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def _decide(self, state):
        self.check_access("read")
        self._check_state("recommended")
        for evaluation in self:
            if not evaluation._may_decide():
                raise AccessError(
                    self.env._(
                        "Somebody else decides on %(partner)s: one of the deciders of "
                        "the scheme who did not recommend him.",
                        partner=evaluation.partner_id.display_name,
                    )
                )
        # as in action_recommend
        own = self.sudo()
        own.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "date_decided": fields.Date.context_today(self),
            }
        )
        own._close_activities()

    def _check_reviewer(self):
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._("Ask a reviewer to have the evaluation filled in again.")
            )

    def _close_activities(self):
        self.activity_unlink(["crm_resource.mail_activity_data_evaluation"])

    def _get_report_groups(self):
        """Return the scores by the groups of their criteria, as the sheet shows them:
        list of name, scores, points that count and the most there could be."""
        self.ensure_one()
        groups = defaultdict(self.env["crm.resource.evaluation.score"].browse)
        for score in self.score_ids:
            groups[score.criterion_id.heading or ""] |= score
        return [
            (
                name,
                scores,
                sum(scores.mapped("weighted_points")),
                sum(scores.mapped("share")),
            )
            for name, scores in groups.items()
        ]


class CrmResourceEvaluationScore(models.Model):
    """The points of an evaluation for one criterion, with its weight of that day."""

    _name = "crm.resource.evaluation.score"
    _description = "Score of an Evaluation"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "evaluated_id"
    # as long as its figures reach back into the past
    _past_dates = ("date_from",)
    _order = "evaluation_id, sequence, id"
    _rec_name = "criterion_id"
    _log_access = False

    evaluation_id = fields.Many2one(
        "crm.resource.evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    criterion_id = fields.Many2one(
        "crm.resource.evaluation.criterion",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    evaluated_id = fields.Many2one(related="evaluation_id.partner_id")
    date_from = fields.Date(related="evaluation_id.date_from")
    source = fields.Selection(related="criterion_id.source")
    sequence = fields.Integer(readonly=True)
    weight = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    figure = fields.Float(
        digits=(16, 2), readonly=True, aggregator=None, groups=MONEY_GROUPS
    )
    scale_id = fields.Many2one(
        "crm.resource.evaluation.scale",
        string="Choice",
        index="btree_not_null",
        ondelete="set null",
        domain="[('criterion_id', '=', criterion_id)]",
    )
    points = fields.Float(digits=(16, 2), aggregator="avg")
    is_typed = fields.Boolean(string="Filled In", readonly=True)
    is_given = fields.Boolean(string="Has Points", readonly=True)
    note = fields.Char()
    share = fields.Float(
        string="Weight (%)",
        compute="_compute_share",
        compute_sudo=True,
        digits=(16, 2),
        aggregator=None,
    )
    weighted_points = fields.Float(
        compute="_compute_share", compute_sudo=True, digits=(16, 2), aggregator=None
    )

    _criterion_unique = models.Constraint(
        "UNIQUE(evaluation_id, criterion_id)",
        "Each criterion of an evaluation has one score.",
    )
    _check_points = models.Constraint(
        "CHECK(points BETWEEN 0 AND 100)",
        "Points lie between 0 and 100: correct them.",
    )

    @api.depends("weight", "points", "evaluation_id.score_ids.weight")
    def _compute_share(self):
        for score in self:
            whole = sum(score.evaluation_id.score_ids.mapped("weight"))
            score.share = score.weight * 100 / whole if whole else 0
            score.weighted_points = score.share * score.points / 100

    @api.onchange("scale_id")
    def _onchange_scale_id(self):
        """Show the points of a choice before it is saved."""
        if self.source == "choice":
            self.points = self.scale_id.points

    def write(self, vals):
        """Take the points of people, for what is not computed.

        :raise UserError: if the evaluation is done
        """
        if self.env.su:
            return super().write(vals)
        for score in self:
            score._check_write(vals)
        result = True
        for score in self:
            result &= super(CrmResourceEvaluationScore, score).write(
                score._complete(vals)
            )
        # that somebody began is no secret
        evaluations = self.sudo().evaluation_id
        evaluations.filtered(lambda own: own.state == "draft").state = "progress"
        return result

    def _check_write(self, vals):
        self.evaluation_id._check_evaluator()
        self.evaluation_id._check_state("draft", "progress")
        typed = {"note"}
        if self.is_typed:
            typed |= {"scale_id", "points"}
        if not vals.keys() <= typed:
            raise AccessError(
                self.env._(
                    "“%(criterion)s” is computed: only a note can be added.",
                    criterion=self.criterion_id.name,
                )
            )

    def _complete(self, vals):
        """Return what to write: the points of a choice follow from it."""
        if self.source not in TYPED or not {"scale_id", "points"} & vals.keys():
            return vals
        if self.source == "points":
            return {**vals, "scale_id": False, "is_given": True}
        scale = self.scale_id.browse(vals.get("scale_id", self.scale_id.id))
        if scale and scale not in self.criterion_id.scale_ids:
            raise UserError(
                self.env._(
                    "“%(criterion)s” has no such choice: choose one of its scale.",
                    criterion=self.criterion_id.name,
                )
            )
        return {**vals, "points": scale.points, "is_given": bool(scale)}

    def _has_figure(self):
        """Return whether the figure is known, and for the user to see."""
        return (
            self.source in FIGURES
            and self._has_field_access(self._fields["figure"], "read")
            and bool(self.scale_id or self.figure)
        )
