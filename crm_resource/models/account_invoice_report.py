from odoo import fields, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _name = "account.invoice.report"
    _inherit = ["account.invoice.report", "crm.resource.reach.mixin"]

    audience_id = fields.Many2one(compute=None, readonly=True)

    def _select(self):
        return SQL("%s, move.audience_id AS audience_id", super()._select())
