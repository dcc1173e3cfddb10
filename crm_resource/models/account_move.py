from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Only what customers are billed has an audience."""

    _name = "account.move"
    _inherit = ["account.move", "crm.resource.document.mixin"]

    _reach_user = "invoice_user_id"
    _reach_documents = SQL(
        "document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    @api.depends("move_type")
    def _compute_audience_id(self):
        billed = self.filtered(lambda m: m.is_sale_document(include_receipts=True))
        (self - billed).audience_id = False
        return super(AccountMove, billed)._compute_audience_id()
