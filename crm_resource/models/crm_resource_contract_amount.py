from odoo import api, fields, models


class CrmResourceContract(models.Model):
    """What a contract is worth, as the ERP computes taxes."""

    _inherit = "crm.resource.contract"

    amount_untaxed = fields.Monetary(
        string="Untaxed Amount", compute="_compute_amounts", store=True, tracking=True
    )
    amount_tax = fields.Monetary(string="Taxes", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary(
        string="Contract Total", compute="_compute_amounts", store=True, tracking=True
    )
    amount_company = fields.Monetary(
        string="Contract Value",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="Untaxed, in company currency, at the rate of the day of the signature.",
    )
    tax_totals = fields.Binary(compute="_compute_tax_totals", exportable=False)

    @api.depends(
        "line_ids.price_subtotal",
        "line_ids.price_total",
        "currency_id",
        "company_id",
    )
    def _compute_amounts(self):
        for contract in self:
            totals = contract._get_tax_totals()
            contract.amount_untaxed = totals["base_amount_currency"]
            contract.amount_tax = totals["tax_amount_currency"]
            contract.amount_total = totals["total_amount_currency"]

    @api.depends("amount_untaxed", "currency_rate", "company_id")
    def _compute_amount_company(self):
        for contract in self:
            contract.amount_company = contract.company_id.currency_id.round(
                contract.amount_untaxed / (contract.currency_rate or 1)
            )

    @api.depends(
        "line_ids.price_subtotal", "line_ids.price_total", "currency_id", "company_id"
    )
    @api.depends_context("lang")
    def _compute_tax_totals(self):
        for contract in self:
            contract.tax_totals = contract._get_tax_totals()

    def _get_tax_totals(self):
        company = self.company_id or self.env.company
        return self.env["account.tax"]._get_tax_totals_summary(
            self._get_base_lines(),
            self.currency_id or company.currency_id,
            company,
        )

    def _get_base_lines(self):
        """Return the lines with their taxes, as the ERP has them in one invoice."""
        company = self.company_id or self.env.company
        taxes = self.env["account.tax"]
        base_lines = [line._prepare_base_line() for line in self.line_ids]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return base_lines
