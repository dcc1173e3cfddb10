from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SurveyQuestion(models.Model):
    """What an answer says of the customer."""

    _inherit = "survey.question"

    crm_role = fields.Selection(
        [("nps", "Recommendation (NPS)"), ("phone", "Phone number of the customer")],
        string="Says of the Customer",
        help="Recommendation: a scale of 0 to 10. Phone number: who answers without "
        "an invitation is recognised by it.",
    )

    @api.constrains("crm_role", "question_type", "scale_min", "scale_max")
    def _check_crm_role(self):
        for question in self:
            is_nps_scale = question.question_type == "scale" and (
                (question.scale_min, question.scale_max) == (0, 10)
            )
            if question.crm_role == "nps" and not is_nps_scale:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” asks for a recommendation: make it a scale "
                        "of 0 to 10.",
                        question=question.title,
                    )
                )
            if question.crm_role == "phone" and question.question_type != "char_box":
                raise ValidationError(
                    self.env._(
                        "“%(question)s” asks for a phone number: make it a text of "
                        "one line.",
                        question=question.title,
                    )
                )
            if question.crm_role:
                question._check_crm_role_once()

    def _check_crm_role_once(self):
        others = self.survey_id.question_ids - self
        if self.crm_role in others.mapped("crm_role"):
            raise ValidationError(
                self.env._(
                    "Another question of “%(survey)s” asks for this already: ask once.",
                    survey=self.survey_id.title,
                )
            )

    def _get_crm_target(self):
        """Return what the answer fills of a lead, None if it only stands in the
        note."""
        if self.question_type != "char_box":
            return None
        if self.save_as_email:
            return "email"
        if self.save_as_nickname:
            return "contact_name"
        return "phone" if self.crm_role == "phone" else None
