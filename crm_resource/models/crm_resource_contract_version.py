from odoo import fields, models


class CrmResourceContractVersion(models.Model):
    """What a contract said before it was amended."""

    _name = "crm.resource.contract.version"
    _description = "Former Version of a Contract"
    _order = "contract_id, version desc"
    _rec_name = "version"

    contract_id = fields.Many2one(
        "crm.resource.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    date_signed = fields.Date(string="Signed On", readonly=True)
    amount_total = fields.Monetary(string="Contract Total", readonly=True)
    reason = fields.Text(string="Why It Was Amended", readonly=True)
    # made by the contract's own template
    content = fields.Html(readonly=True, sanitize=False)

    _version_unique = models.UniqueIndex(
        "(contract_id, version)", "There is a version of that number already."
    )
