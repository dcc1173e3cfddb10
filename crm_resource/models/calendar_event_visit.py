from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# what of a meeting its visit repeats
SHARED_FIELDS = {
    "active",
    "allday",
    "duration",
    "name",
    "partner_ids",
    "start",
    "start_date",
    "stop",
    "stop_date",
}


class CalendarEvent(models.Model):
    """Meetings that are visits to customers."""

    _inherit = "calendar.event"

    visit_ids = fields.One2many("crm.resource.visit", "event_id", string="Visits")
    has_visit = fields.Boolean(compute="_compute_has_visit")

    @api.depends("visit_ids")
    def _compute_has_visit(self):
        # that it is a visit is no secret to whoever sees the meeting
        linked = set(self.sudo().filtered("visit_ids").ids)
        for event in self:
            event.has_visit = event.id in linked

    @api.model_create_multi
    def create(self, vals_list):
        """What repeats the meeting of a visit is a visit itself."""
        events = super().create(vals_list)
        for event in events.filtered("recurrence_id"):
            event._repeat_visit()
        return events

    def write(self, vals):
        """Change the visits accordingly; nobody moves those of others."""
        if SHARED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        visits = self._get_visits()
        if self._get_meeting_differences(vals):
            visits._check_meeting_change()
        result = super().write(vals)
        for visit in visits.exists():
            # who may is checked above; the meeting is what was changed
            visit.sudo()._pull_meeting()
        return result

    def unlink(self):
        """A visit whose meeting is removed does not take place."""
        if not self:  # as the calendar does when it saves
            return super().unlink()
        visits = self._get_visits()
        visits._check_meeting_change()
        result = super().unlink()
        # who may is checked above
        visits.exists().sudo().filtered(
            lambda visit: visit.state == "planned"
        )._cancel_removed()
        return result

    def _get_visits(self):
        """Return the visits, in the name of whoever changes the meetings."""
        # the meeting is what he was allowed to change; the visits are checked after
        visits = self.env["crm.resource.visit"].sudo()
        return visits.search([("event_id", "in", self.ids)]).sudo(self.env.su)

    def _get_meeting_differences(self, vals):
        """Return the names of what would change."""
        return [
            name
            for name in SHARED_FIELDS & vals.keys()
            if any(
                event._fields[name].convert_to_write(event[name], event) != vals[name]
                for event in self
            )
        ]

    def _repeat_visit(self):
        base = self.recurrence_id.base_event_id
        # others who attend may repeat the meeting, and plan nothing by it
        visit = base.sudo().visit_ids.sudo(self.env.su)
        if visit and not visit._is_actor():
            return
        # whoever decides on the visit repeats it
        visit = visit.sudo()
        if visit.state != "planned" or base == self or self.sudo().visit_ids:
            return
        visit.copy(
            {
                "event_id": self.id,
                "date_start": self.start,
                "date_end": self.stop,
                "user_id": visit.user_id.id,
            }
        )

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_open_visit(self):
        """Open the visit that the meeting is."""
        self.ensure_one()
        visit = self.visit_ids
        visit.check_access("read")
        return visit._get_records_action(views=[(False, "form")])

    def action_make_visit(self):
        """Make meetings with a customer visits to him, and open the first of them; of
        what repeats, all that is to come."""
        self.ensure_one()
        self.check_access("write")
        events = self
        if self.recurrence_id:
            events |= self.recurrence_id.calendar_event_ids.filtered(
                lambda event: event.start > self.start
            )
        events = events.filtered(lambda event: not event.has_visit)
        # of those to come, some may be private to others
        events.check_access("write")
        customer = self._get_visited_customer()
        if not events:
            raise UserError(self.env._("This meeting is a visit already: open it."))
        visits = self.env["crm.resource.visit"]
        for event in events:
            visits |= visits._make_from_meeting(event, customer)
        return visits[0]._get_records_action(views=[(False, "form")])

    def _get_visited_customer(self):
        """Return the customer who attends.

        :raise UserError: if none does
        """
        # whose contacts they are is no secret to those who meet them
        attendees = self.sudo().partner_ids
        guests = attendees.filtered(lambda p: all(u.share for u in p.user_ids))
        ids = guests.commercial_partner_id.ids
        customer = self.env["res.partner"].search(Domain("id", "in", ids), limit=1)
        if not customer:
            raise UserError(
                self.env._(
                    "No customer of yours attends this meeting: add him or one of his "
                    "contacts to the attendees."
                )
            )
        return customer
