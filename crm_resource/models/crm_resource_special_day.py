from calendar import monthrange

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .lunar_calendar import Key, get_next, is_lunar_available
from .res_partner_profile import LEAP_YEAR, LONGEST_LUNAR_MONTH


class CrmResourceSpecialDay(models.Model):
    """A day that matters to a contact: his wedding, the founding of his firm."""

    _name = "crm.resource.special.day"
    _description = "Special Day"
    _inherit = "crm.resource.detail.mixin"
    _order = "partner_id, month, day, id"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(string="What It Is", required=True)
    calendar = fields.Selection(
        [("solar", "Gregorian"), ("lunar", "Lunar")], required=True, default="solar"
    )
    year = fields.Integer(aggregator=False, help="May be left empty.")
    month = fields.Integer(required=True, aggregator=False)
    day = fields.Integer(required=True, aggregator=False)
    is_leap = fields.Boolean(
        string="Leap Month",
        help="The second of two lunar months of the same number.",
    )
    is_yearly = fields.Boolean(string="Every Year", default=True)
    date_next = fields.Date(string="Next Time", compute="_compute_date_next")

    @api.depends("calendar", "year", "month", "day", "is_leap", "is_yearly")
    def _compute_date_next(self):
        today = fields.Date.context_today(self)
        is_lunar_known = is_lunar_available()
        for special in self:
            if (
                not special._is_possible()
                or not special.is_yearly
                or (special.calendar == "lunar" and not is_lunar_known)
            ):
                special.date_next = False
                continue
            special.date_next = get_next(special._get_key(), today)

    def _get_key(self):
        return Key(
            self.calendar,
            self.month,
            self.day,
            self.calendar == "lunar" and self.is_leap,
            self.year,
        )

    @api.constrains("calendar", "year", "month", "day", "is_yearly")
    def _check_day(self):
        for special in self:
            if not special._is_possible():
                raise ValidationError(
                    self.env._(
                        "There is no such day as “%(name)s”: year %(year)s, month "
                        "%(month)s, day %(day)s. Correct it.",
                        name=special.name,
                        year=special.year or "-",
                        month=special.month,
                        day=special.day,
                    )
                )
            if not special.is_yearly and not special.year:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” happens once: enter its year, or choose that it "
                        "happens every year.",
                        name=special.name,
                    )
                )

    def _is_possible(self):
        if self.year and not 1800 <= self.year <= 2200:
            return False
        if not 1 <= self.month <= 12 or self.day < 1:
            return False
        if self.calendar == "lunar":
            return self.day <= LONGEST_LUNAR_MONTH
        return self.day <= monthrange(self.year or LEAP_YEAR, self.month)[1]

    def write(self, vals):
        """A day is not moved to a contact whom the person does not reach."""
        result = super().write(vals)
        if "partner_id" in vals:
            self.check_access("write")
        return result
