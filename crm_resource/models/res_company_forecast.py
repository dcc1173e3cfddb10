from odoo import fields, models


class ResCompany(models.Model):
    """With what forecasts begin, and what they need."""

    _inherit = "res.company"

    crm_forecast_striving = fields.Float(
        string="Probability While Striving",
        default=65,
        digits=(5, 2),
        help="In %. Each forecast may have another one.",
    )
    crm_forecast_signed = fields.Float(
        string="Probability When Signed",
        default=100,
        digits=(5, 2),
        help="In %. Below 100 where signed contracts may still fall through.",
    )
    crm_forecast_lost = fields.Float(
        string="Probability When Lost",
        digits=(5, 2),
        help="In %.",
    )
    crm_forecast_products = fields.Boolean(
        string="Products Are Obligatory",
        help="A forecast names what is to be sold, at least by its category.",
    )
    crm_forecast_holds = fields.Boolean(
        string="Open Forecasts Prevent the Recall",
        help="Conditions of a recall count from the day on which the customer's last "
        "open forecast is expected to be signed.",
    )

    _check_forecast_numbers = models.Constraint(
        "CHECK(crm_forecast_striving BETWEEN 0 AND 100"
        " AND crm_forecast_signed BETWEEN 0 AND 100"
        " AND crm_forecast_lost BETWEEN 0 AND 100)",
        "Probabilities of forecasts lie between 0 and 100 %: correct them.",
    )
