from odoo import api, fields, models


class CrmResourceForecast(models.Model):
    """What a forecast is worth: in its currency, in the company's, and as the manager
    sees it."""

    _inherit = "crm.resource.forecast"

    line_ids = fields.One2many(
        "crm.resource.forecast.line", "forecast_id", string="Products", copy=True
    )
    amount = fields.Monetary(
        string="Expected Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        aggregator=None,
        help="Untaxed. The sum of the products, unless something else is expected.",
    )
    amount_company = fields.Monetary(
        string="Expected Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
    )
    amount_weighted = fields.Monetary(
        string="Weighted Amount",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="The expected amount times the probability, in company currency.",
    )

    # what the manager makes of it
    is_adjusted = fields.Boolean(
        string="Adjusted by the Manager",
        tracking=True,
        copy=False,
        help="The manager expects another amount than the salesperson.",
    )
    amount_adjusted = fields.Monetary(
        string="Manager's Amount",
        tracking=True,
        copy=False,
        aggregator=None,
        help="What the manager expects, untaxed; the salesperson's amount stays.",
    )
    adjust_note = fields.Char(string="Manager's Note", tracking=True, copy=False)
    adjuster_id = fields.Many2one(
        "res.users", string="Adjusted By", readonly=True, copy=False
    )
    amount_manager = fields.Monetary(
        string="Amount as Managers See It",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="The manager's amount where there is one, else the salesperson's, in "
        "company currency.",
    )
    may_adjust = fields.Boolean(compute="_compute_may_adjust")

    _check_amounts = models.Constraint(
        "CHECK(amount >= 0 AND amount_adjusted >= 0)",
        "What is expected cannot be negative: correct the amount.",
    )

    @api.depends("amount_lines")
    def _compute_amount(self):
        for forecast in self:
            if forecast.line_ids:
                forecast.amount = forecast.amount_lines

    @api.depends(
        "amount", "amount_adjusted", "currency_rate", "is_adjusted", "probability"
    )
    def _compute_amount_company(self):
        for forecast in self:
            currency = forecast.company_id.currency_id
            rate = forecast.currency_rate or 1
            expected = currency.round(forecast.amount / rate)
            forecast.amount_company = expected
            forecast.amount_weighted = currency.round(
                expected * forecast.probability / 100
            )
            forecast.amount_manager = (
                currency.round(forecast.amount_adjusted / rate)
                if forecast.is_adjusted
                else expected
            )

    @api.depends("user_id", "team_id")
    @api.depends_context("uid")
    def _compute_may_adjust(self):
        team = self.env["crm.team"]
        may_all = team._may_allocate_all()
        people = team._get_led_members() - self.env.user
        for forecast in self:
            forecast.may_adjust = may_all or forecast.user_id in people

    def _get_line_shares(self):
        """Return what of the expected amount, in company currency, falls to each line;
        what rounding gives to one it takes from the next.

        :return: dict of amounts by line
        """
        lines = self.line_ids
        total = sum(lines.mapped("price_subtotal"))
        currency = self.company_id.currency_id
        shares, until, given = {}, 0, 0
        for line in lines:
            until += line.price_subtotal / total if total else 1 / len(lines)
            share = currency.round(self.amount_company * until)
            shares[line] = share - given
            given = share
        return shares
