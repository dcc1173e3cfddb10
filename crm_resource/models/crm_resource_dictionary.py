from odoo import fields, models


class CrmResourceDictionary(models.Model):
    """Choices that users maintain themselves, where the ERP has no list of its own."""

    _name = "crm.resource.dictionary"
    _description = "Dictionary Entry"
    _inherit = "crm.resource.import.mixin"
    _order = "kind, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("type", "Customer type"),
            ("stage", "Customer stage"),
            ("salutation", "Salutation"),
            ("decision", "Role in decisions"),
            ("visit_purpose", "Purpose of visits"),
            ("visit_result", "Result of visits"),
            ("campaign", "Kind of campaign"),
            ("opportunity", "Kind of opportunity"),
            ("project_role", "Role in projects"),
            ("settlement", "Payment method"),
            ("termination", "Reason of a termination"),
        ],
        required=True,
        index=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    note = fields.Char(translate=True)

    _name_unique = models.UniqueIndex(
        "(kind, name) WHERE active IS TRUE",
        "This dictionary has an entry of that name already.",
    )
