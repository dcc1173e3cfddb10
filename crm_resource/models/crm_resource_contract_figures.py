from odoo import api, fields, models
from odoo.tools import SQL

FIGURES = {
    "amount_invoiced": "invoiced",
    "amount_credited": "credited",
    "amount_received": "received",
    "amount_open": "open",
}
READERS = "account.group_account_invoice,account.group_account_readonly"


class CrmResourceContract(models.Model):
    """What of contracts was invoiced and paid: journal items say it, of whichever
    instalment or order they are."""

    _inherit = "crm.resource.contract"

    amount_invoiced = fields.Monetary(string="Invoiced", compute="_compute_figures")
    amount_credited = fields.Monetary(string="Credited", compute="_compute_figures")
    amount_received = fields.Monetary(
        string="Received",
        compute="_compute_figures",
        help="Money, without cash discounts and what was written off.",
    )
    amount_open = fields.Monetary(
        string="Still Open",
        compute="_compute_figures",
        help="What the customer owes of posted invoices.",
    )
    amount_to_invoice = fields.Monetary(
        string="Not Invoiced",
        compute="_compute_figures",
        help="What of the contract's total is on no posted invoice.",
    )
    amount_advance = fields.Monetary(
        string="Paid in Advance",
        compute="_compute_amount_advance",
        help="Payments for the contract that no invoice is reconciled with yet.",
    )
    progress = fields.Char(
        string="Paid Instalments",
        compute="_compute_progress",
        help="How many of the instalments are paid.",
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count", groups=READERS)

    # journal items change without a word to contracts: nothing is kept for long
    @api.depends("amount_total")
    def _compute_figures(self):
        rows = {}
        if self.ids:
            self.env.flush_all()
            query = self.env["account.move"]._get_contract_figures_query(
                SQL.identifier("line", "crm_contract_id"),
                SQL("SELECT UNNEST(%s)", self.ids),
            )
            rows = {row["key"]: row for row in self.env.execute_query_dict(query)}
        for contract in self:
            row = rows.get(contract._origin.id, {})
            for name, figure in FIGURES.items():
                contract[name] = row.get(figure) or 0
            contract.amount_to_invoice = contract.amount_total - (
                contract.amount_invoiced - contract.amount_credited
            )

    @api.depends("currency_id")
    def _compute_amount_advance(self):
        # what was paid concerns whoever has the contract
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("crm_contract_id", "in", self.ids),
                    ("move_type", "=", "entry"),
                    ("parent_state", "=", "posted"),
                    ("account_type", "=", "asset_receivable"),
                    ("reconciled", "=", False),
                ],
                ["crm_contract_id", "currency_id", "date:day"],
                ["amount_residual_currency:sum"],
            )
        )
        amounts = {}
        for contract, currency, day, residual in groups:
            amounts[contract.id] = amounts.get(contract.id, 0) - currency._convert(
                residual, contract.currency_id, contract.company_id, day
            )
        for contract in self:
            contract.amount_advance = amounts.get(contract._origin.id, 0)

    @api.depends("instalment_ids.amount", "instalment_ids.is_void")
    def _compute_progress(self):
        for contract in self:
            instalments = contract._get_valid_instalments()
            paid = instalments.filtered(lambda instalment: instalment.state == "paid")
            contract.progress = (
                f"{len(paid)}/{len(instalments)}" if instalments else False
            )

    def _compute_invoice_count(self):
        for contract in self:
            contract.invoice_count = len(contract._get_invoices())

    def _get_invoices(self):
        """Return the invoices and credit notes that have a line of these contracts."""
        lines = self.env["account.move.line"]._search(
            [("crm_contract_id", "in", self.ids), ("display_type", "=", "product")]
        )
        return self.env["account.move"].search([("invoice_line_ids", "in", lines)])

    def action_open_invoices(self):
        """Open the invoices and credit notes of contracts."""
        self.check_access("read")
        action = self._get_invoices()._get_records_action(
            name=self.env._("Customer Invoices")
        )
        return {**action, "context": {"create": False}}
