from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# what a meeting repeats of its visit
SHARED_FIELDS = {
    "colleague_ids",
    "contact_ids",
    "date_end",
    "date_start",
    "lead_id",
    "partner_id",
    "state",
    "subject",
    "type_id",
    "user_id",
}
# states in which a visit stands in the calendar
MEETING_STATES = ("planned", "checked_in", "done")


class CrmResourceVisit(models.Model):
    """A planned visit is a meeting in the calendar, too.

    Either side writes to the other only what differs, so nothing comes back.
    """

    _inherit = "crm.resource.visit"

    event_id = fields.Many2one(
        "calendar.event",
        string="Meeting",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    _event_unique = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL", "This meeting is a visit already."
    )

    @api.model
    def _get_step_values(self):
        return {**super()._get_step_values(), "event_id": False}

    @api.model_create_multi
    def create(self, vals_list):
        """Enter what is planned in the calendar."""
        visits = super().create(vals_list)
        visits._push_meetings()
        return visits

    def write(self, vals):
        """Change the meetings accordingly."""
        if SHARED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        # as from the calendar: to change a meeting is the matter of whose it is
        self.filtered(lambda visit: visit.state == "planned")._check_actor()
        customers = {visit: visit._get_attendees() for visit in self}
        result = super().write(vals)
        self._push_meetings(customers)
        return result

    def unlink(self):
        """What is not planned any more leaves the calendar."""
        # whose visit it is decides, not whose meeting
        events = self.sudo().event_id
        result = super().unlink()
        events.unlink()
        return result

    def action_open_event(self):
        """Open the meeting."""
        self.ensure_one()
        if not self.event_id:
            raise UserError(
                self.env._(
                    "%(visit)s is not in the calendar: kinds of visits say which are.",
                    visit=self.display_name,
                )
            )
        return self.event_id._get_records_action(views=[(False, "form")])

    # ------------------------------------------------------------
    # To the calendar
    # ------------------------------------------------------------

    def _push_meetings(self, people_before=None):
        """Make the meetings of visits, or change what differs.

        :param dict people_before: `res.partner` who were to attend, by visit
        """
        # the visit was checked; its meeting may be private to others
        visits = self.sudo()
        for visit in visits.filtered("event_id"):
            before = (people_before or {}).get(visit, visit._get_attendees())
            visit._change_meeting(before)
        visits.filtered(lambda visit: visit._is_to_meet())._make_meetings()

    def _is_to_meet(self):
        return (
            self.state == "planned"
            and self.type_id.is_meeting
            and not self.event_id
            # what is entered afterwards is no meeting to come
            and self.date_end > fields.Datetime.now()
        )

    def _make_meetings(self):
        if not self:
            return
        # what the person looks at is nothing to the meeting
        events = self.env["calendar.event"].with_env(self._get_calendar_env())
        made = events.create(
            [
                {
                    **visit._get_meeting_values(),
                    "partner_ids": [Command.set(visit._get_attendees().ids)],
                    "alarm_ids": [Command.set(visit.type_id.alarm_ids.ids)],
                    "privacy": "private",
                }
                for visit in self
            ]
        )
        for visit, event in zip(self, made, strict=True):
            visit.event_id = event.id

    def _get_calendar_env(self):
        kept = {"lang", "tz", "allowed_company_ids", "tracking_disable"}
        context = {k: value for k, value in self.env.context.items() if k in kept}
        # whom to write to the person decides, in the calendar
        context |= {
            "no_mail_to_attendees": True,
            "skip_attendee_notification": True,
            "skip_contact_description": True,
        }
        return self.env(context=context)

    def _get_meeting_name(self):
        """Return what stands in the calendar."""
        return self.subject or f"{self.type_id.name}: {self.partner_id.name}"

    def _get_attendees(self):
        """Return who is there, as `res.partner`."""
        # who they are is no secret to whoever sees the visit
        visit = self.sudo()
        people = visit.user_id | visit.colleague_ids
        return people.partner_id | visit.contact_ids

    def _get_meeting_values(self):
        address = self.partner_id.contact_address_inline if self.is_on_site else False
        return {
            "name": self._get_meeting_name(),
            "start": self.date_start,
            "stop": self.date_end,
            "user_id": self.user_id.id,
            "opportunity_id": self.lead_id.id,
            "location": address,
            "active": self.state in MEETING_STATES,
        }

    def _change_meeting(self, people_before):
        event = self.event_id.with_env(self._get_calendar_env())
        values = {
            name: value
            for name, value in self._get_meeting_values().items()
            if event._fields[name].convert_to_write(event[name], event) != value
            # an address that somebody corrected stays
            and (name != "location" or not event.location)
        }
        if event.allday and {"start", "stop"} & values.keys():
            values["allday"] = False
        people = self._get_attendees()
        commands = [
            *[Command.link(p.id) for p in people - event.partner_ids],
            *[
                Command.unlink(p.id)
                for p in (people_before - people) & event.partner_ids
            ],
        ]
        if commands:
            values["partner_ids"] = commands
        if values:
            event.write(values)

    # ------------------------------------------------------------
    # From the calendar
    # ------------------------------------------------------------

    def _check_meeting_change(self):
        """Check that the person who changes meetings may change their visits.

        :raise UserError: if one is the matter of others
        """
        for visit in self:
            if visit.state == "planned" and not visit._is_actor():
                raise UserError(
                    self.env._(
                        "This meeting is the visit %(visit)s of %(person)s: ask him to "
                        "move or cancel it.",
                        # whoever sees the meeting sees whose it is
                        visit=visit.sudo().name,
                        person=visit.sudo().user_id.name,
                    )
                )

    def _pull_meeting(self):
        """Take over what was changed in the calendar; what is over stays as it was."""
        self.ensure_one()
        event = self.event_id
        if not event.active:
            if self.state == "planned":
                self._cancel_removed()
            return
        if self.state == "cancelled":
            self.write(self._get_plan_values())
        if self.state != "planned":
            return
        values = {}
        if event.name != self._get_meeting_name():
            values["subject"] = event.name
        if (event.start, event.stop) != (self.date_start, self.date_end):
            values |= {"date_start": event.start, "date_end": event.stop}
        values |= self._get_people_changes(event)
        if values:
            self.write(values)

    def _get_people_changes(self, event):
        internal = event.partner_ids.user_ids.filtered(lambda user: not user.share)
        colleagues = internal - self.user_id
        contacts = event.partner_ids.filtered(
            lambda partner: partner.commercial_partner_id == self.partner_id
        )
        values = {}
        if colleagues != self.colleague_ids:
            values["colleague_ids"] = [Command.set(colleagues.ids)]
        if contacts != self.contact_ids:
            values["contact_ids"] = [Command.set(contacts.ids)]
        return values

    def _cancel_removed(self):
        """Cancel visits whose meetings were removed."""
        self._take_step(
            {
                "state": "cancelled",
                "cancel_reason": self.env._("Its meeting was removed."),
            }
        )

    @api.model
    def _make_from_meeting(self, event, customer):
        """Return the visit that a meeting becomes.

        :param event: `calendar.event` that the person may change
        :param customer: `res.partner`
        """
        # who attends is no secret to those who change the meeting
        attendees = event.sudo().partner_ids
        people = attendees.user_ids.filtered(lambda user: not user.share)
        person = event.user_id if event.user_id in people else self.env.user
        visit = self.create(
            {
                "partner_id": customer.id,
                "subject": event.name,
                "user_id": person.id,
                "colleague_ids": [Command.set((people - person).ids)],
                "contact_ids": [
                    Command.set(
                        attendees.filtered(
                            lambda p: p.commercial_partner_id == customer
                        ).ids
                    )
                ],
                "type_id": self._get_meeting_type(event).id,
                "lead_id": event.opportunity_id.id
                if event.opportunity_id.partner_id.commercial_partner_id == customer
                else False,
                "date_start": event.start,
                "date_end": event.stop,
            }
        )
        return visit._replace_meeting(event)

    @api.model
    def _get_meeting_type(self, event):
        """Return the kind of visit that a meeting is."""
        kind = "online" if event.videocall_location else "visit"
        types = self.env["crm.resource.visit.type"]
        return types.search([("kind", "=", kind)], limit=1) or types.search([], limit=1)

    def _replace_meeting(self, event):
        """Let another meeting be that of the visit."""
        # the person was allowed to make the visit, and to change the meeting
        visit = self.sudo()
        own = visit.event_id
        visit.event_id = event.id
        own.unlink()
        visit._push_meetings()
        return self
