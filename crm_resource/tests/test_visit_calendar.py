from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_visit import NOW, VisitCommon

TOMORROW = NOW + timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitCalendar(VisitCommon):
    def _plan(self, **values):
        return self._make_visit(
            start=TOMORROW, contact_ids=[Command.link(self.contact.id)], **values
        )

    def _get_event(self, visit):
        return visit.event_id.with_user(self.salesperson)

    def test_made(self):
        """A planned visit is a private meeting of those who are there."""
        visit = self._plan(colleague_ids=[Command.link(self.other.id)])
        event = visit.event_id
        self.assertEqual(event.name, "Visit: Lake")
        self.assertEqual((event.start, event.stop), (visit.date_start, visit.date_end))
        self.assertEqual(
            event.partner_ids,
            self.salesperson.partner_id | self.other.partner_id | self.contact,
        )
        self.assertEqual(event.user_id, self.salesperson)
        self.assertEqual(event.privacy, "private")
        self.assertEqual(event.alarm_ids, self.on_site.alarm_ids)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", event._name)]))

    def test_sms(self):
        """Where the kind says so, the calendar reminds by SMS."""
        alarm = self.env["calendar.alarm"].create(
            {
                "name": "SMS, an hour before",
                "alarm_type": "sms",
                "duration": 1,
                "interval": "hours",
                "notify_responsible": True,
            }
        )
        self.on_site.alarm_ids = alarm
        event = self._plan().event_id
        self.assertEqual(event.alarm_ids, alarm)
        self.salesperson.partner_id.phone = "+32470123456"
        send = patch.object(type(event), "_message_sms_with_template")
        with send as sent:
            event._do_sms_reminder(alarm)
        self.assertEqual(
            sent.call_args.kwargs["partner_ids"], self.salesperson.partner_id.ids
        )

    def test_not_made(self):
        """Calls do not stand in the calendar, nor what took place already."""
        self.assertFalse(self._plan(type_id=self.phone.id).event_id)

    def test_to_calendar(self):
        visit = self._plan()
        event = visit.event_id
        stranger = self._make_customer("Guest")
        event.partner_ids = [Command.link(stranger.id)]
        visit.write(
            {
                "subject": "Lamps",
                "date_start": TOMORROW + timedelta(hours=2),
                "date_end": TOMORROW + timedelta(hours=4),
                "contact_ids": [Command.clear()],
                "colleague_ids": [Command.link(self.other.id)],
            }
        )
        self.assertEqual(event.name, "Lamps")
        self.assertEqual(event.start, TOMORROW + timedelta(hours=2))
        self.assertEqual(event.stop, TOMORROW + timedelta(hours=4))
        self.assertEqual(
            event.partner_ids,
            self.salesperson.partner_id | self.other.partner_id | stranger,
        )
        visit._cancel("Away")
        self.assertFalse(event.active)
        visit.action_plan()
        self.assertTrue(event.active)
        visit.unlink()
        self.assertFalse(event.exists())

    def test_from_calendar(self):
        """Moved, renamed, with other people: the visit is what the meeting is."""
        visit = self._plan()
        self._get_event(visit).write(
            {
                "name": "New lamps",
                "start": TOMORROW + timedelta(days=1),
                "stop": TOMORROW + timedelta(days=1, hours=2),
                "partner_ids": [
                    Command.unlink(self.contact.id),
                    Command.link(self.other.partner_id.id),
                ],
            }
        )
        self.assertEqual(visit.subject, "New lamps")
        self.assertEqual(visit.date_start, TOMORROW + timedelta(days=1))
        self.assertEqual(visit.duration, 2)
        self.assertEqual(visit.colleague_ids, self.other)
        self.assertFalse(visit.contact_ids)

    def test_removed(self):
        """Whose meeting is archived or deleted is cancelled; what is over stays."""
        visit = self._plan()
        self._get_event(visit).active = False
        self.assertEqual(visit.state, "cancelled")
        self._get_event(visit).active = True
        self.assertEqual(visit.state, "planned")
        self._get_event(visit).unlink()
        self.assertEqual(visit.state, "cancelled")
        self.assertEqual(visit.cancel_reason, "Its meeting was removed.")
        visit.action_plan()
        self.assertTrue(visit.event_id)
        visit.action_check_in()
        self._get_event(visit).unlink()
        self.assertEqual(visit.state, "checked_in")

    def test_no_echo(self):
        """One change is one write on either side."""
        visit = self._plan()
        event = self._get_event(visit)
        calls = []
        for model in ("calendar.event", "crm.resource.visit"):
            registry_class = self.registry[model]
            write = registry_class.write

            def count(records, vals, write=write, model=model):
                calls.extend([model] * len(records))
                return write(records, vals)

            self.startPatcher(patch.object(registry_class, "write", count))
        event.write({"start": TOMORROW + timedelta(hours=1)})
        # the calendar writes the end after the begin
        self.assertLessEqual(calls.count("crm.resource.visit"), 2)
        self.assertLessEqual(calls.count("calendar.event"), 2)
        calls.clear()
        visit._push_meetings()
        visit.sudo()._pull_meeting()
        self.assertFalse(calls)
        visit.subject = "Lamps"
        self.assertEqual(calls.count("crm.resource.visit"), 1)
        self.assertEqual(calls.count("calendar.event"), 1)

    def test_of_somebody_else(self):
        """Whoever joins does not move the visit of his colleague."""
        visit = self._plan(colleague_ids=[Command.link(self.other.id)])
        event = visit.event_id.with_user(self.other)
        with self.assertRaisesRegex(UserError, "ask him to move"):
            event.start = TOMORROW + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "ask him to move"):
            event.unlink()
        self.assertEqual(visit.date_start, TOMORROW)

    def test_over(self):
        """The report of what took place does not move with the meeting."""
        visit = self._plan()
        with freeze_time(TOMORROW):
            visit.action_done()
            self._get_event(visit).start = TOMORROW + timedelta(days=1)
        self.assertEqual(visit.date_start, TOMORROW)

    def test_recurrence(self):
        """What repeats the meeting of a visit is a visit each time."""
        visit = self._plan()
        self._get_event(visit).write(
            {
                "recurrency": True,
                "rrule_type": "weekly",
                "tue": True,
                "interval": 1,
                "end_type": "count",
                "count": 3,
                "event_tz": "UTC",
            }
        )
        visits = self.env["crm.resource.visit"].search(
            [("partner_id", "=", self.customer.id)], order="date_start"
        )
        self.assertEqual(
            visits.mapped("date_start"),
            [TOMORROW + timedelta(weeks=week) for week in range(3)],
        )
        self.assertEqual(len(visits.event_id), 3)
        visits[1].event_id.with_user(self.salesperson).unlink()
        self.assertEqual(visits.mapped("state"), ["planned", "cancelled", "planned"])

    def test_make_visit(self):
        """A meeting with a customer may become a visit to him."""
        events = self.env["calendar.event"].with_user(self.salesperson)
        event = events.create(
            {
                "name": "Lunch",
                "start": TOMORROW,
                "stop": TOMORROW + timedelta(hours=2),
                "partner_ids": [Command.set(self.salesperson.partner_id.ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "No customer of yours"):
            event.action_make_visit()
        event.partner_ids = [Command.link(self.contact.id)]
        action = event.action_make_visit()
        visit = self.env["crm.resource.visit"].browse(action["res_id"])
        self.assertEqual(visit.event_id.id, event.id)
        self.assertEqual(visit.partner_id, self.customer)
        self.assertEqual(visit.contact_ids, self.contact)
        self.assertEqual((visit.subject, visit.duration), ("Lunch", 2))
        with self.assertRaisesRegex(UserError, "a visit already"):
            event.action_make_visit()
