from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_resource.models.crm_resource_assignment import Holder

from .common import new_user
from .common_handover import HandoverCase
from .common_visit import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitHooks(VisitCommon):
    """Where visits show, and what they set off."""

    def _log(self, user=None, **values):
        log = (
            self.env["crm.resource.visit.log"]
            .with_user(user or self.salesperson)
            .create({"partner_id": self.customer.id, **values})
        )
        log.action_log()
        return self.env["crm.resource.visit"].search(
            [("partner_id", "=", self.customer.id)], limit=1, order="id desc"
        )

    def test_whoever_gets_the_customer_reaches_them(self):
        visit = self._make_visit()
        self.env["crm.resource.assignment"]._assign(
            {self.customer.id: Holder(self.other.id)}, "allocate"
        )
        found = visit.with_user(self.other).search([("id", "=", visit.id)])
        self.assertTrue(found)

    def test_log(self):
        """One dialog keeps what took place, and plans the next visit."""
        visit = self._log(
            duration=0.5,
            report="They need lamps",
            contact_ids=[Command.set(self.contact.ids)],
            next_step="Show the lamps",
            next_date=NOW.date() + timedelta(days=7),
            next_kind="visit",
        )
        coming = visit
        visit = self.env["crm.resource.visit"].search([("state", "=", "done")])
        self.assertEqual(visit.date_end, NOW)
        self.assertEqual(visit.duration, 0.5)
        self.assertIn("They need lamps", visit.report)
        self.assertFalse(visit.event_id)
        self.assertTrue(visit.is_next_made)
        self.assertEqual(coming.state, "planned")
        self.assertEqual(coming.subject, "Show the lamps")
        self.assertEqual(coming.date_start, visit.date_start + timedelta(days=7))
        self.assertEqual(coming.user_id, self.salesperson)
        self.assertFalse(coming.report)
        visit.with_user(self.salesperson).next_step = "Show other lamps"
        self.assertEqual(
            self.env["crm.resource.visit"].search_count(
                [("partner_id", "=", self.customer.id)]
            ),
            2,
        )

    def test_log_refused(self):
        with self.assertRaises(AccessError):
            self._log(self.other)
        with self.assertRaises(AccessError):
            self.env["crm.resource.visit.log"].with_user(self.other).with_context(
                default_partner_id=self.customer.id
            ).default_get(["partner_id"])
        with self.assertRaisesRegex(UserError, "yet to come"):
            self._log(date_end=NOW + timedelta(hours=1))
        with self.assertRaisesRegex(ValidationError, "on which day"):
            self._log(next_step="Call him")

    def test_next_activity(self):
        visit = self._make_visit(start=NOW)
        visit.write({"next_step": "Send it", "next_date": NOW.date()})
        self.assertFalse(visit.activity_ids)
        visit.action_done()
        self.assertEqual(visit.activity_ids.summary, "Send it")
        self.assertEqual(visit.activity_ids.user_id, self.salesperson)

    def test_from_lead(self):
        """An opportunity logs a visit to its customer, and shows its visits."""
        lead = self.env["crm.lead"].create(
            {"name": "Lamps", "type": "opportunity", "user_id": self.salesperson.id}
        )
        with self.assertRaisesRegex(UserError, "no customer yet"):
            lead.with_user(self.salesperson).action_log_visit()
        lead.partner_id = self.contact
        action = lead.with_user(self.salesperson).action_log_visit()
        self.env["crm.resource.visit.log"].with_user(self.salesperson).with_context(
            **action["context"]
        ).create({}).action_log()
        visit = lead.visit_ids
        self.assertEqual(visit.partner_id, self.customer)
        self.assertEqual(visit.contact_ids, self.contact)
        self.assertEqual(lead.visit_count, 1)

    def test_contacts(self):
        """A visit is the last contact, a planned one the next; a missed one neither."""
        standing = self.customer.standing_id
        visit = self._make_visit(start=NOW - timedelta(days=3))
        missed = self._make_visit(start=NOW - timedelta(days=1))
        self._make_visit(start=NOW + timedelta(days=5))
        visit.action_done()
        self.assertEqual(standing.date_last_contact, visit.date_start.date())
        self.env["crm.resource.visit"]._miss(self.company, NOW)
        self.assertEqual(missed.state, "missed")
        self.env["crm.resource.standing"]._refresh_contacts(self.customer)
        self.assertEqual(standing.date_last_contact, visit.date_start.date())
        self.assertEqual(standing.date_next_contact, (NOW + timedelta(days=5)).date())

    def test_timeline(self):
        """A visit stands there once, and not its meeting as well."""
        visit = self._make_visit(contact_ids=[Command.set(self.contact.ids)])
        self.assertTrue(visit.event_id)
        timeline = self.customer.with_user(self.salesperson).get_timeline()
        kinds = [event["kind"] for event in timeline["events"]]
        self.assertEqual(kinds.count("visit"), 1)
        self.assertNotIn("meeting", kinds)
        # whoever has no visits sees pages all the same
        accountant = new_user(
            self.env, "crm_accountant", "account.group_account_invoice"
        )
        kinds = self.customer.with_user(accountant).get_timeline()["kinds"]
        self.assertNotIn("visit", [kind["kind"] for kind in kinds])

    def test_start_page(self):
        """Today's visits have a block, and do not stand among the meetings."""
        self._make_visit(start=NOW + timedelta(hours=1))
        self._make_visit(start=NOW + timedelta(days=1))
        start = self.env["crm.resource.start"].with_user(self.salesperson)
        rows = start.get_block("visits")["rows"]
        self.assertEqual([row["title"] for row in rows], ["Lake"])
        self.assertFalse(start.get_block("meetings")["rows"])

    def test_page_figure(self):
        visits = self._make_visit(start=NOW) | self._make_visit(start=NOW)
        visits.action_done()
        figures = self.customer.with_user(self.salesperson).get_page_figures()
        [figure] = [figure for figure in figures if figure["key"] == "visit"]
        self.assertEqual(figure["value"], "2026-03-16")
        self.assertEqual(figure["note"], "2 in 12 months")

    def test_missed(self):
        """Whose day is over is missed, told once, and leaves the calendar."""
        visits = self._make_visit(start=NOW + timedelta(hours=1)) | self._make_visit(
            start=NOW + timedelta(hours=2)
        )
        coming = self._make_visit(start=NOW + timedelta(days=3))
        events = visits.event_id
        self.assertEqual(len(events), 2)
        before = self._get_notes()
        Visit = self.env["crm.resource.visit"]
        midnight = NOW.replace(hour=0) + timedelta(days=1)
        self.assertEqual(Visit._miss(self.company, NOW.replace(hour=0)), 0)
        self.assertEqual(Visit._miss(self.company, midnight), 2)
        self.assertEqual(Visit._miss(self.company, midnight), 0)
        self.assertEqual({*visits.mapped("state")}, {"missed"})
        self.assertEqual(coming.state, "planned")
        self.assertFalse(events.filtered("active"))
        self.assertEqual(len(self._get_notes() - before), 1)
        visits[0].with_user(self.salesperson).action_plan()
        self.assertEqual(visits[0].state, "planned")

    def _get_notes(self):
        return self.env["mail.notification"].search(
            [("res_partner_id", "=", self.salesperson.partner_id.id)]
        )

    def test_move(self):
        """A substitute makes the visits of a period: in the calendar, too."""
        visit = self._make_visit()
        done = self._make_visit(start=NOW)
        done.action_done()
        later = self._make_visit(start=NOW + timedelta(days=30))
        self._move(self.leader, self.other, NOW.date(), NOW.date() + timedelta(days=7))
        self.assertEqual(visit.user_id, self.other)
        self.assertEqual(visit.event_id.user_id, self.other)
        self.assertIn(self.other.partner_id, visit.event_id.partner_ids)
        self.assertNotIn(self.salesperson.partner_id, visit.event_id.partner_ids)
        self.assertEqual((done | later).user_id, self.salesperson)
        self.assertEqual(visit.with_user(self.other).subject, False)

    def _move(self, user, substitute, first, last, **values):
        self.env["crm.resource.visit.move"].with_user(user).create(
            {
                "user_id": self.salesperson.id,
                "substitute_id": substitute.id,
                "date_from": first,
                "date_to": last,
                **values,
            }
        ).action_move()

    def test_move_by_the_clock_of_who_moves(self):
        """A visit at 7 in Shanghai is of that day, though London still has the one
        before; of the next day is what begins at its midnight."""
        self.leader.tz = "Asia/Shanghai"
        day = NOW.date() + timedelta(days=2)
        morning = datetime.combine(day - timedelta(days=1), time(23))
        early = self._make_visit(start=morning)
        next_day = self._make_visit(start=datetime.combine(day, time(16)))
        self._move(self.leader, self.other, day, day)
        self.assertEqual(early.user_id, self.other)
        self.assertEqual(next_day.user_id, self.salesperson)

    def test_move_refused(self):
        """Not those of others, not to strangers, not what is over."""
        visit = self._make_visit()
        week = (NOW.date(), NOW.date() + timedelta(days=7))
        with self.assertRaisesRegex(UserError, "Nothing is planned"):
            self._move(self.other, self.other, *week)
        with self.assertRaisesRegex(AccessError, "not of your department"):
            self._move(self.salesperson, self.other, *week)
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.salesperson.id,
                "substitute_id": self.other.id,
                "date_from": week[0],
                "date_to": week[1],
            }
        )
        self._move(self.salesperson, self.other, *week)
        self.assertEqual(visit.user_id, self.other)

    def test_merge_and_anonymise(self):
        twin = self._make_customer("Lake 2", user_id=self.salesperson.id)
        visit = self._make_visit(customer=twin, start=NOW, report="<p>Secret</p>")
        visit.action_done()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | twin).ids, self.customer
        )
        self.assertEqual(visit.partner_id, self.customer)
        visit.message_post(body="Secret")
        self.customer._anonymise()
        self.assertFalse(visit.report)
        self.assertFalse(visit.message_ids)
        self.assertEqual(visit.state, "done")


@tagged("post_install", "-at_install")
class TestVisitHandover(HandoverCase):
    """Visits of somebody who hands over."""

    def test_whole(self):
        """What is planned goes with its customer, meeting and all, and comes back;
        what was made is history."""
        start = fields.Datetime.now() + timedelta(days=1)
        trip, call = (
            self.env.ref(f"crm_resource.crm_resource_visit_type_{kind}").id
            for kind in ("visit", "phone")
        )
        customer = self.customers[0].id
        planned, done = (
            self.env["crm.resource.visit"]
            .with_user(self.person)
            .create(
                [
                    {"partner_id": customer, "type_id": trip, "date_start": start},
                    {
                        "partner_id": customer,
                        "type_id": call,
                        "date_start": start - timedelta(days=2),
                    },
                ]
            )
        )
        done.action_done()
        until = fields.Date.add(fields.Date.today(), days=5)
        self._hand_over(self.first, date_return=until)
        self.assertEqual((planned.user_id, done.user_id), (self.first, self.person))
        self.assertEqual(planned.event_id.user_id, self.first)
        self.assertNotIn(self.person.partner_id, planned.event_id.partner_ids)
        self._return(self._get_batch())
        self.assertEqual(planned.user_id, self.person)
        self.assertIn(self.person.partner_id, planned.event_id.partner_ids)
