from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmResourceVisit(models.Model):
    """In which order the visits of a day are made."""

    _inherit = "crm.resource.visit"

    route_sequence = fields.Integer(
        string="Stop",
        compute="_compute_route_sequence",
        store=True,
        readonly=False,
        copy=False,
        aggregator=None,
        help="Its place in the route of the day, 0: none yet.",
    )
    is_time_agreed = fields.Boolean(
        string="Time Agreed",
        copy=False,
        help="The customer expects us at this time: a route does not change it.",
    )

    @api.depends("date_start", "user_id")
    def _compute_route_sequence(self):
        # at another time, or somebody else's, it is in no route yet
        self.route_sequence = 0

    @api.model
    def _read_day(self, date):
        """Return a day that came from outside, False: today as the user's clock has it.

        :raise UserError: if there is no such day
        """
        try:
            day = fields.Date.to_date(date or fields.Date.context_today(self))
            # what begins and ends it must exist in every time zone
            return day + timedelta(days=2) - timedelta(days=2)
        except (AttributeError, OverflowError, TypeError, ValueError):
            raise UserError(
                self.env._("There is no such day: choose another one.")
            ) from None

    @api.model
    def _get_domain_of_days(self, first, last):
        """Return the condition of the visits from a day to another as the user's clock
        has them."""
        zone = timezone(self.env.user.tz or "UTC")
        begin, end = (
            zone.localize(datetime.combine(moment, time.min))
            .astimezone(utc)
            .replace(tzinfo=None)
            for moment in (first, last + timedelta(days=1))
        )
        return Domain("date_start", ">=", begin) & Domain("date_start", "<", end)

    def _is_time_fixed(self):
        """Return whether somebody at the customer counts on the time."""
        if self.is_time_agreed:
            return True
        # who comes to the meeting is no secret to those who make the visit
        guests = self.sudo().event_id.attendee_ids
        return any(
            guest.state == "accepted" and not guest.partner_id.user_ids
            for guest in guests
        )
