from calendar import monthrange

from odoo import api, fields, models
from odoo.fields import Domain

from .lunar_calendar import get_keys
from .res_partner import INTERNAL


class ResPartner(models.Model):
    """The library of contacts: the people of all customers, and all others."""

    _inherit = "res.partner"

    customer_owner_id = fields.Many2one(
        related="commercial_partner_id.user_id",
        string="Salesperson of the Customer",
        groups=INTERNAL,
    )
    customer_region_id = fields.Many2one(
        related="commercial_partner_id.region_id",
        string="Market Area of the Customer",
        groups=INTERNAL,
    )
    customer_date_last_contact = fields.Date(
        related="commercial_partner_id.date_last_contact",
        string="Last Contact With the Customer",
        groups=INTERNAL,
    )
    is_birthday_this_month = fields.Boolean(
        string="Birthday This Month",
        compute="_compute_is_birthday_this_month",
        search="_search_is_birthday_this_month",
        groups=INTERNAL,
    )

    @api.depends("birth_calendar", "birth_month", "birth_day", "is_birth_month_leap")
    def _compute_is_birthday_this_month(self):
        found = self.filtered_domain(self._get_birthday_domain())
        for partner in self:
            partner.is_birthday_this_month = partner in found

    def _search_is_birthday_this_month(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        return self._get_birthday_domain() if True in value else Domain.FALSE

    @api.model
    def _get_birthday_domain(self):
        """Return the domain of those whose birthday is kept in this month."""
        today = fields.Date.context_today(self)
        days = range(1, monthrange(today.year, today.month)[1] + 1)
        keys = {
            key._replace(year=0)
            for day in days
            for key in get_keys(today.replace(day=day))
        }
        solar = sorted(key.day for key in keys if key.calendar == "solar")
        domain = (
            Domain("birth_calendar", "!=", "lunar")
            & Domain("birth_month", "=", today.month)
            & Domain("birth_day", "in", solar)
        )
        lunar = {}
        for key in keys:
            if key.calendar == "lunar":
                lunar.setdefault((key.month, key.is_leap), []).append(key.day)
        return domain | Domain.OR(
            Domain("birth_calendar", "=", "lunar")
            & Domain("birth_month", "=", month)
            & Domain("is_birth_month_leap", "=", is_leap)
            & Domain("birth_day", "in", sorted(days))
            for (month, is_leap), days in lunar.items()
        )
