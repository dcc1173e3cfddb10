from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

READERS = (
    "sales_team.group_sale_salesman,crm_resource.group_executive,"
    "account.group_account_invoice,account.group_account_readonly"
)


class SaleOrder(models.Model):
    """Orders of contracts: each belongs to one at most, and calls off no more than was
    agreed."""

    _inherit = "sale.order"

    crm_contract_id = fields.Many2one(
        "crm.resource.contract",
        string="Contract",
        domain="[('partner_id', 'parent_of', partner_id),"
        " ('company_id', '=', company_id),"
        " ('state', 'in', ('signed', 'running'))]",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        groups=READERS,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever names a contract reads it."""
        self._check_contract_access(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """As `create`; what was invoiced of an order is its contract's, too."""
        self._check_contract_access(vals)
        result = super().write(vals)
        if "crm_contract_id" in vals:
            # whoever may change the order need not read its invoices
            lines = self.sudo().order_line.invoice_lines
            free = lines.filtered(lambda line: not line.crm_instalment_id)
            free.crm_contract_id = vals["crm_contract_id"]
            free.move_id._spread_contract()
        return result

    def _check_contract_access(self, *vals_list):
        if not self.env.su:
            keys = {vals.get("crm_contract_id") for vals in vals_list}
            contracts = self.env["crm.resource.contract"].browse(
                key for key in keys if key
            )
            (contracts - self.crm_contract_id).check_access("read")

    @api.constrains("crm_contract_id", "partner_id")
    def _check_crm_contract(self):
        for order in self:
            # of which customer it is does not depend on who asks
            contract = order.sudo().crm_contract_id
            customer = order.sudo().partner_id.commercial_partner_id
            if contract and contract.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contract)s is no contract of %(customer)s: choose one of "
                        "his.",
                        contract=contract.name,
                        customer=customer.name,
                    )
                )

    def _action_confirm(self):
        """Refuse what a contract does not cover."""
        result = super()._action_confirm()
        # what is left does not depend on who confirms
        self.sudo().crm_contract_id._check_released()
        return result

    def action_make_contract(self):
        """Make a contract of an order, and open it.

        :raise UserError: if the order belongs to a contract
        """
        self.ensure_one()
        self.check_access("write")
        if self.crm_contract_id:
            raise UserError(
                self.env._(
                    "%(order)s belongs to %(contract)s already: open that one.",
                    order=self.name,
                    contract=self.crm_contract_id.display_name,
                )
            )
        contracts = self.env["crm.resource.contract"]
        contract = contracts.create(contracts._prepare_from_order(self))
        self.crm_contract_id = contract
        return contract._get_records_action()
