from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .veiled_field import VeiledDate, VeiledFloat, VeiledMonetary

CUSTOMER_STATES = [
    ("new", "New"),
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("returned", "Returned"),
    ("rejected", "Rejected"),
]
# what the company knows and thinks of a customer is not for the customer to read
INTERNAL = "base.group_user"
# who is shown what customers buy and owe
MONEY_GROUPS = (
    "sales_team.group_sale_salesman,crm_resource.group_reviewer,"
    "crm_resource.group_executive,account.group_account_invoice,"
    "account.group_account_readonly"
)
# whoever writes one of these changes what the level is computed from
LEVEL_FIELDS = {
    "annual_purchasing_power",
    "company_id",
    "customer_currency_id",
    "date_manual_level_end",
    "manual_level_id",
}

# what only reviewers decide, and what tells of their decisions
REVIEWER_FIELDS = {
    "date_manual_level_end",
    "date_reviewed",
    "date_submitted",
    "date_terminated",
    "is_reapproval",
    "manual_level_id",
    "review_note",
    "reviewed_by_id",
    "submitted_by_id",
    "termination_reason",
}


class ResPartner(models.Model):
    """The managed customer: a commercial entity with a ``customer_state``."""

    _inherit = "res.partner"

    customer_state = fields.Selection(
        CUSTOMER_STATES,
        string="Customer Status",
        copy=False,
        tracking=True,
        help="Empty: this contact is not managed as a customer.",
        groups=INTERNAL,
    )
    customer_code = fields.Char(copy=False, tracking=True, groups=INTERNAL)
    customer_importance = fields.Selection(
        [("i", "Important"), ("n", "Normal"), ("p", "Potential")],
        string="Importance",
        tracking=True,
        groups=INTERNAL,
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Department",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        groups=INTERNAL,
    )
    standing_id = fields.Many2one(
        "crm.resource.standing",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=INTERNAL,
    )
    date_registered = fields.Datetime(
        string="Registered On", copy=False, groups=INTERNAL
    )
    registration_medium_id = fields.Many2one(
        "utm.medium",
        string="Registration Channel",
        ondelete="set null",
        help="The way by which the customer came into the file.",
        groups=INTERNAL,
    )
    registration_source_id = fields.Many2one(
        "utm.source",
        string="Source",
        ondelete="set null",
        help="Where the company got to know the customer.",
        groups=INTERNAL,
    )

    # computed by jobs
    level_id = fields.Many2one(
        related="standing_id.level_id", string="Customer Level", groups=INTERNAL
    )
    date_level = fields.Date(related="standing_id.date_level", groups=INTERNAL)
    level_figure = VeiledFloat(related="standing_id.level_figure", groups=MONEY_GROUPS)
    turnover = VeiledMonetary(
        related="standing_id.turnover",
        currency_field="turnover_currency_id",
        groups=MONEY_GROUPS,
    )
    turnover_currency_id = fields.Many2one(
        related="standing_id.currency_id",
        string="Currency of the Turnover",
        groups=INTERNAL,
    )
    date_first_purchase = VeiledDate(
        related="standing_id.date_first_purchase", groups=INTERNAL
    )
    date_last_purchase = VeiledDate(
        related="standing_id.date_last_purchase", groups=INTERNAL
    )
    date_last_contact = VeiledDate(
        related="standing_id.date_last_contact", groups=INTERNAL
    )
    date_next_contact = fields.Date(
        related="standing_id.date_next_contact", groups=INTERNAL
    )
    grade_ids = fields.One2many(
        "crm.resource.grade",
        "partner_id",
        string="Further Grades",
        readonly=True,
        groups=INTERNAL,
    )
    level_change_ids = fields.One2many(
        "crm.resource.level.change",
        "partner_id",
        string="Level History",
        readonly=True,
        groups=INTERNAL,
    )

    # typed inputs of the level
    manual_level_id = fields.Many2one(
        "crm.resource.level",
        string="Level by Hand",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        help="Holds instead of the computed level, up to its last day.",
        groups=INTERNAL,
    )
    date_manual_level_end = fields.Date(
        string="Level by Hand Until",
        copy=False,
        tracking=True,
        help="The last day of the level by hand. Empty: until it is taken back.",
        groups=INTERNAL,
    )
    leading_policy_id = fields.Many2one(
        "crm.resource.level.policy",
        compute="_compute_leading_policy_id",
        groups=INTERNAL,
    )

    _customer_code_unique = models.UniqueIndex(
        "(customer_code) WHERE customer_code IS NOT NULL",
        "Another customer has this code already: choose another one.",
    )
    _customer_name_idx = models.Index(
        "(complete_name, id DESC) WHERE customer_state IS NOT NULL"
    )
    _customer_owner_idx = models.Index(
        "(user_id, complete_name) WHERE customer_state IS NOT NULL"
    )

    @api.depends("company_id")
    def _compute_leading_policy_id(self):
        for company, partners in self.grouped("company_id").items():
            partners.leading_policy_id = self.env[
                "crm.resource.level.policy"
            ]._get_leading(company)

    @api.constrains("customer_state", "parent_id", "is_company", "type")
    def _check_customer_is_commercial_entity(self):
        for partner in self:
            if partner.customer_state and partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s: only a company or "
                        "an independent person can be a customer. Enrol %(customer)s, "
                        "or release %(contact)s first.",
                        contact=partner.name,
                        customer=partner.commercial_partner_id.name,
                    )
                )

    @api.constrains("manual_level_id", "company_id")
    def _check_manual_level_id(self):
        for partner in self.filtered("manual_level_id"):
            policy = partner.manual_level_id.policy_id
            if policy != partner.leading_policy_id:
                raise ValidationError(
                    self.env._(
                        "Level %(level)s belongs to the policy %(policy)s, which does "
                        "not lead for %(customer)s: choose one of %(leading)s.",
                        level=partner.manual_level_id.name,
                        policy=policy.name,
                        customer=partner.name,
                        leading=partner.leading_policy_id.name or "-",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Open the standing of new customers.

        The default state of the Customers menu is not for the contacts entered there.
        """
        vals_list = [
            {
                **({"customer_state": False} if vals.get("parent_id") else {}),
                **vals,
                "standing_id": False,
            }
            for vals in vals_list
        ]
        partners = super().create(vals_list)
        # of the records, not of the values: defaults come from the context, which
        # whoever calls may choose
        partners._check_reviewer_access(
            partners.mapped("customer_state"),
            {name for name in REVIEWER_FIELDS if any(partners.mapped(name))},
        )
        partners.filtered("customer_state")._open_customer()
        return partners

    def write(self, vals):
        """Open or close the standing with the state; a new input means a new level."""
        # computed; that it is readonly keeps no call from outside from writing it
        vals = {name: value for name, value in vals.items() if name != "standing_id"}
        states = set()
        if "customer_state" in vals:
            states = {vals["customer_state"] or False, *self.mapped("customer_state")}
        self._check_reviewer_access(states if len(states) > 1 else (), vals)
        result = super().write(vals)
        if "customer_state" in vals:
            self.filtered(
                lambda p: p.customer_state and not p.standing_id
            )._open_customer()
            released = self.filtered(lambda p: not p.customer_state)
            # the row is computed and goes with the customer's state
            released.sudo().standing_id.unlink()
            released.sudo().grade_ids.unlink()
        elif LEVEL_FIELDS & vals.keys():
            self.filtered("customer_state")._classify_customers()
        return result

    @api.model
    def _check_reviewer_access(self, states, names=()):
        """Whoever may edit contacts may enter new customers; reviewers decide the rest.

        :param states: customer states that are left or entered
        :param names: names of fields that are written
        """
        decided = set(states) - {"new", False, None} or REVIEWER_FIELDS & set(names)
        if (
            decided
            and not self.env.su
            and not self.env.user.has_group("crm_resource.group_reviewer")
        ):
            raise AccessError(
                self.env._(
                    "Only a customer reviewer may change the status of a customer or "
                    "set his level by hand: ask one of them."
                )
            )
