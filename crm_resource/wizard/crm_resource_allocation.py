from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_resource_allocation_rule import METHODS
from ..models.crm_resource_assignment import Holder
from ..models.unchecked_many2one import UncheckedMany2one

# the plan follows from these
PLANNED_FIELDS = {
    "company_id",
    "domain",
    "method",
    "partner_ids",
    "pool_ids",
    "source",
    "target",
    "team_id",
    "user_ids",
}
# how many customers that stayed where they are a message names
NAMED = 10


class CrmResourceAllocation(models.TransientModel):
    """Giving many customers to departments or people: first who would get whom, and
    why; then exactly that."""

    _name = "crm.resource.allocation"
    _description = "Allocate Customers"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source = fields.Selection(
        [
            ("free", "Customers whom nobody has"),
            ("pool", "Customers of pools"),
            ("filter", "Customers of a filter"),
            ("chosen", "Chosen customers"),
        ],
        string="Whom",
        required=True,
        default="free",
    )
    pool_ids = fields.Many2many("crm.resource.pool", string="Pools", check_company=True)
    domain = fields.Char(default="[]")
    partner_ids = fields.Many2many("res.partner", string="Customers")
    target = fields.Selection(
        [
            ("rules", "By the allocation rules"),
            ("team", "To a department"),
            ("people", "To people"),
        ],
        string="To Whom",
        required=True,
        default="rules",
    )
    team_id = fields.Many2one("crm.team", string="Department", check_company=True)
    user_ids = fields.Many2many(
        "res.users", string="People", domain=[("share", "=", False)]
    )
    method = fields.Selection(METHODS, string="How", default="round_robin")
    reason = fields.Char()
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview")], default="choose"
    )
    line_ids = fields.One2many("crm.resource.allocation.line", "allocation_id")
    load_ids = fields.One2many("crm.resource.allocation.load", "allocation_id")
    load_chart = fields.Html(compute="_compute_load_chart", sanitize=False)
    given_count = fields.Integer(readonly=True)
    left_count = fields.Integer(readonly=True)
    is_allowed = fields.Boolean(compute="_compute_is_allowed")

    @api.model
    def default_get(self, fields):
        """Customers marked in a list are chosen."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values["source"] = "chosen"
            values["partner_ids"] = self.env.context.get("active_ids", [])
        return values

    def write(self, vals):
        """Another choice needs another plan."""
        if not PLANNED_FIELDS.isdisjoint(vals):
            self._forget_plan()
            vals = {**vals, "state": "choose"}
        return super().write(vals)

    @api.depends_context("uid")
    def _compute_is_allowed(self):
        self.is_allowed = self._is_allocator()

    @api.depends("load_ids")
    def _compute_load_chart(self):
        for allocation in self:
            loads = allocation.load_ids
            allocation.load_chart = loads and self.env["ir.qweb"]._render(
                "crm_resource.allocation_load_chart",
                {
                    "loads": loads,
                    "most": max(*loads.mapped("before"), *loads.mapped("after"), 1),
                },
            )

    # ------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------

    def action_preview(self):
        """Show who would get whom, and why.

        :raise AccessError: if the user allocates no customers
        :raise UserError: if nothing is to allocate, or to nobody
        """
        self.ensure_one()
        self._check_allocator()
        candidates = self._get_candidates()
        if not candidates:
            raise UserError(
                self.env._("There is no customer to allocate: choose others.")
            )
        plan, people = self._plan(candidates)
        self._store(candidates, plan, people)
        self.state = "preview"
        return self._reopen()

    def _forget_plan(self):
        own = self.sudo()  # computed rows, which nobody may write
        own.line_ids.unlink()
        own.load_ids.unlink()

    def action_back(self):
        """Return to the choice."""
        self.state = "choose"
        return self._reopen()

    def _check_allocator(self):
        """Check that the user allocates customers.

        :raise AccessError: if he does not
        """
        if not self._is_allocator():
            raise AccessError(
                self.env._(
                    "Customers are allocated by market staff and by the leaders of "
                    "departments: ask one of them."
                )
            )

    def _is_allocator(self):
        return self._is_free() or bool(self.env["crm.team"]._get_led_teams())

    def _is_free(self):
        """Return whether the user may give any customer to anybody."""
        user = self.env.user
        return user.has_group("crm_resource.group_reviewer") or user.has_group(
            "sales_team.group_sale_salesman_all_leads"
        )

    def _get_source_domain(self):
        if self.source == "chosen":
            # ids only: the search leaves out whom the user does not reach
            return Domain("id", "in", self.sudo().partner_ids.ids)
        if self.source == "pool":
            return Domain("pool_id", "in", self.pool_ids.ids)
        if self.source == "free":
            return Domain("user_id", "=", False) & Domain("pool_id", "=", False)
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            raise UserError(
                self.env._(
                    "The filter contains something that cannot be evaluated here: use "
                    "plain conditions on fields of the customer."
                )
            ) from error

    def _get_candidates(self):
        """Return the customers to allocate: id, level, whether he has bought, and
        `Holder`, by id."""
        domain = (
            self._get_source_domain()
            & Domain("customer_state", "=", "approved")
            & Domain("date_terminated", "=", False)
            & Domain("company_id", "in", [self.company_id.id, False])
        )
        if not self._is_free():
            teams = self.env["crm.team"]
            domain &= Domain("team_id", "in", teams._get_led_teams().ids) | Domain(
                "user_id", "in", teams._get_led_members().ids
            )
        chosen = self.env["res.partner"]._search(domain)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, standing.level_id,
                       standing.date_last_purchase IS NOT NULL,
                       partner.user_id, partner.team_id, partner.pool_id
                  FROM res_partner partner
                  LEFT JOIN crm_resource_standing standing
                    ON standing.id = partner.standing_id
                 WHERE partner.id IN %s
                 ORDER BY partner.id
                """,
                chosen.subselect(),
            )
        )
        return {row[0]: (*row[:3], Holder(*row[3:])) for row in rows}

    def _plan(self, candidates):
        """Say who gets whom.

        :return: tuples of user, team, rule and text by id of customer, and the
            `Person` by id of user
        """
        today = self.company_id._get_today()
        orders = self._get_orders(candidates)
        users = self.env["res.users"].union(
            *(user for *_, who in orders for user in who)
        )
        # who has how many is asked for everybody
        planner = self.env["crm.resource.allocation.plan"].sudo()
        freed = [
            (holder.user, level, is_buyer)
            for _key, level, is_buyer, holder in candidates.values()
        ]
        people, refused = planner._get_people(users, self.company_id, today, freed)
        self._keep_teams(people)
        plan = {}
        for rule, keys, method, team, shares in orders:
            label, rule_id = self._get_label(rule, method), rule.id or None
            if method == "team":
                plan |= dict.fromkeys(keys, (None, team.id, rule_id, label))
                continue
            able = [people[user.id] for user in shares if user.id in people]
            chosen = planner._distribute(
                [candidates[key][:3] for key in keys],
                able,
                {user.id: share for user, share in shares.items()},
                method,
            )
            nobody = " ".join(
                [
                    self.env._("Nobody is left: the others may have no more customers.")
                    if able
                    else self.env._("Nobody is left."),
                    *(refused[user.id] for user in shares if user.id in refused),
                ]
            )
            for key, person in chosen.items():
                if not person:
                    plan[key] = (None, None, rule_id, nobody)
                elif candidates[key][3] == (person.user, person.team, None):
                    plan[key] = (None, None, rule_id, self.env._("Stays where he is."))
                else:
                    plan[key] = (person.user, person.team, rule_id, label)
        unmatched = self.env._("No rule is for this customer.")
        for key in candidates.keys() - plan.keys():
            plan[key] = (None, None, None, unmatched)
        return plan, people

    def _keep_teams(self, people):
        """Let customers whom a leader gives stay in his departments."""
        if self._is_free():
            return
        led = self.env["crm.team"]._get_led_teams()
        for person in people.values():
            if person.team not in led.ids:
                teams = led.filtered(
                    lambda team, person=person: (
                        person.user in (team.member_ids | team.user_id).ids
                    )
                )
                person.team = teams[:1].id or None

    def _get_orders(self, candidates):
        """Return what is to be distributed: tuples of rule, ids of customers, method,
        department, and shares by user."""
        rules = self.env["crm.resource.allocation.rule"]
        if self.target == "team":
            self._check_allowed(self.team_id, self.env["res.users"])
            return [(rules, list(candidates), "team", self.team_id, {})]
        if self.target == "people":
            self._check_allowed(self.env["crm.team"], self.user_ids)
            shares = dict.fromkeys(self.user_ids, (1, 0))
            no_team = self.env["crm.team"]
            return [(rules, list(candidates), self.method, no_team, shares)]
        orders = []
        left = dict.fromkeys(candidates)
        # which of the chosen customers fit is decided for all alike
        customers = self.env["res.partner"].sudo()
        for rule in rules.search([("company_id", "=", self.company_id.id)]):
            found = customers._search(
                Domain("id", "in", list(left)) & rule._get_customer_domain(), order="id"
            )
            keys = [key for (key,) in self.env.execute_query(found.select())]
            shares = self._get_allowed_shares(rule)
            if not keys or (rule.method != "team" and not shares):
                continue
            orders.append((rule, keys, rule.method, rule.team_id, shares))
            for key in keys:
                del left[key]
        if not orders:
            raise UserError(
                self.env._(
                    "No allocation rule is for these customers, or for your people: "
                    "name a department or people instead."
                )
            )
        return orders

    def _get_allowed_shares(self, rule):
        shares = rule._get_shares()
        if self._is_free():
            return shares
        led = self.env["crm.team"]._get_led_members()
        return {user: share for user, share in shares.items() if user in led}

    def _check_allowed(self, team, users):
        """Check that the user may give customers to these, and that there are some.

        :raise AccessError: if he may not
        :raise UserError: if nobody is named
        """
        if not team and not users:
            raise UserError(
                self.env._("Say who is to get the customers: choose somebody.")
            )
        if self._is_free():
            return
        teams = self.env["crm.team"]
        foreign = (users - teams._get_led_members() - self.env.user).mapped("name")
        foreign += (team - teams._get_led_teams()).mapped("name")
        if foreign:
            raise AccessError(
                self.env._(
                    "%(name)s does not belong to your department: customers of the "
                    "department go to its own people.",
                    name=foreign[0],
                )
            )

    def _get_label(self, rule, method):
        if method == "team":
            text = self.env._("To the department")
        else:
            texts = dict(self._fields["method"]._description_selection(self.env))
            text = texts[method]
        return f"{rule.name}: {text}" if rule else text

    def _store(self, candidates, plan, people):
        """Keep the plan: it is what will be done."""
        self._forget_plan()
        keys = list(candidates)
        users, teams, rules, texts = zip(*(plan[key] for key in keys), strict=True)
        holders = zip(*(candidates[key][3] for key in keys), strict=True)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_allocation_line (
                    allocation_id, partner_id, user_from_id, team_from_id, pool_from_id,
                    user_to_id, team_to_id, rule_id, why,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, line.*, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM UNNEST(%(columns)s, %(texts)s::text[]) line
                """,
                id=self.id,
                columns=SQL(", ").join(
                    SQL("%s::int4[]", list(column))
                    for column in (keys, *holders, users, teams, rules)
                ),
                texts=list(texts),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        own = self.sudo()  # as above
        own.load_ids.create(
            [
                {
                    "allocation_id": self.id,
                    "user_id": person.user,
                    "before": person.before,
                    "given": person.given,
                    "after": person.held,
                }
                for person in people.values()
            ]
        )
        given = sum(1 for user, team, *_ in plan.values() if user or team)
        own.write({"given_count": given, "left_count": len(plan) - given})
        self.invalidate_recordset()

    # ------------------------------------------------------------
    # The run
    # ------------------------------------------------------------

    def action_allocate(self):
        """Give the customers to whom the preview says.

        Customers that changed hands since, and people who cannot take customers any
        more, are left alone and named.

        :raise AccessError: if the user allocates no customers, or none to these
        :raise UserError: if nobody is left to allocate
        """
        self.ensure_one()
        self._check_allocator()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, user_from_id, team_from_id, pool_from_id,
                       user_to_id, team_to_id
                  FROM crm_resource_allocation_line
                 WHERE allocation_id = %s
                   AND (user_to_id IS NOT NULL OR team_to_id IS NOT NULL)
                 ORDER BY partner_id
                """,
                self.id,
            )
        )
        expected = {key: Holder(*froms) for key, *froms, _user, _team in rows}
        planned = {key: Holder(user, team) for key, *_froms, user, team in rows}
        self._check_planned(expected, planned)
        # whoever allocates does it by this plan, which he cannot write
        own = self.sudo()
        batch = own.env["crm.resource.batch"].create(
            {
                "kind": "allocate",
                "reason": self.reason,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
            }
        )
        holders = own._get_still_possible(planned)
        moved = own.env["crm.resource.assignment"]._assign(
            holders, "allocate", reason=self.reason, batch=batch, expected=expected
        )
        if not moved:
            raise UserError(
                self.env._(
                    "All of these customers have changed hands since the preview, or "
                    "nobody may take them any more: make a new one."
                )
            )
        own._protect(moved, expected)
        batch._notify_given()
        return self._tell(batch, planned.keys() - set(moved))

    def _check_planned(self, expected, planned):
        """Check that the user still may give these customers to these people.

        :raise AccessError: if he may not
        """
        if self._is_free():
            return
        teams = self.env["crm.team"]
        led = {*teams._get_led_teams().ids}
        people = {*teams._get_led_members().ids}
        for key, new in planned.items():
            old = expected[key]
            is_own = old.team in led or old.user in people
            is_among = (
                new.user in people | {self.env.uid} if new.user else new.team in led
            )
            if not is_own or not is_among:
                raise AccessError(
                    self.env._(
                        "You do not lead the department of all of these customers and "
                        "people any more: make a new preview."
                    )
                )

    def _get_still_possible(self, planned):
        """Return what of the plan people can still take: others may have given them
        customers since, and they may have gone."""
        users = self.env["res.users"].browse(
            {holder.user for holder in planned.values()} - {None}
        )
        self.env["crm.resource.holder"]._reserve(users.ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT standing.partner_id, partner.user_id, standing.level_id,
                       standing.date_last_purchase IS NOT NULL
                  FROM crm_resource_standing standing
                  JOIN res_partner partner ON partner.id = standing.partner_id
                 WHERE standing.partner_id = ANY(%s)
                """,
                list(planned),
            )
        )
        kinds = {key: kind for key, _user, *kind in rows}
        people, _refused = self.env["crm.resource.allocation.plan"]._get_people(
            users,
            self.company_id,
            self.company_id._get_today(),
            [kind for _key, *kind in rows],
        )
        take = self.env["crm.resource.holding.limit"]._take
        return {
            key: holder
            for key, holder in planned.items()
            if not holder.user
            or holder.user in people
            and key in kinds
            and not take(people[holder.user].rooms, *kinds[key])
        }

    def _protect(self, moved, expected):
        """Do for those who came from pools what these promise."""
        by_pool = {}
        for key in moved:
            by_pool.setdefault(expected[key].pool, []).append(key)
        for pool, keys in by_pool.items():
            if pool:
                self.env["crm.resource.pool"].browse(pool)._protect(keys)

    def _tell(self, batch, left):
        # they stood in the preview
        names = self.env["res.partner"].browse(sorted(left)[:NAMED]).sudo()
        message = left and self.env._(
            "%(count)s customers were left alone, since they changed hands meanwhile "
            "or nobody may take them any more: %(names)s",
            count=len(left),
            names=", ".join(
                [*names.mapped("name"), *(["…"] if len(left) > NAMED else [])]
            ),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "title": self.env._(
                    "%(count)s customers are allocated", count=batch.customer_count
                ),
                "message": message or "",
                "sticky": bool(left),
                "next": {
                    "type": "ir.actions.act_window",
                    "res_model": "crm.resource.batch",
                    "res_id": batch.id,
                    "views": [(False, "form")],
                },
            },
        }

    def action_open_lines(self):
        """List who would get whom."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_allocation_line_action"
            ),
            "domain": [("allocation_id", "=", self.id)],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allocate Customers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CrmResourceAllocationLine(models.TransientModel):
    """Filled by the ten thousand: only the link to the dialog has a foreign key."""

    _name = "crm.resource.allocation.line"
    _description = "Customer to Allocate"
    _order = "partner_id, id"
    _rec_name = "partner_id"

    allocation_id = fields.Many2one(
        "crm.resource.allocation", required=True, index=True, ondelete="cascade"
    )
    partner_id = UncheckedMany2one("res.partner", string="Customer")
    user_from_id = UncheckedMany2one("res.users", string="Salesperson Now")
    team_from_id = UncheckedMany2one("crm.team", string="Department Now")
    pool_from_id = UncheckedMany2one("crm.resource.pool", string="Pool Now")
    user_to_id = UncheckedMany2one("res.users", string="Salesperson")
    team_to_id = UncheckedMany2one("crm.team", string="Department")
    rule_id = UncheckedMany2one("crm.resource.allocation.rule")
    why = fields.Char()


class CrmResourceAllocationLoad(models.TransientModel):
    _name = "crm.resource.allocation.load"
    _description = "Customers of a Person Before and After"
    _order = "given desc, id"
    _rec_name = "user_id"

    allocation_id = fields.Many2one(
        "crm.resource.allocation", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Person", ondelete="cascade")
    before = fields.Integer(string="Customers Before")
    given = fields.Integer()
    after = fields.Integer(string="Customers After")
