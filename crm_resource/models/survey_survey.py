from odoo import fields, models


class SurveySurvey(models.Model):
    """Surveys that customers are asked to answer."""

    _inherit = "survey.survey"

    crm_low_score = fields.Integer(
        string="Low Score (%)",
        help="A customer who scores as low as that is called. 0: nobody.",
    )
    crm_round_ids = fields.One2many(
        "crm.resource.survey.round", "survey_id", string="Rounds"
    )

    _check_crm_low_score = models.Constraint(
        "CHECK(crm_low_score BETWEEN 0 AND 100)",
        "A score is 0 to 100: correct the low score.",
    )
