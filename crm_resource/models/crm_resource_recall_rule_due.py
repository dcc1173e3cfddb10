from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

# a number of working days that no customer reaches
NEVER = 1_000_000_000
# in which public holidays and leave do not use up all working days
MARGIN = 366
# from which day conditions count of which the standing knows
STANDING_DATES = {"contact": "date_last_contact", "deal": "date_last_purchase"}


class CrmResourceRecallRule(models.Model):
    """On which day each customer is recalled, in one statement for all of them."""

    _inherit = "crm.resource.recall.rule"

    @api.model
    def _get_recall_sources(self):
        """Hook: from which day conditions count that the standing does not know of.

        A kind of condition has a field of days on the rule, ``<kind>_days``, and its
        words in `_get_recall_words`.

        :return: dict of SQL by kind, each a SELECT of one row for a customer with the
            columns ``partner_id``, ``date``, and ``blocked``: whether the condition
            does not hold whatever the date
        """
        return {
            "opportunity": SQL(
                """
                SELECT customer.commercial_partner_id AS partner_id,
                       MAX(GREATEST(lead.create_date, lead.date_closed))::date AS date,
                       BOOL_OR(lead.active AND lead.won_status IS DISTINCT FROM 'won')
                           AS blocked
                  FROM crm_lead lead
                  JOIN res_partner customer ON customer.id = lead.partner_id
                 WHERE lead.type = 'opportunity'
                 GROUP BY customer.commercial_partner_id
                """
            ),
        }

    @api.model
    def _get_recall_holds(self):
        """Hook: what keeps customers from being recalled, as running contracts do.

        :return: list of SQL, each a SELECT of ``partner_id`` and ``date``: no condition
            counts before that day; 'infinity' exempts the customer
        """
        return []

    @api.model
    def _get_recall_query(self, date, until=None, partners=None):
        """Return the SELECT of the customers whom a recall awaits, as of a day.

        Whoever is not warned yet is taken to be warned on that day at the earliest;
        hence what is said of a later day is what the job does then, unless something
        happens in between.

        Columns: ``partner_id``, ``user_id``, ``team_id``, ``recall_rule_id``,
        ``pool_id``, ``date_recall``, ``date_recall_warned`` and
        ``date_recall_escalated`` (None if there is no warning, or none any more),
        ``causes`` (the kinds of conditions that lead to it).

        :param date date: of what is known
        :param date until: the last day that is of interest, if that is later
        :param partners: limit to these `res.partner` records
        """
        # whose rules they are does not matter to the job, nor who asks
        rules = self.sudo().search(
            [("active", "=", True), ("pool_id.active", "=", True)]
        )
        if not rules:
            return _NOBODY
        longest = max(max((*rule._get_days().values(), 1)) for rule in rules)
        span = timedelta(days=7 * longest + MARGIN)
        begin, end = date - span, max(date, until or date) + span
        return SQL(
            """
            WITH %(clocks)s
            SELECT partner_id, user_id, team_id, recall_rule_id, pool_id,
                   GREATEST(day, %(date)s) AS date_recall,
                   date_recall_warned,
                   CASE WHEN date_recall_warned IS NULL OR escalate_days = 0 THEN NULL
                        WHEN date_recall_escalated >= date_recall_warned
                        THEN date_recall_escalated
                        WHEN number <= %(today)s + escalate_days THEN %(date)s
                   END AS date_recall_escalated,
                   %(causes)s AS causes
              FROM (
                    SELECT counted.*,
                           CASE WHEN number <= %(length)s
                                THEN (SELECT days FROM clocks)[place + number]
                                ELSE 'infinity' END AS day
                      FROM (
                            SELECT warned.*, GREATEST(
                                       due, %(warned_number)s + warn_days) AS number
                              FROM (%(warned)s) warned
                           ) counted
                    OFFSET 0
                   ) numbered
             WHERE day < 'infinity'
            """,
            clocks=self.env["crm.resource.clock"]._get_query(
                rules.company_id, begin, end
            ),
            length=(end - begin).days + 1,
            warned=self._get_warned_query(rules, date, begin, end, partners),
            warned_number=self._count(
                SQL("CASE WHEN is_warned THEN date_recall_warned ELSE %s END", date),
                begin,
                end,
            ),
            date=date,
            today=self._count(date, begin, end),
            causes=self._get_causes(rules),
        )

    def _get_warned_query(self, rules, date, begin, end, partners):
        """Return the SELECT of customers who are recalled some day, and since when
        their salesperson knows."""
        return SQL(
            """
            SELECT due.partner_id, due.user_id, due.team_id, due.recall_rule_id,
                   due.pool_id, due.is_all, due.due, due.warn_days, due.escalate_days,
                   due.place, due.date_recall_escalated, %(kinds)s,
                   CASE WHEN %(is_warned)s THEN date_recall_warned
                        WHEN warn_days > 0 AND due <= %(today)s + warn_days
                        THEN %(date)s
                   END AS date_recall_warned,
                   %(is_warned)s AS is_warned
              FROM (%(due)s) due
             WHERE due < %(never)s
            OFFSET 0  -- else each use computes it again
            """,
            due=self._get_due_query(rules, begin, end, partners),
            date=date,
            today=self._count(date, begin, end),
            is_warned=SQL(
                "(warn_days > 0 AND date_recall_warned <= %s"
                " AND due <= %s + warn_days)",
                date,
                self._count(SQL("date_recall_warned"), begin, end),
            ),
            kinds=SQL(", ").join(
                SQL.identifier(f"{kind}_number") for kind in self._get_kinds(rules)
            ),
            never=NEVER,
        )

    def _get_kinds(self, rules):
        """Return the kinds of conditions that rules ask for."""
        kinds = {kind for rule in rules for kind in rule._get_days()}
        return [kind for kind in self._get_recall_words() if kind in kinds] + [
            "protection"
        ]

    def _get_causes(self, rules):
        """Return the expression of the conditions that lead to the recall."""
        return SQL(
            "ARRAY_REMOVE(ARRAY[%s], NULL)",
            SQL(", ").join(
                SQL(
                    "CASE WHEN %(column)s IS NOT NULL"
                    " AND (is_all OR %(column)s <= number) THEN %(kind)s END",
                    column=SQL.identifier(f"{kind}_number"),
                    kind=kind,
                )
                for kind in self._get_kinds(rules)
            ),
        )

    def _count(self, day, begin, end):
        """Return the expression of how many working days there are up to a day."""
        return SQL(
            """CASE WHEN %(day)s <= %(end)s
                    THEN (SELECT counts FROM clocks)[
                             place + GREATEST(%(day)s, %(begin)s) - %(begin)s + 1]
                    ELSE %(never)s END""",
            day=SQL("(%s)::date", day),
            begin=SQL("%s::date", begin),
            end=SQL("%s::date", end),
            never=NEVER,
        )

    def _get_due_query(self, rules, begin, end, partners):
        """Return the SELECT of customers with the number of the working day on which
        their conditions and their protection let them be recalled."""
        kinds = self._get_kinds(rules)
        numbers = [
            self._get_number(kind, begin, end) for kind in kinds if kind != "protection"
        ]
        protected = self._count(SQL("date_protected_to"), begin, end)
        numbers.append(
            SQL(
                """CASE WHEN is_protection AND date_protected_to IS NOT NULL
                        THEN %s + 1
                        WHEN is_protection THEN %s END AS protection_number""",
                self._count(SQL("GREATEST(date_protected_to, since)"), begin, end),
                NEVER,
            )
        )
        columns = SQL(", ").join(SQL.identifier(f"{kind}_number") for kind in kinds)
        return SQL(
            """
            SELECT numbered.*,
                   GREATEST(
                       CASE WHEN is_all THEN GREATEST(%(columns)s)
                            ELSE LEAST(%(columns)s) END,
                       CASE WHEN date_protected_to IS NOT NULL
                            THEN %(protected)s + 1 END
                   ) AS due
              FROM (
                    SELECT dated.*, %(numbers)s
                      FROM (%(dated)s) dated
                    OFFSET 0
                   ) numbered
            OFFSET 0
            """,
            columns=columns,
            numbers=SQL(", ").join(numbers),
            protected=protected,
            dated=self._get_dated_query(rules, kinds, begin, end, partners),
        )

    def _get_number(self, kind, begin, end):
        """Return the column of the working day on which a condition holds: NULL if it
        is not asked."""
        return SQL(
            """CASE WHEN %(days)s = 0 THEN NULL
                    WHEN %(blocked)s THEN %(never)s
                    ELSE %(count)s + %(days)s END AS %(column)s""",
            days=SQL.identifier(f"{kind}_days"),
            blocked=SQL.identifier(f"{kind}_blocked"),
            count=self._count(
                SQL("GREATEST(%s, since)", SQL.identifier(f"{kind}_date")), begin, end
            ),
            column=SQL.identifier(f"{kind}_number"),
            never=NEVER,
        )

    def _get_dated_query(self, rules, kinds, begin, end, partners):
        """Return the SELECT of customers with their rule, their clock and the days from
        which its conditions count."""
        dated = [kind for kind in kinds if kind != "protection"]
        return SQL(
            """
            SELECT customer.*, rule.pool_id, rule.is_all, rule.is_protection,
                   rule.warn_days, rule.escalate_days,
                   COALESCE(own.place, common.place) AS place,
                   GREATEST((COALESCE(customer.date_held_from, customer.create_date)
                             AT TIME ZONE 'UTC' AT TIME ZONE rule.zone)::date,
                            customer.date_hold) AS since
                   %(days)s
              FROM (%(customers)s) customer
              JOIN (%(rules)s) rule ON rule.id = customer.recall_rule_id
              JOIN clock common ON common.company_id = rule.company_id
                               AND common.user_id = 0
              LEFT JOIN clock own ON own.company_id = rule.company_id
                                 AND own.user_id = customer.user_id
            """,
            days=SQL("").join(
                SQL(", rule.%s", SQL.identifier(f"{kind}_days")) for kind in dated
            ),
            customers=self._get_sourced_query(rules, kinds, partners),
            rules=self._get_rules_query(rules, dated),
        )

    def _get_sourced_query(self, rules, kinds, partners):
        """Return the SELECT of customers with the days and the blocks that the hooks
        know of."""
        columns = [
            SQL(
                "%s AS %s, FALSE AS %s",
                SQL.identifier("customer", name),
                SQL.identifier(f"{kind}_date"),
                SQL.identifier(f"{kind}_blocked"),
            )
            for kind, name in STANDING_DATES.items()
            if kind in kinds
        ]
        joins = []
        for kind, source in self._get_recall_sources().items():
            if kind in kinds:
                columns.append(
                    SQL(
                        "%s AS %s, %s AS %s",
                        SQL.identifier(kind, "date"),
                        SQL.identifier(f"{kind}_date"),
                        SQL.identifier(kind, "blocked"),
                        SQL.identifier(f"{kind}_blocked"),
                    )
                )
                joins.append(_join(source, kind, partners))
        holds = self._get_recall_holds()
        if holds:
            joins.append(
                _join(
                    SQL(
                        "SELECT partner_id, MAX(date) AS date"
                        " FROM (%s) hold GROUP BY partner_id",
                        SQL(" UNION ALL ").join(holds),
                    ),
                    "hold",
                    partners,
                )
            )
        hold = SQL("hold.date" if holds else "NULL::date")
        columns.append(SQL("%s AS date_hold", hold))
        return SQL(
            """
            SELECT customer.*, %(columns)s
              FROM (%(customers)s) customer %(joins)s
            OFFSET 0  -- it misjudges how many there are from here on
            """,
            columns=SQL(", ").join(columns),
            customers=self._get_scope_query(rules, partners),
            joins=SQL(" ").join(joins),
        )

    def _get_rules_query(self, rules, kinds):
        """Return the SELECT of what the rules ask for."""
        clock = self.env["crm.resource.clock"]
        return SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT %(id)s AS id, %(company)s AS company_id, %(pool)s AS pool_id,
                       %(is_all)s AS is_all, %(protection)s AS is_protection,
                       %(warn)s AS warn_days, %(escalate)s AS escalate_days,
                       %(zone)s AS zone %(days)s
                """,
                id=rule.id,
                company=rule.company_id.id,
                pool=rule.pool_id.id,
                is_all=rule.operator == "all",
                protection=rule.is_protection,
                warn=rule.warn_days,
                escalate=rule.escalate_days,
                zone=clock._get_zone(rule.company_id),
                days=SQL("").join(
                    SQL(
                        ", %s AS %s",
                        rule[f"{kind}_days"],
                        SQL.identifier(f"{kind}_days"),
                    )
                    for kind in kinds
                ),
            )
            for rule in rules
        )

    def _get_scope_query(self, rules, partners):
        """Return the SELECT of customers with their rule: the first that holds them.

        A customer of no company falls under the rules of his salesperson's.
        """
        return SQL(
            """
            SELECT customer.*,
                   CASE %(scopes)s END AS recall_rule_id
              FROM (
                    SELECT partner.id AS partner_id, partner.user_id,
                           COALESCE(partner.team_id, owner.sale_team_id) AS team_id,
                           COALESCE(partner.company_id, owner.company_id) AS company_id,
                           partner.date_held_from, partner.create_date,
                           partner.date_protected_to, standing.level_id,
                           standing.date_last_contact, standing.date_last_purchase,
                           standing.date_recall_warned, standing.date_recall_escalated
                      FROM crm_resource_standing standing
                      JOIN res_partner partner ON partner.id = standing.partner_id
                      JOIN res_users owner ON owner.id = partner.user_id
                     WHERE partner.customer_state = 'approved' AND partner.active
                       AND partner.date_terminated IS NULL AND %(partners)s
                   ) customer
            """,
            scopes=SQL(" ").join(
                SQL("WHEN %s THEN %s", rule._get_scope_condition(), rule.id)
                for rule in rules
            ),
            partners=SQL("TRUE")
            if partners is None
            else SQL("partner.id = ANY(%s)", partners.ids),
        )

    def _get_scope_condition(self):
        """Return the condition for the customers of this rule whom its pool takes."""
        self.ensure_one()
        conditions = [SQL("customer.company_id = %s", self.company_id.id)]
        if self.level_ids:
            conditions.append(SQL("customer.level_id = ANY(%s)", self.level_ids.ids))
        if self.team_ids:
            teams = self.env["crm.team"].search([("id", "child_of", self.team_ids.ids)])
            conditions.append(SQL("customer.team_id = ANY(%s)", teams.ids))
        if self.lifecycle != "all":
            conditions.append(
                SQL("customer.date_last_purchase IS NULL")
                if self.lifecycle == "never"
                else SQL("customer.date_last_purchase IS NOT NULL")
            )
        domain = safe_eval(self.pool_id.domain or "[]")
        if domain:
            admitted = self.env["res.partner"]._search(domain)
            conditions.append(SQL("customer.partner_id IN %s", admitted.subselect()))
        return SQL(" AND ").join(conditions)

    @api.model
    def _refresh_recalls(self, partners):
        """Say anew when these customers are recalled, without warning anybody."""
        self.env.flush_all()
        self.env["crm.resource.standing"]._write_changed(
            self._get_recall_query(fields.Date.context_today(self), partners=partners),
            ["date_recall", "recall_rule_id"],
            partners,
        )


def _join(source, kind, partners):
    """Return the join of what a hook knows of customers, of some of them only if it
    is about these: that saves to look at all there is."""
    if partners is not None:
        source = SQL(
            "SELECT * FROM (%s) source WHERE partner_id = ANY(%s)", source, partners.ids
        )
    return SQL(
        "LEFT JOIN (%(source)s) %(kind)s ON %(kind)s.partner_id = customer.partner_id",
        source=source,
        kind=SQL.identifier(kind),
    )


# whom no rule is for
_NOBODY = SQL(
    """
    SELECT NULL::int4 AS partner_id, NULL::int4 AS user_id, NULL::int4 AS team_id,
           NULL::int4 AS recall_rule_id, NULL::int4 AS pool_id,
           NULL::date AS date_recall, NULL::date AS date_recall_warned,
           NULL::date AS date_recall_escalated, '{}'::text[] AS causes
     WHERE FALSE
    """
)
