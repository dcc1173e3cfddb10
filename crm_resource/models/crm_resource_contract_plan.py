from odoo import api, fields, models
from odoo.exceptions import UserError

from .instalment_share import give, measure, take


class CrmResourceContract(models.Model):
    """The payment plan: what it adds up to, and which part of each line every
    instalment takes."""

    _inherit = "crm.resource.contract"

    instalment_ids = fields.One2many(
        "crm.resource.contract.instalment",
        "contract_id",
        string="Payment Plan",
        copy=True,
    )
    amount_planned = fields.Monetary(
        string="Planned", compute="_compute_amount_planned", store=True
    )
    amount_unplanned = fields.Monetary(
        string="Not Planned",
        compute="_compute_amount_planned",
        store=True,
        help="What the contract's total exceeds the payment plan by: 0 when it is "
        "signed.",
    )

    @api.depends("amount_total", "instalment_ids.amount", "instalment_ids.is_void")
    def _compute_amount_planned(self):
        for contract in self:
            planned = sum(contract._get_valid_instalments().mapped("amount"))
            contract.amount_planned = planned
            contract.amount_unplanned = contract.currency_id.round(
                contract.amount_total - planned
            )

    def _get_valid_instalments(self):
        return self.instalment_ids.filtered(lambda instalment: not instalment.is_void)

    def _check_plan(self):
        """Check that the payment plan is exactly what the contract says.

        A frame contract may do without a plan: its orders are invoiced.

        :raise UserError: says by how much it is off
        """
        for contract in self:
            if not contract.line_ids or contract.amount_total <= 0:
                raise UserError(
                    self.env._(
                        "%(contract)s is worth nothing: enter what the customer buys "
                        "first.",
                        contract=contract.display_name,
                    )
                )
            if contract.is_frame and not contract.instalment_ids:
                continue
            off = contract.amount_unplanned
            if not contract.currency_id.is_zero(off):
                message = (
                    self.env._(
                        "The payment plan of %(contract)s is %(amount)s short of the "
                        "contract's total: add it to an instalment.",
                        contract=contract.display_name,
                        amount=contract.currency_id.format(off),
                    )
                    if off > 0
                    else self.env._(
                        "The payment plan of %(contract)s exceeds the contract's total "
                        "by %(amount)s: take it off an instalment.",
                        contract=contract.display_name,
                        amount=contract.currency_id.format(-off),
                    )
                )
                raise UserError(message)
            if not all(contract._get_valid_instalments().mapped("amount")):
                raise UserError(
                    self.env._(
                        "An instalment of %(contract)s has no amount: enter it, or "
                        "delete the instalment.",
                        contract=contract.display_name,
                    )
                )

    # ------------------------------------------------------------
    # Which part of each line
    # ------------------------------------------------------------

    def _get_rows(self):
        """Return what `instalment_share` divides: by id of the line, its quantity in
        units of the last digit, its untaxed amount and its taxes in units of the
        currency's rounding."""
        unit = self.currency_id.rounding
        digits = self.env["decimal.precision"].precision_get("Product Unit")

        def units(amount):
            return round(amount / unit)

        rows = {}
        for base_line in self._get_base_lines():
            line, details = base_line["record"], base_line["tax_details"]
            base = (
                details["total_excluded_currency"]
                + details["delta_total_excluded_currency"]
            )
            reversed_taxes = {
                data["tax"]
                for data in details["taxes_data"]
                if data["is_reverse_charge"]
            }
            rows[str(line.id)] = {
                "quantity": round(line.quantity * 10**digits),
                "base": units(base),
                "taxes": {
                    str(data["tax"].id): [
                        units(data["tax_amount_currency"]),
                        units(data["base_amount_currency"]),
                        int(data["tax"] not in reversed_taxes),
                    ]
                    for data in details["taxes_data"]
                    if not data["is_reverse_charge"]
                },
            }
        return rows

    def _share_out(self):
        """Say which part of each line every instalment takes.

        Those that are invoiced keep theirs, the others divide what remains: together
        they are the contract, to the last unit, in whatever order they are invoiced.
        """
        for contract in self:
            rows = contract._get_rows()
            unit = contract.currency_id.rounding
            instalments = contract._get_valid_instalments()
            settled = instalments.filtered("is_settled")
            for instalment in settled:
                # nobody but the plan reads or writes shares
                for key, taken in (instalment.sudo().shares or {}).items():
                    give(rows[key], taken, -1)
            for instalment in instalments - settled:
                part = round(instalment.amount / unit)
                # as above
                instalment.sudo().shares = take(rows, part, measure(rows))
