from odoo import fields, models


class CrmResourceRecallRule(models.Model):
    """When a customer falls back to a public pool."""

    _name = "crm.resource.recall.rule"
    _description = "Recall Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    pool_id = fields.Many2one(
        "crm.resource.pool",
        string="Falls Back To",
        required=True,
        check_company=True,
        ondelete="restrict",
    )
