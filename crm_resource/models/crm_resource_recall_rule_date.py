from odoo import models
from odoo.tools import SQL

# a number of working days that no customer reaches
NEVER = 1_000_000_000
# from which day conditions count of which the standing knows
STANDING_DATES = {"contact": "date_last_contact", "deal": "date_last_purchase"}


class CrmResourceRecallRule(models.Model):
    """From which days the conditions of rules count, and on which working day they let
    customers be recalled."""

    _inherit = "crm.resource.recall.rule"

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
