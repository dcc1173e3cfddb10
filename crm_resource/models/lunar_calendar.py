"""Which days of a year are somebody's day: in the Gregorian calendar, and in the
Chinese one by the library `lunar_python`.

A day that a year lacks is kept on another one: 29 February on the 28th, the 30th of a
lunar month of 29 days on the 29th, a leap month in its plain month.
"""

import datetime
from calendar import isleap
from functools import lru_cache
from typing import NamedTuple

from odoo.exceptions import UserError


class Key(NamedTuple):
    """A day as people write it down, of which the year may be unknown."""

    calendar: str  # "solar" or "lunar"
    month: int
    day: int
    is_leap: bool
    year: int  # of the calendar


def is_lunar_available():
    """Return whether lunar days can be computed."""
    try:
        import lunar_python  # noqa: F401
    except ImportError:
        return False
    return True


def check_lunar_available(env):
    """Check that lunar days can be computed.

    :raise UserError: if not
    """
    if not is_lunar_available():
        raise UserError(
            env._(
                "Lunar days need the Python library “lunar_python”: ask the "
                "administrator to install it."
            )
        )


@lru_cache(maxsize=400)
def _get_months(year):
    """Return the first Gregorian day and the length of the months of a lunar year, by
    number (negative: leap); to ask the library takes 20 milliseconds."""
    from lunar_python import LunarYear, Solar

    months = {}
    for month in LunarYear.fromYear(year).getMonthsInYear():
        first = Solar.fromJulianDay(month.getFirstJulianDay())
        months[month.getMonth()] = (
            datetime.date(first.getYear(), first.getMonth(), first.getDay()),
            month.getDayCount(),
        )
    return months


def get_lunar(day):
    """Return the year, the month (negative: leap) and the day of the Chinese calendar.

    :param date day: Gregorian day
    """
    is_before = day < _get_months(day.year)[1][0]
    year = day.year - is_before
    first, month = max(
        (first, month)
        for month, (first, _length) in _get_months(year).items()
        if first <= day
    )
    return year, month, (day - first).days + 1


def get_keys(day):
    """Return which birthdays are kept on a Gregorian day, as `Key`.

    Without the library, those of the Gregorian calendar.
    """
    keys = [Key("solar", day.month, day.day, False, day.year)]
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        keys.append(keys[0]._replace(day=29))
    if is_lunar_available():
        keys += _get_lunar_keys(*get_lunar(day))
    return keys


def _get_lunar_keys(year, month, day):
    months = _get_months(year)
    days = [day]
    if day == 29 and months[month][1] == 29:
        days.append(30)
    kinds = [month < 0]
    if month > 0 and -month not in months:
        kinds.append(True)
    return [
        Key("lunar", abs(month), number, is_leap, year)
        for number in days
        for is_leap in kinds
    ]


def get_day(year, key):
    """Return the Gregorian day on which a day is kept in a year of its calendar.

    :param Key key: its own year does not matter
    """
    if key.calendar == "solar":
        is_lacking = (key.month, key.day) == (2, 29) and not isleap(year)
        return datetime.date(year, key.month, key.day - is_lacking)
    months = _get_months(year)
    month = -key.month if key.is_leap and -key.month in months else key.month
    first, length = months[month]
    return first + datetime.timedelta(days=min(key.day, length) - 1)


def get_days(key, first, last):
    """Return the Gregorian days of a span on which a day is kept, the earliest first.

    :param Key key: its own year does not matter
    """
    # a lunar year ends in the next Gregorian one
    days = (get_day(year, key) for year in range(first.year - 1, last.year + 1))
    return [day for day in days if first <= day <= last]


def get_next(key, start):
    """Return the first Gregorian day from ``start`` on on which a day is kept."""
    return get_days(key, start, start + datetime.timedelta(days=400))[0]
