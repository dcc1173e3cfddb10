"""Which part of a month somebody is there, and which part of it is over.

Plain Python that knows nothing of the ERP.
"""

from datetime import timedelta


def get_shares(workdays, month, date_from=None, date_to=None, today=None):
    """Return two shares of the working days of a month: those on which somebody is
    there, and those of them that are over, today's included.

    A month without working days counts all its days.

    :param workdays: set of dates
    :param date month: its first day
    :param date date_from: first day of the person, None: of the month
    :param date date_to: last day of the person, None: of the month
    :param date today: None: the month is over

    >>> from datetime import date
    >>> days = {date(2026, 2, day) for day in range(2, 22) if day % 7 not in (0, 1)}
    >>> len(days)
    15
    >>> get_shares(days, date(2026, 2, 1), today=date(2026, 2, 6))
    (1.0, 0.3333333333333333)
    >>> get_shares(days, date(2026, 2, 1), date_from=date(2026, 2, 9))
    (0.6666666666666666, 0.6666666666666666)
    >>> get_shares(set(), date(2026, 2, 1), today=date(2026, 2, 14))
    (1.0, 0.5)
    """
    last = get_last_day(month)
    whole = {day for day in workdays if month <= day <= last}
    if not whole:
        whole = {month + timedelta(days=place) for place in range(last.day)}
    begin, end = date_from or month, date_to or last
    there = {day for day in whole if begin <= day <= end}
    over = {day for day in there if today is None or day <= today}
    return len(there) / len(whole), len(over) / len(whole)


def get_last_day(month):
    """Return the last day of the month of a day.

    >>> from datetime import date
    >>> get_last_day(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return after - timedelta(days=1)
