from odoo import fields, models


class ResCompany(models.Model):
    """How long what comes from the web is kept."""

    _inherit = "res.company"

    crm_web_days = fields.Integer(
        string="Keep Web Submissions (Days)",
        default=365,
        help="Settled ones are removed afterwards; leads stay. 0: never.",
    )

    _check_web_days = models.Constraint(
        "CHECK(crm_web_days >= 0)",
        "Days cannot be negative: enter 0 to keep web submissions for ever.",
    )
