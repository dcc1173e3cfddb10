from odoo import fields, models


class CrmResourceContractType(models.Model):
    """A kind of contract: what else it says, and with what it begins."""

    _name = "crm.resource.contract.type"
    _description = "Contract Type"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    is_frame = fields.Boolean(
        string="Frame Contract",
        help="Orders call off what was agreed, as one needs it.",
    )
    is_policy = fields.Boolean(
        string="Insurance Policy",
        help="Contracts of this type have a policy number and an insured object.",
    )
    notice_days = fields.Integer(
        string="Notice Period (Days)",
        help="How long before its end a contract can be ended at the latest.",
    )
    renewal_days = fields.Integer(
        string="Remind of Renewal (Days)",
        default=30,
        help="How long before the notice period, or before the end, the salesperson "
        "is reminded. 0: not at all.",
    )
    terms = fields.Html(
        translate=True, help="The terms with which contracts of this type begin."
    )
    properties_definition = fields.PropertiesDefinition(
        string="Further Fields", help="What else contracts of this type say."
    )

    _name_unique = models.UniqueIndex(
        "(name, COALESCE(company_id, 0)) WHERE active IS TRUE",
        "There is a contract type of that name already.",
    )
    _check_days = models.Constraint(
        "CHECK(notice_days >= 0 AND renewal_days >= 0)",
        "Days cannot be negative: enter 0 for none.",
    )
