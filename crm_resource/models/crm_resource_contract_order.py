from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceContract(models.Model):
    """Orders that call off what a contract agreed."""

    _inherit = "crm.resource.contract"

    order_ids = fields.One2many(
        "sale.order",
        "crm_contract_id",
        string="Orders",
        groups="sales_team.group_sale_salesman,crm_resource.group_executive,"
        "account.group_account_invoice,account.group_account_readonly",
    )
    order_count = fields.Integer(compute="_compute_released")
    amount_released = fields.Monetary(
        string="Called Off",
        compute="_compute_released",
        help="By confirmed orders, tax included.",
    )
    amount_remaining = fields.Monetary(
        string="Not Called Off", compute="_compute_released"
    )

    @api.depends("amount_total", "order_ids.amount_total", "order_ids.state")
    def _compute_released(self):
        # how much is called off concerns whoever has the contract
        orders = self.env["sale.order"].sudo()
        groups = orders._read_group(
            [("crm_contract_id", "in", self.ids), ("state", "!=", "cancel")],
            ["crm_contract_id", "state", "currency_id", "date_order:day"],
            ["__count", "amount_total:sum"],
        )
        counts, released = {}, {}
        for contract, state, currency, day, count, amount in groups:
            counts[contract.id] = counts.get(contract.id, 0) + count
            if state == "sale":
                released[contract.id] = released.get(
                    contract.id, 0
                ) + currency._convert(
                    amount, contract.currency_id, contract.company_id, day
                )
        for contract in self:
            key = contract._origin.id
            contract.order_count = counts.get(key, 0)
            contract.amount_released = released.get(key, 0)
            contract.amount_remaining = contract.amount_total - contract.amount_released

    def _check_released(self):
        """Check that orders do not call off more than was agreed.

        :raise UserError: says by how much they do
        """
        self.invalidate_recordset(["amount_released", "amount_remaining"])
        for contract in self:
            if contract.state in ("completed", "terminated"):
                raise UserError(
                    self.env._(
                        "%(contract)s has ended: choose another contract.",
                        contract=contract.display_name,
                    )
                )
            excess = -contract.amount_remaining
            if (
                not contract.is_excess_allowed
                and contract.currency_id.compare_amounts(excess, 0) > 0
            ):
                raise UserError(
                    self.env._(
                        "The orders of %(contract)s exceed what was agreed by "
                        "%(amount)s: order less, or amend the contract.",
                        contract=contract.display_name,
                        amount=contract.currency_id.format(excess),
                    )
                )

    def action_new_order(self):
        """Open a new quotation that calls off part of a contract."""
        self.ensure_one()
        self._check_step(("signed", "running"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotation"),
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": (self.contact_id or self.partner_id).id,
                "default_company_id": self.company_id.id,
                "default_crm_contract_id": self.id,
                "default_pricelist_id": self.pricelist_id.id,
                "default_payment_term_id": self.payment_term_id.id,
                "default_client_order_ref": self.reference,
                "default_order_line": [
                    fields.Command.create(
                        {**line._prepare_order_line(), "product_uom_qty": 0}
                    )
                    for line in self.line_ids
                    if line.product_id
                ],
            },
        }

    def action_open_orders(self):
        """Open the quotations and orders of contracts."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotations and Orders"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("crm_contract_id", "in", self.ids)],
            "context": {"create": False},
        }
