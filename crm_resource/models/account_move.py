from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Only what customers are billed has an audience."""

    _name = "account.move"
    _inherit = [
        "account.move",
        "crm.resource.document.mixin",
        "crm.resource.gate.mixin",
    ]

    _gate_state = "posted"
    _gate_setting = "crm_gate_invoice"
    _gate_fields = frozenset({"company_id", "journal_id", "move_type", "partner_id"})

    _reach_user = "invoice_user_id"
    _reach_partners = ("partner_id", "partner_shipping_id")
    _reach_documents = SQL(
        "document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    @api.depends("move_type")
    def _compute_audience_id(self):
        billed = self.filtered(lambda m: m.is_sale_document(include_receipts=True))
        (self - billed).audience_id = False
        return super(AccountMove, billed)._compute_audience_id()

    def _is_before_gate(self):
        # money is given back to everybody
        billing = self.move_type in ("out_invoice", "out_receipt")
        return billing and super()._is_before_gate()

    def _get_gate_message(self):
        if self.move_type not in ("out_invoice", "out_receipt"):
            return False
        return super()._get_gate_message()
