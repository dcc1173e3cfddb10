from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# what people say; everything else follows
ASKED_FIELDS = {"scheme_id", "partner_id", "evaluator_id"}
EDITED_FIELDS = {
    "date_improvement",
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
        """Take what people say; what is computed or decided comes from elsewhere, and
        why only from those who decide, before they do."""
        edited = set(EDITED_FIELDS)
        if "decision_note" in vals and not self.env.su:
            self._check_decider()
            edited.add("decision_note")
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
            foreign = partners - scheme._filter_partners(partners)
            if foreign:
                raise UserError(
                    self.env._(
                        "“%(scheme)s” does not evaluate %(partner)s: choose another "
                        "scheme, or change whom it evaluates.",
                        scheme=scheme.name,
                        partner=foreign[0].display_name,
                    )
                )

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
