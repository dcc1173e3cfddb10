from odoo import fields, models


class CrmResourcePool(models.Model):
    """Where customers are whom nobody looks after, for whoever wants to."""

    _name = "crm.resource.pool"
    _description = "Public Pool"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    # who
    team_ids = fields.Many2many(
        "crm.team", "crm_resource_pool_team_rel", string="Departments"
    )
    is_with_below = fields.Boolean(string="And Those Below", default=True)
    user_ids = fields.Many2many(
        "res.users",
        "crm_resource_pool_user_rel",
        string="People",
        domain=[("share", "=", False)],
    )
    admin_ids = fields.Many2many(
        "res.users",
        "crm_resource_pool_admin_rel",
        string="Administrators",
        domain=[("share", "=", False)],
        help="They also assign customers of the pool to its people.",
    )
    # whom
    domain = fields.Char(
        string="Which Customers",
        default="[]",
        help="Others do not enter the pool. Empty: all.",
    )

    # claims
    claim_limit = fields.Integer(
        string="Claims per Day", help="Per person. 0: any number."
    )
    wait_previous_days = fields.Integer(
        string="Previous Salesperson Waits",
        help="Days before he may claim the customer again.",
    )
    wait_fresh_days = fields.Integer(
        string="New in the Pool Wait",
        help="Days from entering the pool before anybody may claim the customer.",
    )
    protection_days = fields.Integer(
        string="Protected for",
        help="Working days after a claim in which the customer is not recalled.",
    )

    _check_numbers = models.Constraint(
        "CHECK(claim_limit >= 0 AND wait_previous_days >= 0 AND wait_fresh_days >= 0"
        " AND protection_days >= 0)",
        "Limits and days of a pool cannot be negative: enter 0 for none.",
    )
