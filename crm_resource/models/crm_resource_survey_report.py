from odoo import fields, models
from odoo.tools import SQL


class CrmResourceSurveyReport(models.Model):
    """Who was asked, who answered, and who recommends us: one row for each person asked
    and each answer that came unasked. Means of the shares are the response rate and the
    NPS of whatever is grouped."""

    _name = "crm.resource.survey.report"
    _description = "Response and NPS"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_user = "user_id"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "customer_id"

    survey_id = fields.Many2one("survey.survey", readonly=True)
    round_id = fields.Many2one("crm.resource.survey.round", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Participant", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(
        readonly=True, help="The day of the answer; without one, of the invitation."
    )
    asked = fields.Integer(readonly=True)
    answered = fields.Integer(readonly=True)
    response_rate = fields.Float(
        string="Response Rate (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    score = fields.Float(
        string="Score (%)", digits=(5, 1), aggregator="avg", readonly=True
    )
    promoters = fields.Integer(readonly=True)
    passives = fields.Integer(readonly=True)
    detractors = fields.Integer(readonly=True)
    nps = fields.Float(
        string="NPS",
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
        help="Promoters less detractors, in percent of those who were asked for it.",
    )
    low = fields.Integer(string="Low Scores", readonly=True)

    _depends = {
        "crm.resource.survey.answer": ["customer_id", "date", "line_id", "score"],
        "crm.resource.survey.line": ["customer_id", "date_sent", "round_id", "state"],
        "crm.resource.survey.round": ["survey_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT COALESCE(line.id * 2, answer.id * 2 + 1) AS id,
                   COALESCE(answer.survey_id, round.survey_id) AS survey_id,
                   round.id AS round_id,
                   COALESCE(line.customer_id, answer.customer_id) AS customer_id,
                   COALESCE(line.partner_id, answer.partner_id) AS partner_id,
                   COALESCE(line.company_id, answer.company_id) AS company_id,
                   CASE WHEN line.id IS NULL THEN answer.user_id ELSE line.user_id
                        END AS user_id,
                   CASE WHEN line.id IS NULL THEN answer.team_id ELSE line.team_id
                        END AS team_id,
                   CASE WHEN line.id IS NULL THEN answer.level_id ELSE line.level_id
                        END AS level_id,
                   COALESCE(answer.date, line.date_sent) AS date,
                   (line.id IS NOT NULL)::int AS asked,
                   (answer.id IS NOT NULL)::int AS answered,
                   CASE WHEN line.id IS NOT NULL AND answer.id IS NOT NULL THEN 100.0
                        WHEN line.id IS NOT NULL THEN 0.0 END AS response_rate,
                   CASE WHEN answer.is_scored THEN answer.score END AS score,
                   (answer."group" IS NOT DISTINCT FROM 'promoter')::int AS promoters,
                   (answer."group" IS NOT DISTINCT FROM 'passive')::int AS passives,
                   (answer."group" IS NOT DISTINCT FROM 'detractor')::int
                       AS detractors,
                   CASE answer."group" WHEN 'promoter' THEN 100.0
                        WHEN 'passive' THEN 0.0 WHEN 'detractor' THEN -100.0 END AS nps,
                   COALESCE(answer.is_low, FALSE)::int AS low
              FROM (SELECT * FROM crm_resource_survey_line
                     WHERE date_sent IS NOT NULL) line
              FULL JOIN crm_resource_survey_answer answer ON answer.line_id = line.id
              LEFT JOIN crm_resource_survey_round round
                ON round.id = COALESCE(line.round_id, answer.round_id)
            """
        )
