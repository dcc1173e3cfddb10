from collections import defaultdict
from datetime import datetime, time, timedelta
from itertools import compress

from pytz import timezone, utc

from odoo import api, models
from odoo.tools import SQL

# where a company says nothing of its working hours
WEEKDAYS = {"0", "1", "2", "3", "4"}
# of the hours of a day
NO_HOURS = (12, 12)


class CrmResourceClock(models.AbstractModel):
    """The working days of companies, and those of salespeople who were away.

    Spans of working days are compared as numbers: which working day since the beginning
    a day is. ``counts`` gives the number of each day, ``days`` the day of each number,
    for all clocks one after the other: arrays in rows that are joined would be copied
    with each of them.
    """

    _name = "crm.resource.clock"
    _description = "Clock of Working Days"

    @api.model
    def _get_working_days(self, company, date_from, date_to):
        """Return the working days of a company in a span of days, in order."""
        span = _get_span(date_from, date_to)
        return list(compress(span, self._get_flags(company, span)))

    def _get_flags(self, company, span):
        """Return for each of these days whether it is a working day: one on which the
        company works, but for days off that cover all hours of it."""
        # that a day is worked is no secret
        calendar = company.sudo().resource_calendar_id
        is_biweekly = calendar.two_weeks_calendar
        attendances = calendar.attendance_ids.filtered(
            lambda line: not line.display_type and line.day_period != "lunch"
        )
        hours = defaultdict(list)
        for line in attendances:
            key = (is_biweekly and line.week_type, line.dayofweek)
            hours[key].append((line.hour_from, line.hour_to))
        if not hours:
            is_biweekly = False
            hours.update({(False, day): [NO_HOURS] for day in WEEKDAYS})
        leaves = self._get_company_leaves(company, calendar, span[0], span[-1])
        flags = []
        for day in span:
            week = is_biweekly and str(attendances.get_week_type(day))
            worked = hours.get((week, str(day.weekday())))
            flags.append(
                bool(worked)
                and not any(_covers(leave, day, worked) for leave in leaves)
            )
        return flags

    def _get_company_leaves(self, company, calendar, date_from, date_to):
        """Return the spans of time in which nobody of the company works, as it reads
        its clocks."""
        # as above
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("time_type", "=", "leave"),
                    "|",
                    ("calendar_id", "=", calendar.id or 0),
                    "&",
                    ("calendar_id", "=", False),
                    ("company_id", "=", company.id),
                    ("date_from", "<=", date_to + timedelta(days=1)),
                    ("date_to", ">=", date_from - timedelta(days=1)),
                ]
            )
        )
        zone = timezone(self._get_zone(company))
        return [
            tuple(
                utc.localize(value).astimezone(zone).replace(tzinfo=None)
                for value in (leave.date_from, leave.date_to)
            )
            for leave in leaves
        ]

    @api.model
    def _get_zone(self, company):
        """Return the name of the time zone in which a company's days begin."""
        # no secret, either
        return company.sudo().resource_calendar_id.tz or "UTC"

    @api.model
    def _get_query(self, companies, begin, end):
        """Return the clocks of companies (``user_id`` 0) and of the people who were,
        are or will be away, as what follows WITH.

        ``clock`` has the columns ``company_id``, ``user_id`` and ``place``: where the
        days of this clock begin in the arrays of the only row of ``clocks``. These are
        ``counts`` (of each day from ``begin``, how many working days there were up to
        it) and ``days`` (the working days, then 'infinity').
        """
        span = _get_span(begin, end)
        worked = SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT %s AS company_id, %s::date + place::int4 - 1 AS day, is_working
                  FROM UNNEST(%s::bool[]) WITH ORDINALITY flag(is_working, place)
                """,
                company.id,
                begin,
                # one literal is read faster than as many constants
                "{%s}"
                % ",".join("ft"[flag] for flag in self._get_flags(company, span)),
            )
            for company in companies
        )
        return SQL(
            """
            absent AS MATERIALIZED (%(absent)s),
            clock AS MATERIALIZED (
                SELECT *, (ROW_NUMBER() OVER (ORDER BY company_id, user_id) - 1)::int4
                              * %(length)s AS place
                  FROM UNNEST(%(companies)s) company_id
                 CROSS JOIN (SELECT 0 AS user_id UNION SELECT user_id FROM absent) owner
            ),
            clocks AS MATERIALIZED (
                SELECT ARRAY_AGG(count ORDER BY place, day) AS counts,
                       ARRAY_AGG(
                           CASE WHEN is_working THEN day ELSE 'infinity' END
                           ORDER BY place, is_working DESC, day) AS days
                  FROM (
                        SELECT place, day, is_working,
                               (COUNT(*) FILTER (WHERE is_working) OVER (
                                    PARTITION BY place ORDER BY day))::int4 AS count
                          FROM (
                                SELECT clock.place, worked.day,
                                       worked.is_working AND absent.day IS NULL
                                           AS is_working
                                  FROM (%(worked)s) worked
                                  JOIN clock ON clock.company_id = worked.company_id
                                  LEFT JOIN absent ON absent.user_id = clock.user_id
                                                  AND absent.day = worked.day
                               ) own
                       ) counted
            )
            """,
            length=len(span),
            companies=companies.ids,
            worked=worked,
            absent=self._get_absent_days(begin, end),
        )

    def _get_absent_days(self, begin, end):
        """Return the SELECT of the days on which people are away, as
        `crm.resource.absence._get_absent_users` knows them."""
        return SQL(
            """
            SELECT DISTINCT away.user_id, day::date AS day
              FROM (
                    SELECT user_id, date_from, date_to FROM crm_resource_absence
                     UNION ALL
                    SELECT resource.user_id,
                           (leaves.date_from AT TIME ZONE 'UTC'
                                AT TIME ZONE COALESCE(resource.tz, 'UTC'))::date,
                           -- midnight belongs to the day before
                           ((leaves.date_to - INTERVAL '1 second') AT TIME ZONE 'UTC'
                                AT TIME ZONE COALESCE(resource.tz, 'UTC'))::date
                      FROM resource_calendar_leaves leaves
                      JOIN resource_resource resource
                        ON resource.id = leaves.resource_id
                     WHERE resource.user_id IS NOT NULL
                   ) away
             CROSS JOIN GENERATE_SERIES(
                        GREATEST(away.date_from, %(begin)s)::timestamp,
                        LEAST(away.date_to, %(end)s)::timestamp, '1 day') day
             WHERE away.date_from <= %(end)s AND away.date_to >= %(begin)s
            """,
            begin=begin,
            end=end,
        )


def _get_span(begin, end):
    """Return the days from one day to another."""
    return [begin + timedelta(days=place) for place in range((end - begin).days + 1)]


def _covers(leave, day, hours):
    """Return whether a leave covers all hours worked on a day."""
    first = min(hour for hour, _end in hours)
    last = max(hour for _begin, hour in hours)
    midnight = datetime.combine(day, time.min)
    return (
        leave[0] <= midnight + timedelta(hours=first)
        # some write that a day ends a minute early
        and leave[1] >= midnight + timedelta(hours=last, minutes=-1)
    )
