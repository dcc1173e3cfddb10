from odoo import fields, models


class CrmResourceSurveyInterval(models.Model):
    """After how many days customers of a level are asked again."""

    _name = "crm.resource.survey.interval"
    _description = "Interval of a Survey"
    _order = "level_id, id"
    _rec_name = "level_id"

    round_id = fields.Many2one(
        "crm.resource.survey.round", required=True, index=True, ondelete="cascade"
    )
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        required=True,
        ondelete="cascade",
    )
    days = fields.Integer(
        string="Days Since the Last Answer", required=True, default=180
    )

    _level_unique = models.Constraint(
        "UNIQUE(round_id, level_id)", "A level has one interval: change that one."
    )
    _check_days = models.Constraint(
        "CHECK(days >= 0)", "Days are not negative: 0 asks customers every time."
    )
