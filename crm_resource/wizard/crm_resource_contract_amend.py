from odoo import fields, models


class CrmResourceContractAmend(models.TransientModel):
    """Why a contract is amended."""

    _name = "crm.resource.contract.amend"
    _description = "Amend a Contract"

    contract_id = fields.Many2one("crm.resource.contract", required=True)
    reason = fields.Text(required=True)

    def action_amend(self):
        """Open the contract for changes, which it checks."""
        self.ensure_one()
        self.contract_id._amend(self.reason)
        return {"type": "ir.actions.act_window_close"}
