from odoo import api, models


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    @api.depends_context("crm_show_choice")
    def _compute_display_name(self):
        """Results of polls name the choice alone: the question is known."""
        if not self.env.context.get("crm_show_choice"):
            return super()._compute_display_name()
        for answer in self:
            answer.display_name = answer.value_label
        return None
