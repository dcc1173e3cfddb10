from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .crm_resource_allocation_plan import CAPACITY_DAYS


class CrmResourceWebForm(models.Model):
    """Who gets what came in."""

    _inherit = "crm.resource.web.form"

    def _get_holders(self, submissions, known):
        """Return who gets submissions of this form: a known customer stays with his
        salesperson, others are allocated. Whoever is away gets nothing.

        :param dict known: `res.partner` by submission
        :return: dict of user and department by submission
        """
        today = self.company_id._get_today()
        owners = {
            submission: partner.commercial_partner_id.user_id
            for submission, partner in known.items()
            if partner.commercial_partner_id.user_id.active
        }
        absent = self.env["crm.resource.absence"]._get_absent_users(today)
        present = {
            user: self._get_present(user, user in absent, today)
            for user in self.user_id.union(*owners.values())
        }
        holders = {submission: present[owner] for submission, owner in owners.items()}
        left = submissions.filtered(lambda submission: submission not in holders)
        if self.assign == "rules":
            holders |= self._allocate(left, today)
        elif self.assign == "team":
            nobody = self.env["res.users"]
            holders |= dict.fromkeys(left, (nobody, self.team_id))
        # nobody else gets the rest
        rest = submissions.filtered(lambda submission: submission not in holders)
        return holders | dict.fromkeys(rest, present[self.user_id])

    def _get_present(self, user, is_absent, date):
        """Return the person, or who stands in for him, and his department: if all are
        away, the department alone."""
        present = user if user.active else user.browse()
        if is_absent:
            present = self.env["crm.resource.absence"]._get_substitute(user, date)
        return present, present.sale_team_id or user.sale_team_id

    def _get_lead_type(self):
        """Return what is made of a submission where leads are used, and where not."""
        uses_leads = self.env.ref("crm.group_use_lead") in (
            self.env.ref("base.group_user").all_implied_ids
        )
        return "lead" if uses_leads and self.kind != "order" else "opportunity"

    def _allocate(self, submissions, date):
        """Return who gets submissions by the allocation rules; without those for which
        there is no rule, or nobody."""
        rules = self.rule_ids.sorted() or self.env[
            "crm.resource.allocation.rule"
        ].search([("company_id", "=", self.company_id.id)])
        people = self._get_people(rules, date)
        users = self.env["res.users"]
        left = {s.id: s._get_unsaved_customer() for s in submissions}
        holders = {}
        for rule in rules:
            domain = rule._get_customer_domain()
            keys = [key for key, one in left.items() if one.filtered_domain(domain)]
            if rule.method == "team":
                chosen = dict.fromkeys(keys, (users, rule.team_id))
            else:
                chosen = self._distribute(rule, keys, people)
            for key in chosen:
                del left[key]
            holders |= {submissions.browse(key): who for key, who in chosen.items()}
        return holders

    def _distribute(self, rule, keys, people):
        """Return who gets submissions, given by id, by a rule; without those whom
        nobody can take."""
        users, teams = self.env["res.users"], self.env["crm.team"]
        shares = {user.id: share for user, share in rule._get_shares().items()}
        plan = self.env["crm.resource.allocation.plan"]._distribute(
            [(key, None, False) for key in keys],
            [people[user] for user in shares if user in people],
            shares,
            rule.method,
        )
        return {
            key: (users.browse(person.user), teams.browse(person.team))
            for key, person in plan.items()
            if person
        }

    def _get_people(self, rules, date):
        """Return who can be given something, as `Person` by id of user: what came from
        the web counts like customers."""
        users = self.env["res.users"].union(
            *(user for rule in rules for user in rule._get_shares())
        )
        people, _refused = self.env["crm.resource.allocation.plan"]._get_people(
            users, self.company_id, date
        )
        # whoever got one last is last
        loads = self._get_web_loads(list(people))
        for turn, (user, _last, received, waiting) in enumerate(loads, start=1):
            people[user].order += turn * len(people)
            people[user].received += received
            people[user].held += waiting
        return people

    def _get_web_loads(self, users):
        """Return rows of id, latest submission, leads received lately and open ones of
        people who got any."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT submission.user_id, MAX(submission.id),
                       COUNT(DISTINCT submission.lead_id) FILTER (
                           WHERE submission.date_done >= %(since)s),
                       COUNT(DISTINCT lead.id)
                  FROM crm_resource_web_submission submission
                  LEFT JOIN crm_lead lead
                    ON lead.id = submission.lead_id AND lead.active
                   AND lead.won_status = 'pending'
                 WHERE submission.user_id = ANY(%(users)s)
                 GROUP BY submission.user_id
                 ORDER BY 2
                """,
                users=users,
                since=fields.Datetime.now() - timedelta(days=CAPACITY_DAYS),
            )
        )
