from odoo import api, fields, models


class CrmResourceForecastLine(models.Model):
    """A product, or a category of products, that a customer is expected to buy."""

    _name = "crm.resource.forecast.line"
    _description = "Forecast Line"
    _inherit = "crm.resource.priced.line.mixin"
    _order = "forecast_id, sequence, id"
    _check_company_auto = True
    _document = "forecast_id"

    forecast_id = fields.Many2one(
        "crm.resource.forecast", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="forecast_id.company_id")
    currency_id = fields.Many2one(related="forecast_id.currency_id")
    company_currency_id = fields.Many2one(related="forecast_id.company_currency_id")
    amount_company = fields.Monetary(
        string="Share of the Expected Amount",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="What of the forecast's expected amount falls to this line, in company "
        "currency: the shares add up to it.",
    )

    @api.depends("forecast_id.amount_company", "forecast_id.line_ids.price_subtotal")
    def _compute_amount_company(self):
        for forecast, asked in self.grouped("forecast_id").items():
            shares = forecast._get_line_shares()
            for line in asked:
                line.amount_company = shares.get(line, 0)
