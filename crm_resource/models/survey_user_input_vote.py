from odoo import api, models


class SurveyUserInput(models.Model):
    """Answers to polls count as votes."""

    _inherit = "survey.user_input"

    @api.model_create_multi
    def create(self, vals_list):
        """Polls take no answers after their last day."""
        inputs = super().create(vals_list)
        for user_input in inputs:
            # whoever answers need not read the poll
            deadline = user_input.survey_id.sudo()._get_crm_deadline()
            given = user_input.deadline
            if deadline and (not given or given > deadline):
                user_input.deadline = deadline
        return inputs

    def _land(self):
        result = super()._land()
        for user_input in self.filtered("survey_id.crm_is_vote"):
            self.env["crm.resource.survey.ballot"]._count_vote(user_input)
        return result
