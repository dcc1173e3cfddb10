from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountPayment(models.Model):
    """For which contract a customer pays, also before there is an invoice."""

    _inherit = "account.payment"

    crm_contract_id = fields.Many2one(
        "crm.resource.contract",
        string="Contract",
        domain="[('partner_id', 'parent_of', partner_id),"
        " ('company_id', '=', company_id)]",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )

    def write(self, vals):
        """Its journal items are of the same contract."""
        result = super().write(vals)
        if "crm_contract_id" in vals:
            self.move_id.line_ids.crm_contract_id = vals["crm_contract_id"]
        return result

    @api.constrains("crm_contract_id", "partner_id")
    def _check_crm_contract(self):
        for payment in self:
            # of which customer it is does not depend on who asks
            contract = payment.sudo().crm_contract_id
            customer = payment.sudo().partner_id.commercial_partner_id
            if contract and contract.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contract)s is no contract of %(customer)s: choose one of "
                        "his.",
                        contract=contract.name,
                        customer=customer.name,
                    )
                )

    def _prepare_move_line_default_vals(
        self, write_off_line_vals=None, force_balance=None
    ):
        lines = super()._prepare_move_line_default_vals(
            write_off_line_vals, force_balance
        )
        if self.crm_contract_id:
            for values in lines:
                values["crm_contract_id"] = self.crm_contract_id.id
        return lines
