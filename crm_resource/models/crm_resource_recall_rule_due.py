from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_recall_rule_date import NEVER

# in which public holidays and leave do not use up all working days
MARGIN = 366


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
        begin, end = rules._get_period(date, until)
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

    def _get_period(self, date, until):
        """Return the first and the last day of the calendar that these rules need."""
        longest = max(max((*rule._get_days().values(), 1)) for rule in self)
        span = timedelta(days=7 * longest + MARGIN)
        return date - span, max(date, until or date) + span

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

    @api.model
    def _refresh_recalls(self, partners):
        """Say anew when these customers are recalled, without warning anybody."""
        self.env.flush_all()
        self.env["crm.resource.standing"]._write_changed(
            self._get_recall_query(fields.Date.context_today(self), partners=partners),
            ["date_recall", "recall_rule_id"],
            partners,
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
