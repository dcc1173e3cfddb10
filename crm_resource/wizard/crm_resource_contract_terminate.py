from odoo import fields, models


class CrmResourceContractTerminate(models.TransientModel):
    """Why contracts end before their time, and what becomes of the rest."""

    _name = "crm.resource.contract.terminate"
    _description = "Terminate Contracts"

    contract_ids = fields.Many2many(
        "crm.resource.contract",
        "crm_resource_contract_terminate_rel",
        string="Contracts",
        required=True,
    )
    date = fields.Date(
        string="Last Day", required=True, default=fields.Date.context_today
    )
    reason_id = fields.Many2one(
        "crm.resource.dictionary",
        required=True,
        domain=[("kind", "=", "termination")],
    )
    note = fields.Text(string="In Words")
    rest = fields.Selection(
        [
            ("void", "Become void"),
            ("keep", "Stay to be invoiced"),
        ],
        string="Instalments Not Invoiced",
        required=True,
        default="void",
    )

    def action_terminate(self):
        """End the contracts; they check who may."""
        self.ensure_one()
        self.contract_ids._terminate(
            self.date, self.reason_id, self.note, self.rest == "void"
        )
        return {"type": "ir.actions.act_window_close"}
