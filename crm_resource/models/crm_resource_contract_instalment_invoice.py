from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL


class CrmResourceContractInstalment(models.Model):
    """Instalments become invoices, each once."""

    _inherit = "crm.resource.contract.instalment"

    def action_invoice(self):
        """Invoice instalments, and open their invoices."""
        return self._create_invoices()._get_records_action(
            name=self.env._("Customer Invoices")
        )

    def _create_invoices(self, is_grouped=False):
        """Invoice instalments, as drafts or posted, as their companies want it.

        :param bool is_grouped: one invoice for all of a customer that can stand on one,
            else one for each instalment
        :return: `account.move`
        :raise AccessError: if the person is no accountant
        :raise UserError: if one is not to be invoiced, says why
        """
        self._check_accountant()
        self._lock()
        self._check_invoiceable()
        groups = self.grouped(
            lambda instalment: instalment._get_invoice_key(is_grouped)
        ).values()
        moves = self.env["account.move"].create(
            [instalments._prepare_invoice() for instalments in groups]
        )
        to_post = moves.filtered(
            lambda move: move.company_id.crm_contract_invoice == "posted"
        )
        if to_post:
            to_post.action_post()
        self.invalidate_recordset()
        return moves

    @api.model
    def _check_accountant(self):
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(
                self.env._("Accountants invoice instalments: ask one of them.")
            )

    def _lock(self):
        """Have whoever invoices the same instalments at this moment fail, and try again
        with what we did in sight: a lock alone would not show it to him."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_contract_instalment
                   SET date_tried = NOW() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%s)
                """,
                self.ids,
            )
        )
        self.invalidate_recordset(flush=False)

    def _check_invoiceable(self):
        """Check that instalments can be invoiced.

        :raise UserError: if one cannot, says why
        """
        for instalment in self:
            if refusal := instalment._get_invoice_refusal():
                raise UserError(
                    self.env._(
                        "%(instalment)s: %(reason)s",
                        instalment=instalment.display_name,
                        reason=refusal,
                    )
                )

    def _get_invoice_refusal(self):
        """Return why an instalment cannot be invoiced, False if it can."""
        if self.contract_state not in ("signed", "running", "completed", "terminated"):
            return self.env._("its contract is not signed: sign it first.")
        if self.is_void:
            return self.env._("it is void: nothing is to be invoiced.")
        if self.is_settled:
            return self.env._("it is invoiced already: reload the page.")
        if self.milestone and not self.date_confirmed:
            return self.env._(
                "“%(milestone)s” is not reached: confirm that first.",
                milestone=self.milestone,
            )
        return False

    def _get_invoice_key(self, is_grouped):
        """Return what instalments on one invoice have in common."""
        if not is_grouped:
            return self.id
        contract = self.contract_id
        return (
            contract.company_id,
            contract.partner_id,
            contract.partner_invoice_id,
            contract.currency_id,
            contract.fiscal_position_id,
            contract.payment_term_id,
            contract.user_id,
            contract.team_id,
        )

    def _prepare_invoice(self):
        """Return the values of an invoice of instalments."""
        contracts = self.contract_id
        contract = contracts[0]
        references = filter(None, contracts.mapped("reference"))
        return {
            "move_type": "out_invoice",
            "company_id": contract.company_id.id,
            "partner_id": (contract.partner_invoice_id or contract.partner_id).id,
            "currency_id": contract.currency_id.id,
            "fiscal_position_id": contract.fiscal_position_id.id,
            "invoice_payment_term_id": contract.payment_term_id.id,
            "invoice_user_id": contract.user_id.id,
            "team_id": contract.team_id.id,
            "invoice_origin": ", ".join(contracts.mapped("name")),
            "ref": ", ".join(references) or False,
            "invoice_line_ids": [
                Command.create(values)
                for instalment in self
                for values in instalment._prepare_invoice_lines()
            ],
        }

    def _prepare_invoice_lines(self):
        """Return the values of the lines of an instalment's invoice: every line of the
        contract in proportion."""
        # the plan says which part of each line it is
        shares = self.sudo().shares or {}
        lines = self.contract_id.line_ids
        values = [
            line._prepare_invoice_line(self, shares[str(line.id)])
            for line in lines
            if str(line.id) in shares
        ]
        return [line for line in values if line]
