from odoo import fields, models


class ResCompany(models.Model):
    """What is unusual about a visit."""

    _inherit = "res.company"

    crm_visit_radius = fields.Integer(
        string="Far From (m)",
        default=500,
        help="Whoever checks in or out farther from the customer is marked. 0: nobody.",
    )
    crm_visit_min_minutes = fields.Integer(
        string="Short Below (Minutes)",
        default=5,
        help="Visits that end sooner after the check-in are marked. 0: none.",
    )
    crm_visit_place = fields.Selection(
        [
            ("ask", "Offered at the first visit"),
            ("auto", "Taken over at the first visit"),
            ("never", "Typed in only"),
        ],
        string="Positions of Customers",
        required=True,
        default="ask",
        help="Where a customer is whose position is not known yet. One that is known "
        "is never overwritten.",
    )
    crm_visit_position_months = fields.Integer(
        string="Positions Kept (Months)",
        help="Where people checked in and out is forgotten after that. 0: never.",
    )

    _check_visit_numbers = models.Constraint(
        "CHECK(crm_visit_radius >= 0 AND crm_visit_min_minutes >= 0"
        " AND crm_visit_position_months >= 0)",
        "Metres, minutes and months of visits cannot be negative: enter 0 for none.",
    )
