from datetime import date, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from lunar_python import Solar

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.base.tests.common import BaseCommon

from ..models.lunar_calendar import (
    Key,
    get_day,
    get_days,
    get_keys,
    get_lunar,
    get_next,
)

MOON = Key("lunar", 8, 15, False, 0)
days = st.dates(date(1900, 3, 1), date(2100, 12, 31))
birthdays = st.builds(
    Key,
    st.just("lunar"),
    st.integers(1, 12),
    st.integers(1, 30),
    st.booleans(),
    st.just(0),
)


@tagged("post_install", "-at_install")
class TestLunarCalendar(BaseCommon):
    """Against almanacs: see the days named in the tests."""

    def test_known_days(self):
        for year, day in (
            (2025, date(2025, 10, 6)),
            (2026, date(2026, 9, 25)),
            (2027, date(2027, 9, 15)),
        ):
            self.assertEqual(get_day(year, MOON), day)
        spring = Key("lunar", 1, 1, False, 0)
        self.assertEqual(
            get_days(spring, date(2025, 1, 1), date(2027, 12, 31)),
            [date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6)],
        )

    def test_29_february_is_kept_on_the_28th(self):
        leap = Key("solar", 2, 29, False, 0)
        self.assertEqual(
            get_days(leap, date(2027, 1, 1), date(2029, 12, 31)),
            [date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)],
        )
        self.assertEqual(get_day(2100, leap), date(2100, 2, 28))
        numbers = {
            key.day for key in get_keys(date(2027, 2, 28)) if key.calendar == "solar"
        }
        self.assertEqual(numbers, {28, 29})
        numbers = {
            key.day for key in get_keys(date(2028, 2, 28)) if key.calendar == "solar"
        }
        self.assertEqual(numbers, {28})

    def test_leap_month_is_kept_in_the_plain_one(self):
        """2025 has a leap sixth month, from 25 July; 2026 has none."""
        plain = Key("lunar", 6, 10, False, 0)
        leap = plain._replace(is_leap=True)
        self.assertEqual(get_day(2025, plain), date(2025, 7, 4))
        self.assertEqual(get_day(2025, leap), date(2025, 8, 3))
        self.assertEqual(get_day(2026, leap), date(2026, 7, 23))
        self.assertEqual(get_day(2026, plain), date(2026, 7, 23))
        kinds = [key.is_leap for key in get_keys(date(2025, 7, 4))[1:]]
        self.assertEqual(kinds, [False])
        kinds = [key.is_leap for key in get_keys(date(2026, 7, 23))[1:]]
        self.assertEqual(kinds, [False, True])

    def test_a_missing_30th_is_kept_on_the_29th(self):
        """The twelfth month has 30 days before the spring of 2024, 29 before 2026."""
        eve = Key("lunar", 12, 30, False, 0)
        self.assertEqual(get_day(2023, eve), date(2024, 2, 9))
        self.assertEqual(get_day(2025, eve), date(2026, 2, 16))
        days = {key.day for key in get_keys(date(2026, 2, 16)) if key.month == 12}
        self.assertEqual(days, {29, 30})
        days = {key.day for key in get_keys(date(2024, 2, 8)) if key.month == 12}
        self.assertEqual(days, {29})

    def test_2033_has_a_leap_eleventh_month(self):
        leap = Key("lunar", 11, 1, True, 0)
        self.assertEqual(get_day(2033, leap), date(2033, 12, 22))

    @settings(deadline=None)
    @given(days)
    def test_there_and_back(self, day):
        year, month, number = get_lunar(day)
        key = Key("lunar", abs(month), number, month < 0, year)
        self.assertEqual(get_day(year, key), day)
        self.assertIn(key, get_keys(day))
        asked = Solar.fromYmd(day.year, day.month, day.day).getLunar()
        self.assertEqual(
            (year, month, number), (asked.getYear(), asked.getMonth(), asked.getDay())
        )

    @settings(deadline=None, max_examples=50)
    @given(birthdays, days)
    def test_next_birthday(self, birthday, start):
        """Every lunar birthday comes within 13 months, and on no day in between."""
        following = get_next(birthday, start)
        self.assertGreaterEqual(following, start)
        self.assertLessEqual(following, start + timedelta(days=385))
        self.assertIn(birthday, [key._replace(year=0) for key in get_keys(following)])

    @settings(deadline=None, max_examples=10)
    @given(birthdays, st.integers(1901, 2098))
    def test_once_in_each_lunar_year(self, birthday, year):
        """What the job finds day by day is what the almanac says for the year."""
        first = get_day(year, Key("lunar", 1, 1, False, 0))
        end = get_day(year + 1, Key("lunar", 1, 1, False, 0))
        found = [
            day
            for day in (first + timedelta(days=n) for n in range((end - first).days))
            if birthday in [key._replace(year=0) for key in get_keys(day)]
        ]
        self.assertEqual(found, [get_day(year, birthday)])


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestHoliday(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holidays = cls.env["crm.resource.holiday"]

    def _make(self, **values):
        return self.holidays.create({"name": "Holiday", **values})

    def test_fixed_days(self):
        women = self._make(kind="solar", month=3, day=8)
        self.assertEqual(women.date_next, date(2026, 3, 8))
        moon = self._make(kind="lunar", month=8, day=15)
        self.assertEqual(moon.date_next, date(2026, 9, 25))

    def test_national_holidays_are_of_the_library(self):
        china = self.env.ref("base.cn")
        load = self.env["crm.resource.holiday.load"].create({"country_id": china.id})
        load.action_load()
        loaded = self.holidays.search([("country_id", "=", china.id)])
        national = loaded.filtered(lambda day: day.library_name == "National Day")
        # of its three days the first
        self.assertEqual(
            national._get_days(date(2026, 1, 1), date(2027, 12, 31)),
            [date(2026, 10, 1), date(2027, 10, 1)],
        )
        load.action_load()
        self.assertEqual(self.holidays.search([("country_id", "=", china.id)]), loaded)

    def test_nonsense_is_refused(self):
        for values in (
            {"kind": "solar", "month": 2, "day": 30},
            {"kind": "solar", "month": 13, "day": 1},
            {"kind": "lunar", "month": 8, "day": 31},
            {"kind": "solar", "month": 0, "day": 0},
            {
                "kind": "national",
                "country_id": self.env.ref("base.cn").id,
                "library_name": "Day of the Lamp",
            },
            {"kind": "national", "country_id": self.env.ref("base.cn").id},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._make(**values)

    def test_a_missing_library_is_named(self):
        moon = self._make(kind="lunar", month=8, day=15)
        for name, ask in (
            (
                "lunar_python",
                lambda: moon._get_days(date(2026, 1, 1), date(2026, 2, 1)),
            ),
            (
                "holidays",
                lambda: self.holidays._get_national_names(self.env.ref("base.cn")),
            ),
        ):
            with (
                self.subTest(name),
                self._without(name),
                self.assertRaisesRegex(UserError, name),
            ):
                ask()
        with self._without("lunar_python"):
            # Gregorian birthdays go on
            self.assertEqual(
                [key.calendar for key in get_keys(date(2026, 9, 25))], ["solar"]
            )
            moon.invalidate_recordset()
            self.assertFalse(moon.date_next)

    def _without(self, name):
        return patch.dict("sys.modules", {name: None})
