from odoo import api, fields, models


class CrmResourceContractInvoice(models.TransientModel):
    """Invoice many instalments at once."""

    _name = "crm.resource.contract.invoice"
    _description = "Invoice Instalments"

    instalment_ids = fields.Many2many(
        "crm.resource.contract.instalment",
        "crm_resource_contract_invoice_rel",
        string="Instalments",
        required=True,
    )
    is_grouped = fields.Boolean(
        string="One Invoice per Customer",
        help="Instalments with the same address, currency, terms and salesperson stand "
        "on one invoice.",
    )
    count = fields.Integer(string="Instalments To Invoice", compute="_compute_count")
    refused = fields.Text(compute="_compute_count")

    @api.depends("instalment_ids")
    def _compute_count(self):
        for dialog in self:
            refusals = {
                part: part._get_invoice_refusal() for part in dialog.instalment_ids
            }
            dialog.count = len([part for part in refusals if not refusals[part]])
            dialog.refused = "\n".join(
                f"{part.display_name}: {reason}"
                for part, reason in refusals.items()
                if reason
            )

    def action_invoice(self):
        """Invoice what can be invoiced, and open the invoices."""
        self.ensure_one()
        free = self.instalment_ids.filtered(
            lambda part: not part._get_invoice_refusal()
        )
        # if none is left, the first says why
        moves = (free or self.instalment_ids)._create_invoices(self.is_grouped)
        return moves._get_records_action(name=self.env._("Customer Invoices"))
