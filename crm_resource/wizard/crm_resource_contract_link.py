from odoo import fields, models
from odoo.exceptions import UserError


class CrmResourceContractLink(models.TransientModel):
    """Say that an invoice that is there already is an instalment's."""

    _name = "crm.resource.contract.link"
    _description = "Link Invoices to an Instalment"

    instalment_id = fields.Many2one("crm.resource.contract.instalment", required=True)
    partner_id = fields.Many2one(related="instalment_id.partner_id")
    company_id = fields.Many2one(related="instalment_id.company_id")
    currency_id = fields.Many2one(related="instalment_id.currency_id")
    amount = fields.Monetary(related="instalment_id.amount")
    move_ids = fields.Many2many(
        "account.move",
        "crm_resource_contract_link_rel",
        string="Invoices and Credit Notes",
        domain="[('commercial_partner_id', '=', partner_id),"
        " ('company_id', '=', company_id), ('currency_id', '=', currency_id),"
        " ('move_type', 'in', ('out_invoice', 'out_refund')),"
        " ('state', '!=', 'cancel'),"
        " ('invoice_line_ids.crm_instalment_id', '=', False)]",
    )

    def action_link(self):
        """Link the chosen documents, which counts every line once.

        :raise UserError: if nothing is chosen
        """
        self.ensure_one()
        if not self.move_ids:
            raise UserError(self.env._("Choose the invoices to be linked."))
        self.instalment_id._link(self.move_ids)
        return {"type": "ir.actions.act_window_close"}
