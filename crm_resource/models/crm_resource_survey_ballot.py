from odoo import api, fields, models


class CrmResourceSurveyBallot(models.Model):
    """A vote of a customer or a colleague. Only code writes here."""

    _name = "crm.resource.survey.ballot"
    _description = "Vote"
    _order = "survey_id desc, id"

    survey_id = fields.Many2one(
        "survey.survey", string="Poll", required=True, readonly=True, ondelete="cascade"
    )
    voter_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        groups=fields.NO_ACCESS,
    )
    is_customer = fields.Boolean(string="Of a Customer", readonly=True)
    choice_id = fields.Many2one(
        "survey.question.answer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)

    _voter_unique = models.Constraint(
        "UNIQUE(survey_id, voter_id)", "Everybody votes once in a poll."
    )

    @api.depends("choice_id")
    def _compute_display_name(self):
        for ballot in self:
            # whoever reads votes need not keep surveys
            ballot.display_name = ballot.sudo().choice_id.value_label

    @api.model
    def _count_vote(self, user_input):
        """Count what a customer or colleague chose, if it is the first that comes from
        him and comes in time; others do not vote."""
        survey = user_input.survey_id
        choice = user_input.user_input_line_ids.suggested_answer_id[:1]
        voter, is_customer = self._get_voter(user_input)
        company = voter.company_id or self.env.company
        today = company._get_today()
        is_late = survey.crm_date_close and survey.crm_date_close < today
        cast = [("survey_id", "=", survey.id), ("voter_id", "=", voter.id)]
        if not voter or not choice or is_late or self.search_count(cast, limit=1):
            return self
        return self.create(
            {
                "survey_id": survey.id,
                "voter_id": voter.id,
                "is_customer": is_customer,
                "choice_id": choice.id,
                "company_id": company.id,
                "date": today,
            }
        )

    @api.model
    def _get_voter(self, user_input):
        """Return who votes: a customer with all his contacts, or a colleague."""
        colleague = user_input.partner_id.user_ids.filtered(
            lambda user: not user.share
        ).partner_id
        if colleague:
            return colleague, False
        answer = self.env["crm.resource.survey.answer"].search(
            [("input_id", "=", user_input.id)]
        )
        # whoever types an address may type those of others, too
        return answer.filtered(lambda one: one.origin != "address").customer_id, True
