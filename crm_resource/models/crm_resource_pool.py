from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .crm_resource_pool_customer import MASKABLE


class CrmResourcePool(models.Model):
    """Where customers are whom nobody looks after, for whoever wants to."""

    _name = "crm.resource.pool"
    _description = "Public Pool"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

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
        "crm.team",
        "crm_resource_pool_team_rel",
        string="Departments",
        check_company=True,
        help="Neither departments nor people: everybody who sells.",
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
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Whether the user claims from this pool.",
    )

    # whom
    domain = fields.Char(
        string="Which Customers",
        default="[]",
        help="Others do not enter the pool. Empty: all.",
    )
    hidden_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_resource_pool_hidden_field_rel",
        string="Hidden Before the Claim",
        domain=[
            ("model", "=", "crm.resource.pool.customer"),
            ("name", "in", MASKABLE),
        ],
    )
    past = fields.Selection(
        [
            ("all", "Sees what was done before"),
            ("new", "Sees what is done from now on"),
        ],
        string="Whoever Claims",
        default="all",
        required=True,
        help="Of earlier leads, orders, invoices, messages, churn cases, care, "
        "evaluations, histories and sales figures of others with the customer.",
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
        string="Protected For",
        help="Days after a claim in which the customer is not recalled.",
    )

    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )
    claims_left = fields.Integer(compute="_compute_claims_left")
    my_message = fields.Char(compute="_compute_claims_left")
    explanation = fields.Text(compute="_compute_explanation")

    _check_numbers = models.Constraint(
        "CHECK(claim_limit >= 0 AND wait_previous_days >= 0 AND wait_fresh_days >= 0"
        " AND protection_days >= 0)",
        "Limits and days of a pool cannot be negative: enter 0 for none.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        # it is matched with all rights, as is checked here: its author asks for no more
        # than he may read
        partners = self.env["res.partner"].with_user(self.env.uid)
        for pool in self:
            partners._search(pool._get_customer_domain())

    @api.constrains("hidden_field_ids")
    def _check_hidden_field_ids(self):
        for field in self.hidden_field_ids:
            if field.name not in MASKABLE:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be hidden: choose another field.",
                        field=field.field_description,
                    )
                )

    @api.depends("team_ids", "is_with_below", "user_ids", "admin_ids", "company_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.search(self._get_member_domain(self.env.user))
        for pool in self:
            pool.is_mine = pool._origin in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        return self._get_member_domain(self.env.user)

    @api.model
    def _get_member_domain(self, user):
        """Return the domain of the pools from which a person claims, or which he
        administrates."""
        domain = Domain("user_ids", "in", user.ids) | Domain(
            "admin_ids", "in", user.ids
        )
        # who is in which department is no secret
        own = (
            self.env["crm.team"]
            .sudo()
            .search_fetch(
                ["|", ("member_ids", "in", user.ids), ("user_id", "=", user.id)],
                ["parent_path"],
            )
        )
        if own:
            above = {
                int(key) for team in own for key in team.parent_path.split("/")[:-1]
            }
            domain |= Domain("team_ids", "in", own.ids)
            domain |= Domain("is_with_below", "=", True) & Domain(
                "team_ids", "in", list(above)
            )
        if user.has_group("sales_team.group_sale_salesman"):
            domain |= Domain("team_ids", "=", False) & Domain("user_ids", "=", False)
        return domain

    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.resource.pool.customer"]._read_group(
                [("pool_id", "in", self.ids)], ["pool_id"], ["__count"]
            )
        )
        for pool in self:
            pool.customer_count = counts.get(pool, 0)

    @api.depends("claim_limit")
    @api.depends_context("uid")
    def _compute_claims_left(self):
        user = self.env.user
        # one's own figures
        counted = self.env["crm.resource.claim.count"].sudo()
        for company, pools in self.grouped("company_id").items():
            claims = dict(
                counted._read_group(
                    [
                        ("user_id", "=", user.id),
                        ("pool_id", "in", pools.ids),
                        ("date", "=", company._get_today()),
                    ],
                    ["pool_id"],
                    ["claims:sum"],
                )
            )
            # as above
            limits = self.env["crm.resource.holding.limit"].sudo()
            rooms = limits._get_rooms(user, company)[user.id]
            for pool in pools:
                left = pool.claim_limit - claims.get(pool, 0)
                pool.claims_left = max(left, 0)
                pool.my_message = " ".join(
                    [pool._get_claims_text(), *(pool._get_room_text(r) for r in rooms)]
                )

    @api.depends(
        "team_ids",
        "is_with_below",
        "user_ids",
        "hidden_field_ids",
        "past",
        "claim_limit",
        "wait_previous_days",
        "wait_fresh_days",
        "protection_days",
    )
    def _compute_explanation(self):
        for pool in self:
            pool.explanation = "\n".join(pool._explain())

    def _explain(self):
        """Yield the rules of the pool in words, with an example."""
        today = fields.Date.context_today(self)
        people = [*self.team_ids.mapped("name"), *self.user_ids.mapped("name")]
        if people:
            yield self.env._("%(people)s claim.", people=", ".join(people))
        else:
            yield self.env._("Everybody who sells claims.")
        if self.claim_limit:
            yield self.env._(
                "Each claims at most %(count)s customers a day.", count=self.claim_limit
            )
        yield self.env._(
            "For example, a customer who comes here today may be claimed from "
            "%(date)s on, and by the salesperson who had him from %(later)s on.",
            date=format_date(self.env, today + timedelta(days=self.wait_fresh_days)),
            later=format_date(
                self.env,
                today
                + timedelta(days=max(self.wait_fresh_days, self.wait_previous_days)),
            ),
        )
        if self.protection_days:
            yield self.env._(
                "Whoever claims him today keeps him until %(date)s without fear of a "
                "recall.",
                date=format_date(
                    self.env, today + timedelta(days=self.protection_days)
                ),
            )
        # what is hidden is no secret
        hidden = self.sudo().hidden_field_ids
        if hidden:
            yield self.env._(
                "Before the claim nobody sees: %(fields)s.",
                fields=", ".join(hidden.mapped("field_description")),
            )
        if self.past == "new":
            yield self.env._(
                "Leads, orders, invoices, messages, histories and figures of the time "
                "before stay hidden from whoever claims him; what he owes is shown."
            )

    def _get_claims_text(self):
        if not self.claim_limit:
            return self.env._("You may claim any number today.")
        return self.env._(
            "You may claim %(left)s of %(limit)s today.",
            left=self.claims_left,
            limit=self.claim_limit,
        )

    def _get_room_text(self, room):
        if room.limit.level_id:
            return self.env._(
                "You have %(held)s of at most %(most)s customers of level %(level)s.",
                held=room.held,
                most=room.most,
                level=room.limit.level_id.name,
            )
        return self.env._(
            "You have %(held)s of at most %(most)s customers.",
            held=room.held,
            most=room.most,
        )

    # ------------------------------------------------------------
    # Which customers
    # ------------------------------------------------------------

    def _get_typed_domain(self):
        """Return the conditions that were typed.

        :raise ValidationError: if what was typed is no domain
        """
        self.ensure_one()
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "The conditions of pool %(pool)s cannot be evaluated: use plain "
                    "conditions on fields of the customer.",
                    pool=self.name,
                )
            ) from error

    def _get_customer_domain(self):
        """Return the domain of the customers who may enter the pool.

        :raise ValidationError: if what was typed is no domain
        """
        return (
            self._get_typed_domain()
            & Domain("customer_state", "!=", False)
            & Domain("company_id", "in", [self.company_id.id, False])
        )

    def _get_accepted(self, partners):
        """Return those of some customers who may enter the pool."""
        self.ensure_one()
        # what decides is no business of whoever gives a customer back
        return partners & partners.sudo().search(
            Domain("id", "in", partners.ids) & self._get_customer_domain()
        ).with_env(partners.env)

    def action_open_customers(self):
        """List the customers of the pool."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_pool_customer_action"
            ),
            "name": self.name,
            "display_name": self.name,
            "domain": [("pool_id", "=", self.id)],
            "context": {"is_assigner": self._is_administrated()},
        }
