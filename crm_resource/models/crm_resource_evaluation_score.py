from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_resource_evaluation_criterion import FIGURES, TYPED
from .res_partner import MONEY_GROUPS


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
