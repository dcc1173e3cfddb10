from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("draft", "Draft"),
    ("scheduled", "Scheduled"),
    ("running", "Running"),
    ("closed", "Closed"),
    ("failed", "Stopped"),
]
# what is free to change only before it is scheduled
CONTENT = {
    "category_ids",
    "channel",
    "company_id",
    "date_start",
    "days_answered",
    "days_asked",
    "domain",
    "filter_id",
    "interval_ids",
    "is_pool_included",
    "level_ids",
    "receiver",
    "remind_template_id",
    "survey_id",
    "template_id",
}
CODE_FIELDS = {"state", "date_started", "date_template", "previous_id"}


class CrmResourceSurveyRound(models.Model):
    """A survey that customers are asked to answer until a day, and perhaps again."""

    _name = "crm.resource.survey.round"
    _description = "Survey Round"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.target.mixin",
        "crm.resource.message.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        help="Is told of low scores of customers without a salesperson.",
    )
    survey_id = fields.Many2one(
        "survey.survey", required=True, index=True, ondelete="restrict", tracking=True
    )
    receiver = fields.Selection(default="main")
    category_ids = fields.Many2many(relation="crm_resource_survey_round_category_rel")
    level_ids = fields.Many2many(
        "crm.resource.level", string="Customer Levels", help="Empty: all."
    )
    days_answered = fields.Integer(
        string="Days Since the Last Answer",
        default=180,
        help="Whoever answered this survey later than that is left out.",
    )
    days_asked = fields.Integer(
        string="Days Since the Last Question",
        default=30,
        help="Whoever was asked to answer any survey later than that is left out.",
    )
    interval_ids = fields.One2many(
        "crm.resource.survey.interval",
        "round_id",
        string="Intervals of Levels",
        copy=True,
        help="Other days since the last answer for some levels.",
    )
    date_start = fields.Date(
        string="Starts On", copy=False, help="Empty: as soon as it is started."
    )
    date_close = fields.Date(string="Last Day", tracking=True)
    date_started = fields.Date(string="Started On", readonly=True, copy=False)
    date_template = fields.Datetime(readonly=True, copy=False)
    template_id = fields.Many2one(
        "mail.template",
        string="Invitation",
        required=True,
        domain=[("model", "=", "res.partner")],
        default=lambda self: self._get_default_template("survey"),
        ondelete="restrict",
    )
    remind_days = fields.Integer(
        string="Remind After Days",
        default=7,
        help="Once, whoever has not answered by then. 0: nobody.",
    )
    remind_template_id = fields.Many2one(
        "mail.template",
        string="Reminder",
        domain=[("model", "=", "res.partner")],
        default=lambda self: self._get_default_template("survey_remind"),
        ondelete="restrict",
    )
    repeat_months = fields.Integer(
        string="Repeat After Months", help="0: it is not repeated."
    )
    previous_id = fields.Many2one(
        "crm.resource.survey.round",
        string="Previous Round",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    low_score = fields.Integer(
        string="Low Score (%)",
        compute="_compute_low_score",
        store=True,
        readonly=False,
        help="Whoever scores as low as that is called. 0: nobody.",
    )
    line_ids = fields.One2many(
        "crm.resource.survey.line", "round_id", string="Receivers"
    )
    asked_count = fields.Integer(string="Invited", compute="_compute_counts")
    answered_count = fields.Integer(string="Answered", compute="_compute_counts")
    skipped_count = fields.Integer(string="Left Out", compute="_compute_counts")
    response_rate = fields.Float(compute="_compute_counts", digits=(16, 1))

    _previous_unique = models.UniqueIndex("(previous_id) WHERE previous_id IS NOT NULL")
    _open_idx = models.Index(
        "(state, date_start, id) WHERE state IN ('scheduled', 'running')"
    )
    _check_numbers = models.Constraint(
        "CHECK(days_answered >= 0 AND days_asked >= 0 AND remind_days >= 0"
        " AND repeat_months >= 0 AND low_score BETWEEN 0 AND 100)",
        "Days and months are not negative, and a score is 0 to 100: correct the "
        "numbers.",
    )
    _check_channel = models.Constraint(
        "CHECK(channel = 'mail')", "Surveys are sent by e-mail: choose that."
    )
    _check_dates = models.Constraint(
        "CHECK(date_close >= date_start)",
        "A round does not end before it starts: correct the last day.",
    )

    @api.model
    def _get_default_template(self, name):
        return self.env.ref(f"crm_resource.mail_template_{name}", False)

    @api.depends("survey_id")
    def _compute_low_score(self):
        for survey_round in self:
            # market staff choose surveys that others keep
            survey_round.low_score = survey_round.survey_id.sudo().crm_low_score

    @api.depends_context("uid")
    def _compute_counts(self):
        counts = {
            (line_round, state): count
            for line_round, state, count in self.env[
                "crm.resource.survey.line"
            ]._read_group(
                [("round_id", "in", self.ids)], ["round_id", "state"], ["__count"]
            )
        }
        for record in self:
            numbers = {
                state: counts.get((record._origin, state), 0)
                for state in ("planned", "sent", "reminded", "answered", "skipped")
            }
            record.skipped_count = numbers.pop("skipped")
            record.asked_count = sum(numbers.values())
            record.answered_count = numbers["answered"]
            sent = record.asked_count - numbers["planned"]
            record.response_rate = sent and 100 * record.answered_count / sent

    # ------------------------------------------------------------
    # Who may ask what
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A round begins as a draft, whatever the context says."""
        fresh = {**dict.fromkeys(CODE_FIELDS, False), "state": "draft"}
        return super().create([{**vals, **fresh} for vals in vals_list])

    def write(self, vals):
        """What is scheduled stays as it is."""
        if not self.env.su:
            vals = {k: value for k, value in vals.items() if k not in CODE_FIELDS}
        if CONTENT & vals.keys() and not self.env.su:
            for record in self.filtered(lambda record: record.state != "draft"):
                raise UserError(
                    self.env._(
                        "“%(round)s” has been started: make a copy, and change that.",
                        round=record.name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for record in self.filtered("date_started"):
            raise UserError(
                self.env._(
                    "“%(round)s” is kept: customers were asked.", round=record.name
                )
            )

    @api.constrains("template_id", "remind_template_id")
    def _check_templates(self):
        # which model a template is for is no secret
        for template in (self.template_id | self.remind_template_id).sudo():
            if template.model != "res.partner":
                raise ValidationError(
                    self.env._(
                        "“%(template)s” is not a template for customers: choose "
                        "another one.",
                        template=template.name,
                    )
                )

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | CONTENT

    def _check_sender(self):
        """Check that the person may ask this.

        :raise UserError: if he may not
        """
        self.ensure_one()
        self.check_access("write")
        if self.responsible_id != self.env.user:
            raise UserError(
                self.env._(
                    "%(person)s chose these customers, and they would be asked with "
                    "his rights: make a copy, and start that.",
                    person=self.responsible_id.name,
                )
            )

    def _check_state(self, *states):
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(round)s” is %(state)s: this cannot be done any more.",
                    round=self.name,
                    state=labels[self.state],
                )
            )
