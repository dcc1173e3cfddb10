from odoo import fields, models


class ResCompany(models.Model):
    """When a customer is about to be lost."""

    _inherit = "res.company"

    crm_churn_months = fields.Integer(
        string="Months Without a Purchase",
        default=6,
        help="Whoever buys nothing for longer is about to be lost. A level may have "
        "months of its own. 0: not asked.",
    )
    crm_churn_factor = fields.Float(
        string="Times the Customer's Own Rhythm",
        default=2,
        digits=(6, 2),
        help="Whoever is silent for longer than so many times the mean number of days "
        "between his purchases is about to be lost. 0: not asked.",
    )
    crm_churn_min_purchases = fields.Integer(
        string="Purchases That Make a Rhythm",
        default=3,
        help="On so many days at least a customer must have bought to have a rhythm.",
    )
    crm_churn_min_days = fields.Integer(
        string="Silent for at Least (Days)",
        default=30,
        help="Nobody is about to be lost by his own rhythm before: of who buys every "
        "day, a few days are no silence.",
    )
    crm_churn_never_months = fields.Integer(
        string="Months Without a First Purchase",
        help="Whoever has been a customer for longer and never bought is about to be "
        "lost. 0: not asked.",
    )
    crm_churn_escalate_days = fields.Integer(
        string="Tell the Leader After (Days)",
        default=7,
        help="Days after which the leader of the department is told if the salesperson "
        "has not dealt with the case. 0: never.",
    )

    _check_churn_numbers = models.Constraint(
        "CHECK(crm_churn_months >= 0 AND crm_churn_factor >= 0"
        " AND crm_churn_min_days >= 0 AND crm_churn_never_months >= 0"
        " AND crm_churn_escalate_days >= 0)",
        "Numbers of the churn warning cannot be negative: enter 0 for what is not "
        "asked.",
    )
    _check_churn_min_purchases = models.Constraint(
        "CHECK(crm_churn_min_purchases >= 2)",
        "Two purchases at least make a rhythm: enter 2 or more.",
    )
