from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceSurveyProposal(models.Model):
    """Which product is proposed to whoever gives an answer, or reaches a score."""

    _name = "crm.resource.survey.proposal"
    _description = "Product Proposed by a Survey"
    _order = "survey_id, sequence, id"
    _rec_name = "product_id"

    survey_id = fields.Many2one(
        "survey.survey", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    answer_id = fields.Many2one(
        "survey.question.answer",
        string="If the Answer Is",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('question_id.survey_id', '=', survey_id)]",
        help="Empty: the score decides.",
    )
    score_from = fields.Float(string="Score From (%)", digits=(5, 1))
    score_to = fields.Float(string="Score To (%)", digits=(5, 1), default=100)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        domain=[("sale_ok", "=", True)],
        ondelete="cascade",
        help="Its name is shown to everybody who answers so.",
    )
    reason = fields.Text(translate=True, help="Shown to whoever answers so.")

    _check_scores = models.Constraint(
        "CHECK(score_from BETWEEN 0 AND 100 AND score_to BETWEEN score_from AND 100)",
        "Scores are 0 to 100, and the first is not above the last: correct them.",
    )

    @api.constrains("answer_id", "survey_id")
    def _check_answer(self):
        for proposal in self.filtered("answer_id"):
            if proposal.answer_id.question_id.survey_id != proposal.survey_id:
                raise ValidationError(
                    self.env._(
                        "“%(answer)s” is no answer to a question of “%(survey)s”: "
                        "choose another one.",
                        answer=proposal.answer_id.value,
                        survey=proposal.survey_id.title,
                    )
                )

    def _is_met(self, answers, score):
        """Return whether it is proposed.

        :param answers: the `survey.question.answer` that were chosen
        :param score: in percent, None if there is none
        """
        self.ensure_one()
        if not self.product_id.active:
            return False
        if self.answer_id:
            return self.answer_id in answers
        return score is not None and self.score_from <= score <= self.score_to
