from odoo import fields, models


class ResCompany(models.Model):
    """When months of targets are closed."""

    _inherit = "res.company"

    crm_target_close_days = fields.Integer(
        string="Months Close After (Days)",
        help="So many days after its end a month of targets is closed by itself. "
        "0: market staff close months by hand.",
    )

    _check_target_days = models.Constraint(
        "CHECK(crm_target_close_days >= 0)",
        "Days until months close cannot be negative: enter 0 to close them by hand.",
    )
