from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


@dataclass
class Room:
    """How many customers of a kind somebody has, and may have."""

    limit: models.Model
    level: int | None
    is_counting_buyers: bool
    most: int
    held: int = 0

    def counts_all(self):
        """Return whether every customer takes room."""
        return self.level is None and self.is_counting_buyers

    def counts(self, level, is_buyer):
        """Return whether a customer of this level takes room."""
        return (self.level is None or self.level == level) and (
            self.is_counting_buyers or not is_buyer
        )


class CrmResourceHoldingLimit(models.Model):
    """How many customers one person may have at most."""

    _name = "crm.resource.holding.limit"
    _description = "Holding Limit"
    _order = "sequence, id"
    _check_company_auto = True
    _rec_name = "customer_limit"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: each person.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Each person of this department.",
    )
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        ondelete="cascade",
        index="btree_not_null",
        help="Only customers of this level count. Empty: those of every level.",
    )
    is_counting_buyers = fields.Boolean(
        string="Customers With Purchases Count",
        default=True,
        help="Off: whom the person has sold something takes none of his room.",
    )
    customer_limit = fields.Integer(
        string="Customers", help="At most so many. 0: any number."
    )
    protected_limit = fields.Integer(
        string="Protected Customers",
        help="At most so many may be kept from recall by their salesperson. 0: none.",
    )
    explanation = fields.Char(string="In Words", compute="_compute_explanation")

    _check_limits = models.Constraint(
        "CHECK(customer_limit >= 0 AND protected_limit >= 0)",
        "A limit cannot be negative: enter 0 for any number.",
    )
    _check_who = models.Constraint(
        "CHECK(user_id IS NULL OR team_id IS NULL)",
        "A limit is for a person or for each person of a department: empty one of the "
        "two.",
    )

    @api.depends(
        "user_id",
        "team_id",
        "level_id",
        "is_counting_buyers",
        "customer_limit",
        "protected_limit",
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        for limit in self:
            limit.explanation = " ".join(limit._explain())

    def _explain(self):
        """Yield the limit in words."""
        if self.user_id:
            yield self.env._("For %(person)s:", person=self.user_id.name)
        elif self.team_id:
            yield self.env._("For each person of %(team)s:", team=self.team_id.name)
        else:
            yield self.env._("For each person:")
        level, most = self.level_id.name, self.customer_limit
        if not most:
            yield self.env._("any number of customers.")
        elif level:
            yield self.env._(
                "at most %(most)s customers of level %(level)s.", most=most, level=level
            )
        else:
            yield self.env._("at most %(most)s customers.", most=most)
        if most and not self.is_counting_buyers:
            yield self.env._("Those who have bought do not count.")
        if self.protected_limit:
            yield self.env._(
                "%(count)s may be protected from recall.", count=self.protected_limit
            )

    @api.model
    def _get_limits(self, users, company):
        """Return the limits that hold for people: of those for the same level, the
        person's own, else his department's, else everybody's.

        :param users: `res.users`
        :param company: `res.company`
        :return: dict of limits by user
        """
        limits = self.search(
            Domain("company_id", "=", company.id)
            & Domain("user_id", "in", [*users.ids, False])
        )
        found = {}
        for user in users:
            chosen = {}
            for limit in limits.sorted(lambda limit: limit._get_closeness(), True):
                if limit._is_for(user):
                    chosen.setdefault(limit.level_id, limit)
            found[user] = self.union(*chosen.values())
        return found

    def _get_closeness(self):
        return bool(self.user_id), bool(self.team_id)

    def _is_for(self, user):
        if self.team_id:
            return self.team_id in user.crm_team_ids
        return not self.user_id or self.user_id == user

    @api.model
    def _get_rooms(self, users, company):
        """Return how many customers people have and may have.

        What others did since the transaction began is seen only after
        `crm.resource.holder._reserve`.

        :param users: `res.users`
        :param company: `res.company`
        :return: dict of lists of `Room` by id of user
        """
        rooms = {
            user.id: [
                Room(
                    limit=limit,
                    level=limit.level_id.id or None,
                    is_counting_buyers=limit.is_counting_buyers,
                    most=limit.customer_limit,
                )
                for limit in limits
                if limit.customer_limit
            ]
            for user, limits in self._get_limits(users, company).items()
        }
        limited = [user for user, mine in rooms.items() if mine]
        if not limited:
            return rooms
        self.env.flush_all()
        counted = self.env.execute_query(
            _count_held(
                limited,
                company,
                is_by_kind=any(
                    not room.counts_all() for user in limited for room in rooms[user]
                ),
            )
        )
        for user, level, is_buyer, count in counted:
            for room in rooms[user]:
                if room.counts(level, is_buyer):
                    room.held += count
        return rooms

    @api.model
    def _take(self, rooms, level, is_buyer):
        """Count one customer more, if there is room for him.

        :param rooms: list of `Room` of a person
        :param level: id of the customer's level
        :param is_buyer: whether the customer has bought
        :return: the `Room` that is full, None if he is counted
        """
        counting = [room for room in rooms if room.counts(level, is_buyer)]
        for room in counting:
            if room.held >= room.most:
                return room
        for room in counting:
            room.held += 1
        return None

    @api.model
    def _check_held(self, users, company):
        """Check that people have no more customers than they may.

        :raise UserError: if somebody does
        """
        for user, rooms in self._get_rooms(users, company).items():
            for room in rooms:
                if room.held > room.most:
                    raise UserError(
                        room.limit._get_message(self.env["res.users"].browse(user))
                    )

    @api.model
    def _check_protected(self, user, company, today):
        """Check that a person keeps no more customers from recall than he may.

        :raise UserError: if he does
        """
        limits = self._get_limits(user, company)[user]
        most = max(limits.mapped("protected_limit"), default=0)
        # those in the archive, too, who come back protected
        customers = self.env["res.partner"].with_context(active_test=False)
        protected = customers.search_count(
            [
                ("user_id", "=", user.id),
                ("customer_state", "!=", False),
                ("date_protected_to", ">=", today),
                ("company_id", "in", [company.id, False]),
            ]
        )
        if protected > most:
            raise UserError(
                self.env._(
                    "You may protect at most %(most)s customers from recall: wait "
                    "until the protection of others ends.",
                    most=most,
                )
            )

    def _get_message(self, user):
        """Return in words that a person has as many customers as he may."""
        if self.level_id:
            return self.env._(
                "%(person)s may have at most %(most)s customers of level %(level)s, "
                "and has as many: one has to be given back first.",
                person=user.name,
                most=self.customer_limit,
                level=self.level_id.name,
            )
        return self.env._(
            "%(person)s may have at most %(most)s customers, and has as many: one has "
            "to be given back first.",
            person=user.name,
            most=self.customer_limit,
        )


def _count_held(users, company, is_by_kind):
    """Return the SELECT of how many customers people have, as rows of user, level,
    whether they have bought, and count; unless it is asked by kind, of all together:
    then their standings, thousands for a claim, are not read."""
    kind, standing = SQL("NULL::int4, NULL::boolean"), SQL()
    if is_by_kind:
        kind = SQL("standing.level_id, standing.date_last_purchase IS NOT NULL")
        standing = SQL(
            """
            LEFT JOIN crm_resource_standing standing
              ON standing.partner_id = partner.id
            """
        )
    return SQL(
        """
        SELECT partner.user_id, %(kind)s, COUNT(*)
          FROM res_partner partner %(standing)s
         WHERE partner.user_id = ANY(%(users)s) AND partner.customer_state IS NOT NULL
           AND partner.active AND partner.date_terminated IS NULL
           AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
         GROUP BY 1, 2, 3
        """,
        kind=kind,
        standing=standing,
        users=users,
        company=company.id,
    )
