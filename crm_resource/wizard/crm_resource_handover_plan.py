from ast import literal_eval
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_resource_assignment import Holder
from ..models.crm_resource_batch_document import Move

# what the choices of a hand-over are to the plan of an allocation
METHODS = {"turn": "round_robin", "load": "least_loaded"}


class Planned(NamedTuple):
    """One line of the plan."""

    kind: str
    res_model: str
    res_id: int
    partner_id: int | None
    user_id: int | None
    team_from_id: int | None
    team_id: int | None
    why: str


class Choice:
    """Chooses successors: whose filter a customer is in, else whose turn it is, or who
    has the fewest customers; nobody gets more than he may have."""

    def __init__(self, handover, filters, users, kinds):
        """
        :param handover: `crm.resource.handover`
        :param list filters: pairs of a person and the set of customers in his filter
        :param list users: among whom the others are shared, in order
        :param dict kinds: level and whether he has bought by id of customer
        """
        self.handover = handover
        self.filters = filters
        self.users = users
        self.kinds = kinds
        self.why = "only" if len(users) == 1 else handover.method
        self.people = {}
        self.chosen = {}

    def choose(self, partner, company):
        """Return the person for a customer, or for a document of his, and why.

        :param partner: id of the customer, None: a document without one
        :param company: id, None: of all companies
        """
        first = self.chosen.get(partner)
        if first and first in self._get_people(company, is_limited=False):
            return first, "customer"
        user, why = self._choose(partner, company)
        if partner and user:
            self.chosen.setdefault(partner, user)
        return user, why

    def _choose(self, partner, company):
        # only customers take room
        people = self._get_people(company, is_limited=partner in self.kinds)
        for user, partners in self.filters:
            if partner in partners and self._give(partner, people, [user]):
                return user, "filter"
        person = self._give(partner, people, self.users)
        if person:
            return person.user, self.why
        return None, "full" if people.keys() & {*self.users} else "nobody"

    def _give(self, partner, people, users):
        able = [people[user] for user in users if user in people]
        return self.handover.env["crm.resource.allocation.plan"]._distribute(
            [(partner, *self.kinds.get(partner, (None, False)))],
            able,
            dict.fromkeys(people, (1, 0)),
            METHODS[self.handover.method],
        )[partner]

    def _get_people(self, company, is_limited):
        key = company or None, is_limited
        if key not in self.people:
            self.people[key] = self.handover._get_people(*key)
        return self.people[key]


class CrmResourceHandover(models.TransientModel):
    """How the plan is made, stored and applied."""

    _inherit = "crm.resource.handover"

    def _plan(self):
        """Return the list of `Planned`."""
        records = self._get_records()
        partners = {
            record: partner
            for kind, of_kind in records
            for record, partner in self._get_customers(kind, of_kind).items()
        }
        choice = self._get_choice({partner.id for partner in partners.values()})
        teams = self._get_teams()
        plan = []
        for kind, of_kind in records:
            for record in of_kind:
                partner = partners[record]
                company = "company_id" in record._fields and record.company_id.id
                user, why = choice.choose(partner.id, company)
                team = new_team = kind.team and record[kind.team]
                if kind.team and user and not kind.is_team_kept:
                    new_team = self._choose_team(team, teams[user], company)
                plan.append(
                    Planned(
                        kind.key,
                        kind.model,
                        record.id,
                        partner.id or None,
                        user,
                        (team and team.id) or None,
                        (new_team and new_team.id) or None,
                        why,
                    )
                )
        return plan

    def _get_records(self):
        """Return what the person has of each chosen kind, as far as the user may pass
        it: a list of pairs of `HandoverKind` and records, customers first."""
        return [(kind, self._get_reached(kind)) for kind in self._get_kinds()]

    def _get_reached(self, kind):
        """Return what the person has of a kind that the user may pass."""
        Document = self.env["crm.resource.batch.document"]
        records = Document._get_open(kind, self._get_reach(kind))
        if self._is_unlimited():
            return records
        # what is about a document or partner that he does not reach would tell of it
        if kind.model == "mail.activity":
            return records._filter_documents(self.env)
        if kind.model == "crm.resource.evaluation":
            return records & records.with_env(self.env)._filtered_access("read")
        return records

    def _get_kinds(self):
        """Return the chosen `HandoverKind`."""
        chosen = set(self.kind_ids.filtered("is_passed").mapped("kind"))
        kinds = self.env["res.users"]._get_handover_models()
        return [kind for kind in kinds if kind.key in chosen]

    def _get_reach(self, kind):
        """Return the domain of what the person has that the user may pass: of the
        companies where he works, and for leaders what they edit."""
        names = self.env[kind.model]._fields
        domain = Domain(kind.user, "=", self.user_id.id)
        if "company_id" in names:
            companies = [*self.env.user.company_ids.ids, False]
            domain &= Domain("company_id", "in", companies)
        if "is_editable" in names and not self._is_unlimited():
            domain &= Domain("is_editable", "=", True)
        return domain

    def _count_unreached(self):
        """Return how much the person has that the user may not pass."""
        Document = self.env["crm.resource.batch.document"]
        return sum(
            len(
                Document._get_open(kind, Domain(kind.user, "=", self.user_id.id))
                - self._get_reached(kind)
            )
            for kind in self._get_kinds()
        )

    def _get_customers(self, kind, records):
        """Return the first customer, or else partner, that each record is about."""
        customers = {}
        for record, partners in kind.get_partners(records).items():
            firms = partners.commercial_partner_id.filtered("partner_share")
            customers[record] = firms.filtered("customer_state")[:1] or firms[:1]
        return customers

    def _get_choice(self, partners):
        """Return the `Choice` of whom each of these partners goes to."""
        filters = []
        for line in self.successor_ids.filtered(lambda line: line._has_filter()):
            filters.append((line.user_id.id, line._filter(partners)))
        users = self.successor_ids.filtered(lambda line: not line._has_filter()).user_id
        users = users or self.successor_ids.user_id
        # what takes room is no secret to whoever passes it
        customers = self.env["res.partner"].sudo().browse(partners)
        kinds = {
            customer.id: (customer.level_id.id, bool(customer.date_last_purchase))
            for customer in customers
            if customer.customer_state
        }
        return Choice(self, filters, users.ids, kinds)

    def _get_people(self, company, is_limited):
        """Return who can take over in a company.

        :param company: id, None: each successor in his own
        :param bool is_limited: whether it is about customers, of whom people may have
            so many only
        :return: dict of `Person` by id of user
        """
        # who works where, and what he has, is checked, not shown
        planner = self.env["crm.resource.allocation.plan"].sudo()
        users = self.successor_ids.user_id.sudo()  # as above
        by_company = (
            {self.env["res.company"].browse(company): users}
            if company
            else users.grouped("company_id")
        )
        people = {}
        for own, group in by_company.items():
            people |= planner._get_people(group, own, fields.Date.context_today(self))[
                0
            ]
        for place, user in enumerate(users.ids):
            if user in people:
                people[user].order = place
                people[user].rooms = people[user].rooms if is_limited else []
        return people

    def _get_teams(self):
        """Return the departments of each successor to which the user may give."""
        users = self.successor_ids.user_id
        # who is in which department is no secret
        teams = self.env["crm.team"].sudo()
        teams = teams.search(
            ["|", ("user_id", "in", users.ids), ("member_ids", "in", users.ids)]
        )
        if not self._is_unlimited():
            teams &= self.env["crm.team"]._get_led_teams()
        return {
            user.id: teams.filtered(lambda t, u=user: u in t.member_ids | t.user_id)
            for user in users
        }

    def _choose_team(self, team, teams, company):
        """Return the department for the successor: the old one if he works there, or if
        he works in none."""
        if company:
            teams = teams.filtered(lambda t: t.company_id.id in (False, company))
        return team if team in teams else teams[:1] or team

    def _store_plan(self, plan):
        self.env.flush_all()
        if not plan:
            return
        types = dict.fromkeys(("kind", "res_model", "why"), "text[]")
        columns = zip(*plan, strict=True)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_handover_line (
                    handover_id, %(names)s,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, planned.*, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM UNNEST(%(columns)s) planned
                """,
                id=self.id,
                names=SQL(", ").join(map(SQL.identifier, Planned._fields)),
                columns=SQL(", ").join(
                    SQL("%s::" + types.get(name, "int4[]"), list(column))
                    for name, column in zip(Planned._fields, columns, strict=True)
                ),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_handover_count (
                    handover_id, kind, user_id, record_count,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT handover_id, kind, user_id, COUNT(*),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM crm_resource_handover_line
                 WHERE handover_id = %(id)s
                 GROUP BY handover_id, kind, user_id
                 ORDER BY MIN(id)
                """,
                id=self.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.invalidate_all(flush=False)

    # ------------------------------------------------------------
    # Run
    # ------------------------------------------------------------

    def _apply(self, lines):
        """Pass what the lines say, mark those that were left, tell the people."""
        kinds = {k.key: k for k in self.env["res.users"]._get_handover_models()}
        # nobody writes batches and documents; the rights were checked
        batch = (
            self.env["crm.resource.batch"]
            .sudo()
            .create(
                {
                    "kind": "substitute" if self.date_return else "hand_over",
                    "reason": self.reason,
                    "person_id": self.user_id.id,
                    "date_return": self.date_return,
                }
            )
        )
        by_kind = lines.grouped("kind")
        customers = by_kind.pop("customer", lines.browse())
        left = lines.browse()
        # first the documents: with a customer his activities go anyway
        for key, of_kind in by_kind.items():
            moves = [
                Move(
                    line.res_id,
                    self.user_id.id,
                    line.user_id.id,
                    line.team_id.id or None,
                )
                for line in of_kind
            ]
            moved = set(batch.document_ids._pass(batch, kinds[key], moves))
            left |= of_kind.filtered(lambda line, m=moved: line.res_id not in m)
        left |= self._apply_customers(batch, customers)
        # computed rows, which nobody may write
        left.sudo().is_left = True
        batch._notify_handover([name for name in left.mapped("name") if name])

    def _apply_customers(self, batch, lines):
        """Pass the customers; return the lines of those that were left."""
        holders = {
            line.res_id: Holder(line.user_id.id, line.team_id.id or None)
            for line in lines
        }
        expected = {
            line.res_id: Holder(self.user_id.id, line.team_from_id.id or None)
            for line in lines
        }
        if not holders:
            return lines
        # the rights were checked
        assignments = self.env["crm.resource.assignment"].sudo()
        moved = set(
            assignments._assign(holders, batch.kind, self.reason, batch, expected)
        )
        self.env["res.partner"].browse(moved)._check_holding()
        return lines.filtered(lambda line: line.res_id not in moved)


class CrmResourceHandoverSuccessor(models.TransientModel):
    _inherit = "crm.resource.handover.successor"

    def _has_filter(self):
        return bool(self.domain and self.domain.strip() not in ("", "[]"))

    def _filter(self, partners):
        """Return the ids among these partners that are in the successor's filter.

        :raise UserError: if the filter cannot be read
        """
        try:
            domain = Domain(literal_eval(self.domain)) & Domain("id", "in", [*partners])
            # as the user: a filter must not tell what he may not read
            found = self.env["res.partner"].with_context(active_test=False)
            return {*found.search(domain).ids}
        except (SyntaxError, TypeError, ValueError, KeyError) as error:
            raise UserError(
                self.env._(
                    "The filter of %(person)s cannot be read: choose it again.",
                    person=self.user_id.name,
                )
            ) from error
