from odoo import models
from odoo.exceptions import UserError


class CrmResourceContractInstalment(models.Model):
    """Invoices that were made otherwise can be an instalment's."""

    _inherit = "crm.resource.contract.instalment"

    def action_link(self):
        """Ask which invoices are the instalment's."""
        self.ensure_one()
        self._check_accountant()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link Invoices"),
            "res_model": "crm.resource.contract.link",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_instalment_id": self.id},
        }

    def action_unlink_invoices(self):
        """Say that the invoices of an instalment are not its own: they stay as they
        are."""
        self._check_accountant()
        self._lock()
        # accountants change no contract, but say which invoices are its own
        lines = self.env["account.move.line"].sudo()
        lines = lines.search([("crm_instalment_id", "in", self.ids)])
        moves = lines.move_id
        for line in lines:
            line.write(
                {
                    "crm_instalment_id": False,
                    # an order's invoice stays its contract's
                    "crm_contract_id": line.sale_line_ids.order_id.crm_contract_id.id,
                }
            )
        moves._spread_contract()
        self._log_link(self.env._("Unlinked: %(invoices)s"), moves)
        return True

    def _link(self, moves):
        """Link invoices and credit notes.

        :param moves: `account.move`
        :raise AccessError: if the person is no accountant, or may not read them
        :raise UserError: if one is another customer's, or linked already
        """
        self.ensure_one()
        self._check_accountant()
        moves.check_access("read")
        self._lock()
        lines = moves.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        for move in moves:
            if (
                move.commercial_partner_id != self.partner_id
                or move.company_id != self.company_id
                or move.currency_id != self.currency_id
                or move.move_type not in ("out_invoice", "out_refund")
                or move.state == "cancel"
            ):
                raise UserError(
                    self.env._(
                        "%(invoice)s cannot be linked: choose invoices of the same "
                        "customer, company and currency.",
                        invoice=move.display_name,
                    )
                )
        taken = lines.crm_instalment_id
        if taken:
            raise UserError(
                self.env._(
                    "An invoice is linked to %(instalment)s already: unlink it there "
                    "first.",
                    instalment=taken[0].display_name,
                )
            )
        # as in `action_unlink_invoices`
        lines.sudo().write(
            {"crm_instalment_id": self.id, "crm_contract_id": self.contract_id.id}
        )
        # as above
        moves.sudo()._spread_contract()
        self._log_link(self.env._("Linked: %(invoices)s"), moves)

    def _log_link(self, text, moves):
        names = ", ".join(moves.mapped("display_name"))
        for contract, instalments in self.grouped("contract_id").items():
            contract.message_post(
                body=f"{', '.join(instalments.mapped('name'))} – "
                + text % {"invoices": names}
            )
        self.invalidate_recordset()
