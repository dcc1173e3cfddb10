from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heapify, heappop, heappush

from odoo import api, fields, models
from odoo.tools import SQL

# the days in which a capacity counts
CAPACITY_DAYS = 30


@dataclass
class Person:
    """Somebody who can be given customers."""

    user: int
    team: int | None
    order: int  # in turn
    before: int
    held: int = 0
    received: int = 0  # in the days in which a capacity counts
    given: int = 0  # by this plan
    rooms: list = field(default_factory=list)


class CrmResourceAllocationPlan(models.AbstractModel):
    """Who of some people gets which customer."""

    _name = "crm.resource.allocation.plan"
    _description = "Plan of an Allocation"

    @api.model
    def _get_people(self, users, company, date, freed=()):
        """Return those of some people who can be given customers, and why the others
        cannot.

        :param users: `res.users`
        :param company: `res.company` for which they are to work
        :param date: the day of the allocation
        :param freed: customers whom they may lose, which makes room: tuples of id of
            user, level, and whether he has bought
        :return: dict of `Person` by id, and dict of texts by id
        """
        # for whom people work is asked for those who see other companies only, too
        users = users.sudo()
        absent = self.env["crm.resource.absence"]._get_absent_users(date)
        refused = {}
        for user in users:
            if not user.active or user.share:
                text = self.env._("%(person)s does not work here any more.")
            elif company not in user.company_ids:
                text = self.env._("%(person)s does not work for this company.")
            elif user in absent:
                text = self.env._("%(person)s is away.")
            else:
                continue
            refused[user.id] = text % {"person": user.name}
        able = users.filtered(lambda user: user.id not in refused)
        rooms = self.env["crm.resource.holding.limit"]._get_rooms(able, company)
        people = {
            user_id: Person(
                user_id, team, order, held, held, received, rooms=rooms[user_id]
            )
            for order, (user_id, team, held, received) in enumerate(
                self._get_loads(able)
            )
        }
        for user_id, level, is_buyer in freed:
            if user_id in people:
                people[user_id].held -= 1
                for room in people[user_id].rooms:
                    room.held -= room.counts(level, is_buyer)
        return people, refused

    def _get_loads(self, users):
        """Return rows of id, department, customers, and customers received lately of
        people; whoever has waited longest for one is first."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT users.id, users.sale_team_id, COALESCE(held.count, 0),
                       COALESCE(received.count, 0)
                  FROM res_users users
                  LEFT JOIN (
                        SELECT user_id, COUNT(*) FROM res_partner
                         WHERE customer_state IS NOT NULL AND active
                           AND user_id = ANY(%(ids)s)
                         GROUP BY user_id
                       ) held ON held.user_id = users.id
                  LEFT JOIN (
                        SELECT user_to_id, COUNT(*) FILTER (
                                   WHERE date >= %(since)s) AS count,
                               MAX(date) AS date
                          FROM crm_resource_assignment
                         WHERE user_to_id = ANY(%(ids)s)
                           AND user_from_id IS DISTINCT FROM user_to_id
                         GROUP BY user_to_id
                       ) received ON received.user_to_id = users.id
                 WHERE users.id = ANY(%(ids)s)
                 ORDER BY received.date NULLS FIRST, users.id
                """,
                ids=users.ids,
                since=fields.Datetime.now() - timedelta(days=CAPACITY_DAYS),
            )
        )

    @api.model
    def _distribute(self, customers, people, shares, method):
        """Say who gets each of some customers.

        :param customers: list of tuples: id, id of the level, whether he has bought
        :param people: list of `Person`, whose figures change
        :param shares: dict of weight and capacity by id of user
        :param str method: one of `METHODS`
        :return: dict of `Person` by id of customer, None where everybody is full
        """

        def rank(person):
            if method == "round_robin":
                return person.given, person.order
            if method == "least_loaded":
                return person.held, person.order
            return person.received / shares[person.user][0], person.order

        take = self.env["crm.resource.holding.limit"]._take
        waiting = [(rank(person), person.user, person) for person in people]
        heapify(waiting)
        chosen = {}
        for key, level, is_buyer in customers:
            full = []
            chosen[key] = None
            while waiting:
                entry = heappop(waiting)
                person = entry[-1]
                capacity = shares[person.user][1]
                if capacity and person.received >= capacity:
                    continue  # full for everybody
                room = take(person.rooms, level, is_buyer)
                if room and room.counts_all():
                    continue  # as above
                if room:
                    full.append(entry)
                    continue
                chosen[key] = person
                person.held += 1
                person.received += 1
                person.given += 1
                heappush(waiting, (rank(person), person.user, person))
                break
            for entry in full:
                heappush(waiting, entry)
        return chosen
