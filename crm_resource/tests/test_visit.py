from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import new_user
from .common_visit import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisit(VisitCommon):
    def test_new(self):
        """What is usual for its kind and person is filled in; it gets a number."""
        visit = self._make_visit(start=NOW)
        self.assertRegex(visit.name, r"^V\d{6}$")
        self.assertEqual(visit.state, "planned")
        self.assertEqual(visit.user_id, self.salesperson)
        self.assertEqual(visit.team_id, self.team)
        self.assertEqual(visit.date_end, NOW + timedelta(hours=1))
        self.assertEqual(visit.duration, 1)

    def test_contact_as_customer(self):
        """Whoever names a contact means his company, and that he met him."""
        visit = self._make_visit(customer=self.contact)
        self.assertEqual(visit.partner_id, self.customer)
        self.assertEqual(visit.contact_ids, self.contact)

    def test_others_contact(self):
        """Contacts and opportunities are those of the customer."""
        stranger = self._make_customer("Hill", user_id=self.salesperson.id)
        with self.assertRaisesRegex(ValidationError, "is not with Lake"):
            self._make_visit(contact_ids=[Command.link(stranger.id)])
        lead = self.env["crm.lead"].create(
            {
                "name": "Lamps",
                "type": "opportunity",
                "partner_id": stranger.id,
                "user_id": self.salesperson.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "Lake has no part in"):
            self._make_visit(lead_id=lead.id)
        lead.partner_id = self.customer
        self.assertEqual(self._make_visit(lead_id=lead.id).lead_id, lead)

    def test_steps(self):
        """Planned, checked in, checked out: done, with the times as they were."""
        visit = self._make_visit(start=NOW + timedelta(hours=2))
        with freeze_time(NOW + timedelta(hours=3)):
            visit.action_check_in()
        self.assertEqual(visit.state, "checked_in")
        self.assertEqual(visit.date_check_in, NOW + timedelta(hours=3))
        self.assertEqual(visit.date_start, NOW + timedelta(hours=3))
        with freeze_time(NOW + timedelta(hours=3, minutes=30)):
            visit.action_check_out()
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.date_check_out, NOW + timedelta(hours=3, minutes=30))
        self.assertEqual(visit.duration, 0.5)

    def test_steps_refused(self):
        """A step is taken from where it leads on, and by nobody else."""
        visit = self._make_visit()
        for step in ("action_check_out", "action_plan"):
            with self.assertRaisesRegex(UserError, "is “Planned”"):
                getattr(visit, step)()
        with self.assertRaisesRegex(UserError, "yet to come"):
            visit.action_done()
        for user in (self.other, self.executive):
            with self.assertRaises(AccessError):
                visit.with_user(user).action_check_in()
        visit.with_user(self.leader).action_check_in()
        self.assertEqual(visit.state, "checked_in")

    def test_report_required(self):
        """Where the kind asks for a report, there is none without."""
        self.on_site.is_report_required = True
        visit = self._make_visit(start=NOW)
        with self.assertRaisesRegex(UserError, "with a report only"):
            visit.action_done()
        self.assertEqual(visit.state, "planned")
        visit.report = "<p>They need lamps.</p>"
        visit.action_done()
        self.assertEqual(visit.state, "done")

    def test_cancel(self):
        visit = self._make_visit()
        action = visit.action_cancel()
        self.env[action["res_model"]].with_user(self.salesperson).with_context(
            **action["context"]
        ).create({"reason": "He is away"}).action_cancel()
        self.assertEqual(visit.state, "cancelled")
        self.assertEqual(visit.cancel_reason, "He is away")
        visit.action_plan()
        self.assertEqual((visit.state, visit.cancel_reason), ("planned", False))

    def test_forged(self):
        """Where it stands nobody writes, neither by a context."""
        visit = self._make_visit()
        for values in (
            {"state": "done"},
            {"name": "X"},
            {"date_check_in": NOW},
            {"cancel_reason": "X"},
            {"event_id": False},
            {"plan_id": False},
            {"is_next_made": True},
        ):
            with self.assertRaises(AccessError):
                visit.write(values)
        forged = (
            self.env["crm.resource.visit"]
            .with_user(self.salesperson)
            .with_context(default_state="done", default_date_check_in=NOW)
            .create({"partner_id": self.customer.id, "state": "done", "name": "X"})
        )
        self.assertEqual((forged.state, forged.date_check_in), ("planned", False))
        self.assertNotEqual(forged.name, "X")

    def test_over(self):
        """What is over keeps what it was about, but for its report."""
        visit = self._make_visit(start=NOW)
        visit.action_done()
        other = self._make_customer("Hill", user_id=self.salesperson.id)
        for values in (
            {"partner_id": other.id},
            {"date_start": NOW - timedelta(days=1)},
            {"type_id": self.phone.id},
        ):
            with self.assertRaisesRegex(UserError, "no plan any more"):
                visit.write(values)
        visit.write({"partner_id": self.customer.id, "report": "<p>Good</p>"})
        with self.assertRaisesRegex(UserError, "took place"):
            visit.unlink()

    def test_for_somebody_else(self):
        """A leader plans for his people, a colleague does not."""
        with self.assertRaisesRegex(AccessError, "ask whoever leads him"):
            self._make_visit(user_id=self.other.id)
        visit = self._make_visit(self.leader, user_id=self.salesperson.id)
        self.assertEqual(visit.user_id, self.salesperson)
        with self.assertRaises(AccessError):
            visit.with_user(self.salesperson).user_id = self.other

    def test_reach(self):
        """Own, department, all; no others, and the executive reads."""
        visit = self._make_visit()
        for user in (self.salesperson, self.leader, self.reviewer, self.executive):
            self.assertEqual(visit.with_user(user).subject, False)
        for user in (self.other, self.clerk):
            with self.assertRaises(AccessError):
                visit.with_user(user).read(["subject"])
        with self.assertRaises(AccessError):
            visit.with_user(self.executive).subject = "Lamps"
        with self.assertRaises(AccessError):
            self._make_visit(self.other)

    def test_owner_of_customer(self):
        """Whose customer it is reads the visits of others, and decides on none."""
        visit = self._make_visit(self.reviewer)
        mine = visit.with_user(self.salesperson)
        mine.report = "<p>They called me, too.</p>"
        for change in (
            lambda: mine.write({"date_start": NOW}),
            mine.action_check_in,
            mine.unlink,
        ):
            with self.assertRaisesRegex(AccessError, "the matter of"):
                change()

    def test_names_of_others(self):
        """No name of a lead, meeting or plan that is another's comes by a form."""
        lead = self.env["crm.lead"].create(
            {"name": "Secret", "type": "opportunity", "user_id": self.other.id}
        )
        event = self.env["calendar.event"].create(
            {"name": "Secret", "privacy": "private", "user_id": self.other.id}
        )
        visits = self.env["crm.resource.visit"].with_user(self.salesperson)
        spec = {
            "lead_id": {"fields": {"display_name": {}}},
            "event_id": {"fields": {"display_name": {}}},
        }
        with self.assertRaises(AccessError):
            visits.with_context(default_lead_id=lead.id).onchange({}, [], spec)
        with self.assertRaises(AccessError):
            visits.onchange({"lead_id": lead.id}, ["lead_id"], spec)
        with self.assertRaises(AccessError):
            self._make_visit(lead_id=lead.id)
        for answer in (
            visits.with_context(default_event_id=event.id).onchange({}, [], spec),
            visits.onchange({"event_id": event.id}, [], spec),
        ):
            self.assertFalse(answer["value"].get("event_id"))

    def test_colleagues(self):
        """Whoever joins reads the visit, and does not change it."""
        visit = self._make_visit(colleague_ids=[Command.link(self.other.id)])
        joined = visit.with_user(self.other)
        self.assertEqual(joined.display_name, f"{visit.name} Lake")
        joined.web_read({"partner_id": {"fields": {"display_name": {}}}})
        self.assertIn(joined, joined.search(joined._get_mine_domain()))
        for change in (lambda: joined.write({"subject": "X"}), joined.action_check_in):
            with self.assertRaises(AccessError):
                change()
        # as the nightly statement has it
        audience = visit.sudo().audience_id
        self.env["crm.resource.visit"]._refresh_audiences(self.customer)
        self.assertEqual(visit.sudo().audience_id, audience)
        visit.colleague_ids = [Command.clear()]
        with self.assertRaises(AccessError):
            joined.read(["subject"])

    def test_properties(self):
        """Kinds of visits may have further fields of their own."""
        self.on_site.visit_properties_definition = [
            {"name": "guests", "string": "Guests", "type": "integer"}
        ]
        visit = self._make_visit(visit_properties={"guests": 3})
        self.assertEqual(visit.visit_properties["guests"], 3)

    def test_cost(self):
        """What visits cost is summed up by person and customer."""
        self._make_visit(cost=40)
        self._make_visit(cost=2.5)
        totals = (
            self.env["crm.resource.visit"]
            .with_user(self.salesperson)
            ._read_group(
                [("partner_id", "=", self.customer.id)],
                ["user_id"],
                ["cost:sum"],
            )
        )
        self.assertEqual(totals, [(self.salesperson, 42.5)])

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_user(
            self.env,
            "crm_elsewhere",
            "sales_team.group_sale_salesman_all_leads",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        visit = self._make_visit()
        self.assertEqual(visit.company_id, self.company)
        with self.assertRaises(AccessError):
            visit.with_user(user).read(["subject"])

    def test_hidden_past(self):
        """Whoever claimed a customer without his past is not shown others' visits."""
        old = self._make_visit(start=NOW - timedelta(days=30))
        old.action_done()
        self.env.flush_all()
        self.customer.write({"user_id": self.other.id})
        self.customer.sudo().date_hidden_before = fields.Datetime.now() + timedelta(1)
        visits = self.env["crm.resource.visit"].with_user(self.other)
        self.assertFalse(visits.search([("partner_id", "=", self.customer.id)]))
        with self.assertRaises(AccessError):
            visits.browse(old.id).read(["report"])
