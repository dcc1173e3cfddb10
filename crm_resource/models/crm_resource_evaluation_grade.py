from odoo import api, fields, models


class CrmResourceEvaluationGrade(models.Model):
    _name = "crm.resource.evaluation.grade"
    _description = "Grade of an Evaluation"
    _order = "scheme_id, limit_from desc, id"

    name = fields.Char(required=True, translate=True)
    scheme_id = fields.Many2one(
        "crm.resource.evaluation.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scheme_id.company_id")
    limit_from = fields.Float(
        string="From (Points)",
        digits=(16, 2),
        help="The grade begins here, this total included. The lowest grade also takes "
        "what lies below it.",
    )
    color = fields.Integer()

    _limit_unique = models.Constraint(
        "UNIQUE(scheme_id, limit_from)",
        "Two grades begin at the same total: change one of them.",
    )
    _check_limit = models.Constraint(
        "CHECK(limit_from BETWEEN 0 AND 100)",
        "Totals lie between 0 and 100: correct where the grade begins.",
    )

    @api.constrains("scheme_id")
    def _check_scheme_id(self):
        """It is not moved to where the person may not keep it."""
        self.sudo(False).check_access("write")  # constraints are checked as root
