from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .lunar_calendar import get_keys

DAY = timedelta(days=1)
RECEIVERS = {
    "customer": SQL("receiver.id = customer.id"),
    "main": SQL(
        """receiver.commercial_partner_id = customer.id
           AND (receiver.is_main_contact
                OR receiver.id = customer.id AND NOT customer.is_company)"""
    ),
    "contacts": SQL(
        """receiver.commercial_partner_id = customer.id
           AND NOT COALESCE(receiver.is_company, FALSE)
           AND (receiver.type = 'contact' OR receiver.id = customer.id)"""
    ),
}


class CrmResourceCareRule(models.Model):
    """Whom a rule cares for on which day, in one statement for all customers."""

    _inherit = "crm.resource.care.rule"

    def _get_due_query(self, first, last):
        """Return the SELECT of whom the rule cares for on the days of a span, one row
        for each contact and occasion, or None if there is no occasion.

        Columns: ``partner_id``, ``customer_id``, ``user_id``, ``date_occasion``,
        ``date_planned``, ``label``, ``gift_id``, ``product_id``, ``gift``, ``amount``,
        ``reason`` (why nothing is sent, or NULL).

        :param date first: the first day on which something is done
        :param date last: the last one
        """
        self.ensure_one()
        occasions = self._get_occasions_query(first, last)
        if occasions is None:
            return None
        return SQL(
            """
            WITH candidate AS (%(candidates)s)
            SELECT candidate.partner_id, candidate.customer_id, candidate.user_id,
                   candidate.date_occasion, candidate.date_planned, candidate.label,
                   COALESCE(own.id, common.id) AS gift_id,
                   CASE WHEN own.id IS NULL THEN common.product_id
                        ELSE own.product_id END AS product_id,
                   CASE WHEN own.id IS NULL THEN common.name ELSE own.name END AS gift,
                   COALESCE(CASE WHEN own.id IS NULL THEN common.amount
                                 ELSE own.amount END, 0) AS amount,
                   candidate.reason
              FROM candidate
              %(sales)s
              LEFT JOIN crm_resource_care_gift own
                ON own.rule_id = %(rule)s AND own.level_id = candidate.level_id
               AND candidate.reason IS NULL
              LEFT JOIN crm_resource_care_gift common
                ON common.rule_id = %(rule)s AND common.level_id IS NULL
               AND candidate.reason IS NULL
            """,
            candidates=self._get_candidates_query(occasions),
            sales=self._get_sales_join(first, last),
            rule=self.id,
        )

    def _get_candidates_query(self, occasions):
        """Return the SELECT of contacts who have an occasion and meet the conditions,
        but for those on sales."""
        return SQL(
            """
            SELECT receiver.id AS partner_id, customer.id AS customer_id,
                   customer.user_id, standing.level_id,
                   occasion.day AS date_occasion,
                   occasion.day - %(before)s AS date_planned, occasion.label,
                   %(reason)s AS reason
              FROM (%(occasions)s) occasion
              JOIN res_partner receiver ON %(occasion_of)s
              JOIN res_partner customer ON %(receivers)s
              JOIN crm_resource_standing standing ON standing.partner_id = customer.id
             WHERE %(conditions)s
            """,
            before=self.days_before,
            reason=self._get_reason(self.channel),
            occasions=occasions,
            occasion_of=self._get_occasion_link(),
            receivers=RECEIVERS[self.receiver],
            conditions=SQL(" AND ").join(self._get_conditions()),
        )

    def _get_occasion_link(self):
        """Return the condition that an occasion is somebody's."""
        if self.occasion in ("holiday", "promotion"):
            return SQL("TRUE")
        if self.occasion == "anniversary" and self.anniversary != "special":
            return SQL("receiver.commercial_partner_id = occasion.partner_id")
        return SQL("receiver.id = occasion.partner_id")

    def _get_conditions(self):
        conditions = [
            SQL("receiver.active"),
            SQL("customer.customer_state = 'approved' AND customer.active"),
            SQL("customer.date_terminated IS NULL"),
            SQL(
                "(customer.company_id IS NULL OR customer.company_id = %s)",
                self.company_id.id,
            ),
        ]
        if self.level_ids:
            conditions.append(SQL("standing.level_id = ANY(%s)", self.level_ids.ids))
        if self.region_ids:
            regions = self.env["crm.resource.region"].with_context(active_test=False)
            below = regions.search([("id", "child_of", self.region_ids.ids)])
            conditions.append(SQL("customer.region_id = ANY(%s)", below.ids))
        if self.gender:
            conditions.append(SQL("receiver.gender = %s", self.gender))
        if self.days_since_purchase:
            conditions.append(
                SQL(
                    "standing.date_last_purchase + %s <= occasion.day - %s",
                    self.days_since_purchase,
                    self.days_before,
                )
            )
        matching = self._match_typed_domain()
        if matching is not None:
            conditions.append(SQL("customer.id IN %s", matching.subselect()))
        return conditions

    def _get_sales_join(self, first, last):
        """Return the join with those who bought enough in the 12 months up to the day
        on which something is done."""
        if not self.amount_min:
            return SQL()
        year = timedelta(days=366)
        return SQL(
            """
              JOIN (
                    SELECT asked.customer_id, asked.date_planned
                      FROM (SELECT DISTINCT customer_id, date_planned
                              FROM candidate) asked
                      JOIN (SELECT partner_id, date, SUM(amount) AS amount
                              FROM (%(sales)s) sales
                             GROUP BY partner_id, date) sale
                        ON sale.partner_id = asked.customer_id
                       AND sale.date <= asked.date_planned
                       AND sale.date > asked.date_planned - INTERVAL '12 months'
                     GROUP BY asked.customer_id, asked.date_planned
                    HAVING SUM(sale.amount) >= %(least)s
                   ) bought
                ON bought.customer_id = candidate.customer_id
               AND bought.date_planned = candidate.date_planned
            """,
            sales=self.env["crm.resource.sales"]._get_query(
                date_from=first - year, date_to=last, companies=self.company_id
            ),
            least=self.amount_min,
        )

    @api.model
    def _get_reason(self, channel):
        """Return the expression of why a ``receiver`` of a ``customer`` gets nothing.

        :param str channel: a key of :data:`CHANNELS`
        """
        refused = SQL(
            """WHEN COALESCE(receiver.is_care_refused, FALSE)
                    OR COALESCE(customer.is_care_refused, FALSE) THEN 'opt_out'"""
        )
        number = SQL(
            "COALESCE(receiver.crm_mobile_sanitized, receiver.phone_sanitized)"
        )
        ways = {
            "mail": SQL(
                """WHEN receiver.email_normalized IS NULL THEN 'no_email'
                   WHEN EXISTS (SELECT FROM mail_blacklist refused
                                 WHERE refused.email = receiver.email_normalized
                                   AND refused.active) THEN 'blacklist'"""
            ),
            "sms": SQL(
                """WHEN %(number)s IS NULL THEN 'no_phone'
                   WHEN EXISTS (SELECT FROM phone_blacklist refused
                                 WHERE refused.number = %(number)s
                                   AND refused.active) THEN 'blacklist'""",
                number=number,
            ),
            "activity": SQL(
                """WHEN NOT EXISTS (SELECT FROM res_users owner
                                     WHERE owner.id = customer.user_id
                                       AND owner.active) THEN 'no_owner'"""
            ),
        }
        return SQL("CASE %s %s END", refused, ways[channel])

    # ------------------------------------------------------------
    # Occasions
    # ------------------------------------------------------------

    def _get_occasions_query(self, first, last):
        """Return the SELECT of ``partner_id``, ``day`` and ``label`` of the occasions
        for which something is done on the days of a span, None if there are none."""
        before = timedelta(days=self.days_before)
        first, last = first + before, last + before
        if self.occasion in ("holiday", "promotion"):
            return self._get_common_query(first, last)
        keys = _get_keys_table(first, last)
        if self.occasion == "birthday":
            return _get_birthday_query(keys)
        if self.anniversary == "special":
            return self._get_special_query(keys)
        column = {
            "first_order": SQL("standing.date_first_purchase"),
            "customer_since": SQL("partner.date_registered::date"),
        }[self.anniversary]
        return SQL(
            """
            SELECT partner.id AS partner_id, key.day, NULL AS label
              FROM res_partner partner
              JOIN crm_resource_standing standing ON standing.partner_id = partner.id
              JOIN %(keys)s
                ON key.month = EXTRACT(MONTH FROM %(date)s)
               AND key.number = EXTRACT(DAY FROM %(date)s)
               AND key.year > EXTRACT(YEAR FROM %(date)s)
             WHERE key.calendar = 'solar'
            """,
            keys=keys,
            date=column,
        )

    def _get_common_query(self, first, last):
        """Return the SELECT of the days that are everybody's."""
        if self.occasion == "holiday":
            days = self.holiday_id._get_days(first, last)
        else:
            days = self._get_promotion_days(first, last)
        if not days:
            return None
        return SQL("SELECT day, NULL AS label FROM UNNEST(%s::date[]) day", days)

    def _get_special_query(self, keys):
        """Return the SELECT of the special days and the anniversaries of contacts; two
        on the same day are one occasion."""
        return SQL(
            """
            SELECT special.partner_id, key.day,
                   STRING_AGG(special.name, ', ' ORDER BY special.name) AS label
              FROM (
                    SELECT partner_id, name, calendar, month, day, year,
                           calendar = 'lunar' AND COALESCE(is_leap, FALSE) AS is_leap,
                           is_yearly
                      FROM crm_resource_special_day
                 UNION ALL
                    SELECT id, COALESCE(crm_anniversary_label, ''), 'solar',
                           EXTRACT(MONTH FROM crm_date_anniversary),
                           EXTRACT(DAY FROM crm_date_anniversary),
                           EXTRACT(YEAR FROM crm_date_anniversary), FALSE, TRUE
                      FROM res_partner
                     WHERE crm_date_anniversary IS NOT NULL
                   ) special
              JOIN %(keys)s
                ON key.calendar = special.calendar AND key.month = special.month
               AND key.number = special.day AND key.is_leap = special.is_leap
               AND key.year >= COALESCE(special.year, 0)
             WHERE (special.is_yearly OR key.year = special.year) AND %(named)s
             GROUP BY special.partner_id, key.day
            """,
            keys=keys,
            named=SQL("LOWER(special.name) = LOWER(%s)", self.special_name)
            if self.special_name
            else SQL("TRUE"),
        )


def _get_birthday_query(keys):
    return SQL(
        """
        SELECT person.id AS partner_id, key.day, NULL AS label
          FROM res_partner person
          JOIN %(keys)s
            ON key.month = person.birth_month AND key.number = person.birth_day
           AND key.calendar = COALESCE(person.birth_calendar, 'solar')
           AND key.is_leap = COALESCE(person.birth_calendar = 'lunar'
                                      AND person.is_birth_month_leap, FALSE)
           AND key.year >= COALESCE(person.birth_year, 0)
        """,
        keys=keys,
    )


def _get_keys_table(first, last):
    """Return FROM's part ``key``: which days, as people write them down, are kept on
    the days of a span."""
    rows = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        rows += [
            SQL(
                "(%s::date, %s, %s, %s, %s, %s)",
                day,
                key.calendar,
                key.month,
                key.day,
                key.is_leap,
                key.year,
            )
            for key in get_keys(day)
        ]
    return SQL(
        "(VALUES %s) key(day, calendar, month, number, is_leap, year)",
        SQL(", ").join(rows),
    )
