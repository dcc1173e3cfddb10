from odoo import api, fields, models

# from which score on somebody recommends us, and up to which he advises against us
PROMOTER = 9
DETRACTOR = 6
NPS_GROUPS = [
    ("promoter", "Promoter"),
    ("passive", "Passive"),
    ("detractor", "Detractor"),
]


class CrmResourceSurveyAnswer(models.Model):
    """What a customer said by a survey. Only code writes here."""

    _name = "crm.resource.survey.answer"
    _description = "Survey Answer of a Customer"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_user = "user_id"
    _order = "date desc, id desc"
    _rec_name = "customer_id"

    input_id = fields.Many2one(
        "survey.user_input",
        required=True,
        readonly=True,
        ondelete="cascade",
        groups=fields.NO_ACCESS,
    )
    survey_id = fields.Many2one(
        "survey.survey", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "crm.resource.survey.line",
        string="Invitation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    round_id = fields.Many2one(
        "crm.resource.survey.round",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Participant",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        readonly=True,
        ondelete="set null",
    )
    origin = fields.Selection(
        [
            ("invited", "Invited"),
            ("known", "Logged in"),
            ("address", "By address"),
        ],
        string="Recognised",
        readonly=True,
        help="By address: by an e-mail address or phone number that he typed himself.",
    )
    date = fields.Date(required=True, readonly=True)
    is_scored = fields.Boolean(readonly=True)
    score = fields.Float(
        string="Score (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    is_nps = fields.Boolean(string="Answered the NPS Question", readonly=True)
    recommendation = fields.Integer(
        string="Would Recommend (0-10)", aggregator="avg", readonly=True
    )
    group = fields.Selection(NPS_GROUPS, string="NPS Group", readonly=True)
    is_low = fields.Boolean(string="Low Score", readonly=True)
    answer_text = fields.Text(string="Answers", compute="_compute_answer_text")

    _input_unique = models.Constraint(
        "UNIQUE(input_id)", "An answer is kept once with the customer."
    )
    _customer_date_idx = models.Index("(customer_id, date DESC, id DESC)")
    _due_idx = models.Index("(survey_id, company_id, customer_id, date)")

    def _compute_answer_text(self):
        for answer in self:
            # whoever reads the answer of a customer need not keep surveys
            answer.answer_text = answer.sudo().input_id._get_crm_text()

    @api.model
    def _keep(self, inputs):
        """Keep what customers answered, once; what others answered stays where it is.

        :param inputs: `survey.user_input` records that are done
        """
        kept = self.search([("input_id", "in", inputs.ids)]).input_id
        answers = self.create(
            [values for one in inputs - kept if (values := self._prepare(one))]
        )
        answers.line_id.state = "answered"
        self.env["crm.resource.satisfaction"]._refresh(answers.customer_id)
        for answer in answers.filtered("is_low"):
            answer._open_low_score()
        return answers

    @api.model
    def _prepare(self, user_input):
        """Return the values of the answer of a customer, None if it is nobody's."""
        line = user_input._get_crm_line()
        partner, origin = user_input._get_crm_partner(line)
        if not partner:
            return None
        customer = partner.commercial_partner_id
        company = line.company_id or customer.company_id or self.env.company
        values = {
            "input_id": user_input.id,
            "survey_id": user_input.survey_id.id,
            "line_id": line.id,
            "round_id": line.round_id.id,
            "company_id": company.id,
            "partner_id": partner.id,
            "customer_id": customer.id,
            "user_id": customer.user_id.id,
            "team_id": customer.team_id.id,
            "level_id": customer.standing_id.level_id.id,
            "origin": origin,
            "date": company._get_today(),
        }
        low = line.round_id or user_input.survey_id
        limit = low.low_score if line else low.crm_low_score
        return values | self._prepare_figures(user_input, limit)

    @api.model
    def _prepare_figures(self, user_input, limit):
        figures = {}
        score = user_input._get_crm_score()
        if score is not None:
            figures |= {
                "is_scored": True,
                "score": score,
                "is_low": bool(limit) and score <= limit,
            }
        number = user_input._get_crm_recommendation()
        if number is not None:
            figures |= {
                "is_nps": True,
                "recommendation": number,
                "group": self._get_group(number),
            }
        return figures

    @api.model
    def _get_group(self, number):
        if number >= PROMOTER:
            return "promoter"
        return "detractor" if number <= DETRACTOR else "passive"

    def _open_low_score(self):
        """Hook: have somebody call a customer whose score is low, once: whoever types
        a foreign address again and again must not flood him."""
        self.ensure_one()
        summary = self.env._("Low score: %(survey)s", survey=self.survey_id.title)
        if summary in self.customer_id.activity_ids.mapped("summary"):
            return
        today = self.company_id._get_today()
        absences = self.env["crm.resource.absence"]
        owner = self.customer_id.user_id
        user = owner.active and absences._get_substitute(owner, today)
        user = user or self.round_id.user_id or self.survey_id.user_id
        if not user.active:
            return
        self.customer_id.with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=today,
            summary=summary,
            note=self.env._("Score: %(score)s %%", score=round(self.score, 1)),
            user_id=user.id,
        )
