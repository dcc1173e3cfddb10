from odoo import fields, models


class CrmResourceWebSubmission(models.Model):
    """Answers to questionnaires become leads like posts."""

    _inherit = "crm.resource.web.submission"

    input_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    _input_unique = models.UniqueIndex(
        "(input_id) WHERE input_id IS NOT NULL",
        "An answer to a questionnaire becomes one lead.",
    )

    def _get_partners(self):
        """Whoever was asked, or logged in, is known."""
        partners = super()._get_partners()
        answers = self.env["crm.resource.survey.answer"].search(
            [("input_id", "in", self.input_id.ids)]
        )
        by_input = {answer.input_id: answer.partner_id for answer in answers}
        return partners | {
            submission: by_input[submission.input_id]
            for submission in self
            if submission.input_id in by_input
        }
