from ast import literal_eval

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_resource_assignment import Holder


class CrmResourceAllocation(models.TransientModel):
    """Who would get whom, and why."""

    _inherit = "crm.resource.allocation"

    def _get_source_domain(self):
        if self.source == "chosen":
            # ids only, by the ten thousand: the search leaves out whom the user does
            # not reach
            chosen = self._fields["partner_ids"]
            return Domain.custom(
                to_sql=lambda _model, alias, _query: SQL(
                    "%s IN (SELECT %s FROM %s WHERE %s = %s)",
                    SQL.identifier(alias, "id"),
                    SQL.identifier(chosen.column2),
                    SQL.identifier(chosen.relation),
                    SQL.identifier(chosen.column1),
                    self.id,
                )
            )
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
        if not self.env["crm.team"]._may_allocate_all():
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
        if self.env["crm.team"]._may_allocate_all():
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
        if self.env["crm.team"]._may_allocate_all():
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
        if self.env["crm.team"]._may_allocate_all():
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
