import datetime
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .lunar_calendar import Key, check_lunar_available, get_days

# the language in which the library is asked, where it has it
LANGUAGE = "en_US"
# what the library adds to the name of a day that depends on the moon's sighting
ESTIMATED = re.compile(r" \(estimated\)$")
# a leap year
LEAP_YEAR = 2000
LONGEST_LUNAR_MONTH = 30
# years in which any holiday of a country occurs
KNOWN_YEARS = 4


class CrmResourceHoliday(models.Model):
    """A holiday on which customers are greeted: of a country, as the library `holidays`
    knows it, or on the same Gregorian or lunar day of every year."""

    _name = "crm.resource.holiday"
    _description = "Holiday"
    _inherit = "crm.resource.import.mixin"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("solar", "Gregorian Day"),
            ("lunar", "Lunar Day"),
            ("national", "Calendar of a Country"),
        ],
        required=True,
        default="solar",
    )
    month = fields.Integer()
    day = fields.Integer()
    country_id = fields.Many2one("res.country", ondelete="restrict")
    library_name = fields.Char(
        string="Name in the Calendar",
        help="As the library “holidays” has it. Load the holidays of the country to "
        "choose from them.",
    )
    date_next = fields.Date(string="Next Time", compute="_compute_date_next")

    _national_unique = models.UniqueIndex(
        "(country_id, library_name) WHERE kind = 'national'",
        "This holiday of the country is there already.",
    )

    @api.depends("kind", "month", "day", "country_id", "library_name")
    def _compute_date_next(self):
        today = fields.Date.context_today(self)
        for holiday in self:
            try:
                holiday._check_possible()
                days = holiday._get_days(today, fields.Date.add(today, years=2))
            except UserError:  # a library is missing, or the day not typed yet
                days = []
            holiday.date_next = days[:1] and days[0]

    @api.constrains("kind", "month", "day", "country_id", "library_name")
    def _check_day(self):
        for holiday in self:
            holiday._check_possible()

    def _check_possible(self):
        """Check that there is such a day.

        :raise ValidationError: if not
        """
        if self.kind == "national":
            self._check_national()
        elif not self._is_day_possible():
            raise ValidationError(
                self.env._(
                    "There is no such day as month %(month)s, day %(day)s: correct it.",
                    month=self.month,
                    day=self.day,
                )
            )

    def _check_national(self):
        if not self.country_id or not self.library_name:
            raise ValidationError(
                self.env._(
                    "A holiday of a country needs the country and its name in the "
                    "calendar."
                )
            )
        names = self._get_national_names(self.country_id)
        if self.library_name not in names:
            raise ValidationError(
                self.env._(
                    "The calendar of %(country)s knows no “%(name)s”: choose one of "
                    "%(names)s.",
                    country=self.country_id.name,
                    name=self.library_name,
                    names=", ".join(names),
                )
            )

    def _is_day_possible(self):
        if not 1 <= self.month <= 12 or self.day < 1:
            return False
        if self.kind == "lunar":
            return self.day <= LONGEST_LUNAR_MONTH
        try:
            datetime.date(LEAP_YEAR, self.month, self.day)
        except ValueError:
            return False
        return True

    def _get_days(self, first, last):
        """Return on which days of a span the holiday begins, the earliest first.

        :raise UserError: if the library it needs is missing
        """
        self.ensure_one()
        if self.kind == "national":
            return self._get_national_days(first, last)
        if self.kind == "lunar":
            check_lunar_available(self.env)
        return get_days(Key(self.kind, self.month, self.day, False, 0), first, last)

    # ------------------------------------------------------------
    # The library of national holidays
    # ------------------------------------------------------------

    @api.model
    def _get_calendar(self, country, years, lang=LANGUAGE):
        """Return the holidays of a country: dict of the names of a day by day.

        :param country: `res.country`
        :param str lang: the language of the names, None if the library lacks it
        :raise UserError: if the library is missing or does not know the country
        """
        try:
            import holidays
        except ImportError as error:
            raise UserError(
                self.env._(
                    "Holidays of countries need the Python library “holidays”: ask the "
                    "administrator to install it."
                )
            ) from error
        try:
            known = holidays.country_holidays(country.code)
            if lang not in (known.supported_languages or ()) and lang != LANGUAGE:
                return None
            if lang not in (known.supported_languages or ()):
                lang = None
            days = holidays.country_holidays(
                country.code, years=years, observed=False, language=lang
            )
        except NotImplementedError as error:
            raise UserError(
                self.env._(
                    "The library “holidays” has no calendar of %(country)s: enter its "
                    "holidays as Gregorian or lunar days.",
                    country=country.name,
                )
            ) from error
        return {
            day: [ESTIMATED.sub("", name) for name in names.split("; ")]
            for day, names in days.items()
        }

    @api.model
    def _get_national_names(self, country):
        """Return the names of the holidays of a country, in the order of the year."""
        year = fields.Date.context_today(self).year
        calendar = self._get_calendar(country, range(year, year + KNOWN_YEARS))
        named = {}
        for day in sorted(calendar, key=lambda day: (day.month, day.day)):
            for name in calendar[day]:
                named.setdefault(name, day)
        return list(named)

    def _get_national_days(self, first, last):
        calendar = self._get_calendar(
            self.country_id, range(first.year - 1, last.year + 1)
        )
        days = {day for day, names in calendar.items() if self.library_name in names}
        return sorted(
            day
            for day in days
            # of several days in a row, the first
            if first <= day <= last and day - datetime.timedelta(days=1) not in days
        )
