from statistics import mean

from odoo import models


class SurveyUserInput(models.Model):
    """What answers amount to."""

    _inherit = "survey.user_input"

    def _get_crm_score(self):
        """Return the score in percent: that of the survey if it gives points, else the
        mean of its scales, None without any."""
        self.ensure_one()
        if self.survey_id.scoring_type != "no_scoring":
            return self.scoring_percentage
        shares = [
            100 * (line.value_scale - question.scale_min) / span
            for line in self._get_crm_scales()
            if (question := line.question_id)
            and (span := question.scale_max - question.scale_min)
        ]
        return mean(shares) if shares else None

    def _get_crm_recommendation(self):
        """Return how much the participant would recommend us, 0 to 10, None if he did
        not say."""
        lines = self._get_crm_scales().filtered(
            lambda line: line.question_id.crm_role == "nps"
        )
        return lines[:1].value_scale if lines else None

    def _get_crm_scales(self):
        return self.user_input_line_ids.filtered(
            lambda line: line.answer_type == "scale" and not line.skipped
        )

    def _get_crm_text(self):
        """Return the answers as text, a question a line."""
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        return "\n".join(
            f"{line.question_id.title}: {line.display_name}" for line in lines
        )
