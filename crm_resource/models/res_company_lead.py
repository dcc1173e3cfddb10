from odoo import fields, models


class ResCompany(models.Model):
    """How opportunities and quotations are followed to their end."""

    _inherit = "res.company"

    crm_lead_makes_customer = fields.Boolean(
        string="Won Opportunities Make Customers",
        default=True,
        help="Whoever was won and is not known yet is entered as a customer, with "
        "everything that the opportunity knows, and reviewed.",
    )
    crm_lead_asks_reason = fields.Boolean(
        string="Ask for the Lost Reason",
        default=True,
        help="Whoever marks opportunities as lost says why.",
    )
    crm_quotation_days = fields.Integer(
        string="Remind of Quotations After (Days)",
        default=7,
        help="Quotations that were sent and had no answer for so long remind their "
        "salesperson once. 0: never.",
    )

    _check_quotation_days = models.Constraint(
        "CHECK(crm_quotation_days >= 0)",
        "Days after which quotations remind cannot be negative: enter 0 for never.",
    )
