from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.i18n import format_list

METHODS = [
    ("round_robin", "In turn"),
    ("least_loaded", "To whoever has the fewest customers"),
    ("weight", "By weight and capacity"),
]


class CrmResourceAllocationRule(models.Model):
    """Which customers go to which department or to whom of some people."""

    _name = "crm.resource.allocation.rule"
    _description = "Allocation Rule"
    _inherit = "crm.resource.filter.mixin"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    # which customers
    region_ids = fields.Many2many(
        "crm.resource.region",
        "crm_resource_allocation_rule_region_rel",
        string="Regions",
        help="And all that lies in them.",
    )
    industry_ids = fields.Many2many(
        "res.partner.industry",
        "crm_resource_allocation_rule_industry_rel",
        string="Industries",
    )
    level_ids = fields.Many2many(
        "crm.resource.level",
        "crm_resource_allocation_rule_level_rel",
        string="Customer Levels",
    )
    source_ids = fields.Many2many(
        "utm.source", "crm_resource_allocation_rule_source_rel", string="Sources"
    )
    interest_categ_ids = fields.Many2many(
        "product.category",
        "crm_resource_allocation_rule_categ_rel",
        string="Product Interests",
    )
    domain = fields.Char(string="And Besides", default="[]")

    # to whom
    method = fields.Selection(
        [("team", "To the department"), *METHODS],
        string="How",
        default="round_robin",
        required=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        check_company=True,
        ondelete="restrict",
        help="Without people of its own the rule gives to all members.",
    )
    member_ids = fields.One2many(
        "crm.resource.allocation.member", "rule_id", string="People", copy=True
    )

    explanation = fields.Text(compute="_compute_explanation")

    @api.depends(
        "method", "team_id", "member_ids.user_id", "member_ids.weight", "member_ids"
    )
    def _compute_explanation(self):
        for rule in self:
            rule.explanation = rule._explain()

    def _explain(self):
        """Return in words who gets the customers, with an example."""
        shares = self._get_shares()
        people = format_list(self.env, [user.name for user in shares if user.name])
        if self.method == "team":
            return self.env._(
                "The customers go to %(team)s, whose leader distributes them.",
                team=self.team_id.name or "…",
            )
        if not people:
            return self.env._("Choose a department or people.")
        if self.method == "round_robin":
            return self.env._(
                "The customers go to %(people)s in turn: whoever has waited longest "
                "for one is first.",
                people=people,
            )
        if self.method == "least_loaded":
            return self.env._(
                "Each customer goes to whoever of %(people)s has the fewest then.",
                people=people,
            )
        total = sum(weight for weight, _capacity in shares.values())
        return self.env._(
            "For example, of %(total)s customers %(shares)s.",
            total=total,
            shares=format_list(
                self.env,
                [
                    self.env._("%(person)s gets %(count)s", person=user.name, count=n)
                    for user, (n, _capacity) in shares.items()
                ],
            ),
        )

    @api.constrains("method", "team_id", "member_ids")
    def _check_whom(self):
        for rule in self:
            if not rule.team_id and (rule.method == "team" or not rule.member_ids):
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s gives customers to nobody: choose a department "
                        "or people.",
                        rule=rule.name,
                    )
                )

    @api.constrains("domain", "filter_id")
    def _check_domain(self):
        # it is matched with all rights, as is checked here: its author asks for no more
        # than he may read
        partners = self.env["res.partner"].with_user(self.env.uid)
        for rule in self:
            partners._search(rule._get_customer_domain())

    def _get_customer_domain(self):
        """Return the domain of the customers whom the rule is for.

        :raise ValidationError: if what was typed is no domain
        """
        self.ensure_one()
        domain = Domain("company_id", "in", [self.company_id.id, False])
        for field, operator, values in (
            ("region_id", "child_of", self.region_ids),
            ("industry_id", "in", self.industry_ids),
            ("level_id", "in", self.level_ids),
            ("registration_source_id", "in", self.source_ids),
            ("interest_categ_ids", "child_of", self.interest_categ_ids),
        ):
            if values:
                domain &= Domain(field, operator, values.ids)
        domain &= self._get_filter_domain()
        try:
            return domain & Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError, NameError) as error:
            raise ValidationError(
                self.env._(
                    "The conditions of rule %(rule)s cannot be evaluated: use plain "
                    "conditions on fields of the customer.",
                    rule=self.name,
                )
            ) from error

    def _get_shares(self):
        """Return how much of the customers people get: tuples of weight and capacity
        (0: any number) by user."""
        self.ensure_one()
        if self.member_ids:
            return {
                member.user_id: (member.weight, member.capacity)
                for member in self.member_ids
            }
        # who is in which department is no secret
        return dict.fromkeys(self.team_id.sudo().member_ids, (1, 0))


class CrmResourceAllocationMember(models.Model):
    _name = "crm.resource.allocation.member"
    _description = "Person of an Allocation Rule"
    _order = "rule_id, id"
    _rec_name = "user_id"

    rule_id = fields.Many2one(
        "crm.resource.allocation.rule", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    weight = fields.Integer(
        default=1, help="Whoever has weight 2 gets twice as many as one with weight 1."
    )
    capacity = fields.Integer(
        help="At most so many customers in 30 days, however they come. 0: any number."
    )

    _rule_user_unique = models.Constraint(
        "UNIQUE(rule_id, user_id)", "This person is in the rule already."
    )
    _check_numbers = models.Constraint(
        "CHECK(weight > 0 AND capacity >= 0)",
        "A weight is at least 1, and a capacity is not negative.",
    )
