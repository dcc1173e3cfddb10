from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    crm_form_id = fields.Many2one(
        "crm.resource.web.form",
        string="Makes Leads Like",
        domain=[("kind", "in", ("demand", "order"))],
        ondelete="restrict",
        help="Each answer becomes a lead like a post of this web form: its source and "
        "campaign, and the rules by which leads go to salespeople.",
    )
    crm_proposal_ids = fields.One2many(
        "crm.resource.survey.proposal", "survey_id", string="Proposed Products"
    )

    crm_is_vote = fields.Boolean(
        string="Poll",
        help="One question with one choice; each customer and colleague votes once.",
    )
    crm_date_close = fields.Date(string="Last Day of the Poll")

    _check_crm_low_score = models.Constraint(
        "CHECK(crm_low_score BETWEEN 0 AND 100)",
        "A score is 0 to 100: correct the low score.",
    )

    @api.constrains("crm_is_vote", "question_and_page_ids")
    def _check_crm_vote(self):
        for survey in self.filtered("crm_is_vote"):
            if survey.question_ids.mapped("question_type") not in (
                [],
                ["simple_choice"],
            ):
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” is a poll: keep one question of which one answer "
                        "is chosen.",
                        survey=survey.title,
                    )
                )

    def _get_crm_deadline(self):
        """Return the last moment of the last day of a poll."""
        if not self.crm_is_vote or not self.crm_date_close:
            return False
        return self.env.company._get_end_of_day(self.crm_date_close)

    def action_open_ballots(self):
        """Open what was voted for."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_survey_ballot_action"
            ),
            "domain": [("survey_id", "in", self.ids)],
        }
