from odoo import fields, models


class CrmResourceRetentionMethod(models.Model):
    """What can be done to keep a customer who is about to leave."""

    _name = "crm.resource.retention.method"
    _description = "Retention Method"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    note = fields.Char(translate=True)

    _name_unique = models.UniqueIndex(
        "(name) WHERE active IS TRUE",
        "There is a retention method of that name already.",
    )
