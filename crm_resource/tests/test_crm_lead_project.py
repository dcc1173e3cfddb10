from contextlib import contextmanager

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import new_user
from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestProject(ForecastCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._make_lead()
        cls.institute = cls._make_customer(
            "Institute", user_id=cls.salesperson.id, team_id=cls.team.id
        )
        cls.engineer, cls.boss = cls.env["res.partner"].create(
            [
                {"name": "Eva", "parent_id": cls.institute.id},
                {"name": "Bo", "parent_id": cls.customer.id},
            ]
        )

    def _add_party(self, user=None, **values):
        return (
            self.env["crm.resource.project.party"]
            .with_user(user or self.salesperson)
            .create(
                {"lead_id": self.lead.id, "partner_id": self.institute.id, **values}
            )
        )

    def _add_stakeholder(self, partner=None, user=None, **values):
        return (
            self.env["crm.resource.stakeholder"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "lead_id": self.lead.id,
                    "partner_id": (partner or self.contact).id,
                    **values,
                }
            )
        )

    @contextmanager
    def _refused(self, error, message):
        with self.assertRaisesRegex(error, message), self.cr.savepoint():
            yield

    # ------------------------------------------------------------
    # Colleagues
    # ------------------------------------------------------------

    def test_colleagues_read(self):
        theirs = self.lead.with_user(self.other)
        self.assertFalse(theirs.has_access("read"))
        self.lead.colleague_ids = self.other
        self.assertTrue(theirs.has_access("read"))
        self.assertFalse(theirs.has_access("write"))
        self.assertIn(
            self.lead,
            self.env["crm.lead"]
            .with_user(self.other)
            .search([("colleague_ids", "in", self.other.id)]),
        )
        stakeholder = self._add_stakeholder()
        self.assertTrue(stakeholder.with_user(self.other).has_access("read"))
        with self.assertRaises(AccessError):
            self._add_party(user=self.other)
        self.lead.colleague_ids = False
        self.assertFalse(theirs.has_access("read"))

    def test_colleagues_stay_when_the_customer_changes_hands(self):
        self.lead.colleague_ids = self.other
        self.customer.user_id = self.leader
        self.env.flush_all()
        # as jobs over all customers do
        self.env["crm.lead"]._refresh_audiences(self.customer)
        self.assertTrue(self.lead.with_user(self.other).has_access("read"))

    def test_colleagues_work_for_the_company(self):
        self.lead.sudo().company_id = self.env.company
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_user(
            self.env,
            "project_stranger",
            "sales_team.group_sale_salesman",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        guest = new_user(self.env, "project_guest", "base.group_portal")
        for user in (stranger, guest):
            with self.subTest(user.login), self.assertRaises(ValidationError):
                self.lead.sudo().colleague_ids = user

    def test_users_are_created_with_the_inbox(self):
        # what depends on colleagues does not ask for users who have no groups yet
        user = self.env["res.users"].create(
            {
                "name": "Ida",
                "login": "project_ida",
                "notification_type": "inbox",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        self.env.flush_all()
        self.assertFalse(user.share)

    # ------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------

    def test_companies_of_a_project(self):
        party = self._add_party(note="Writes the specification")
        self.assertEqual(self.lead.project_company_ids, self.customer | self.institute)
        with self._refused(ValidationError, "is a contact of Institute"):
            party.partner_id = self.engineer
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._add_party()

    def test_companies_out_of_reach(self):
        hidden = self._make_customer("Hidden", user_id=self.other.id)
        with self.assertRaises(AccessError):
            self._add_party(partner_id=hidden.id)
        party = self._add_party()
        with self.assertRaises(AccessError):
            party.partner_id = hidden
        parties = self.env["crm.resource.project.party"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            parties.with_context(default_partner_id=hidden.id).create(
                {"lead_id": self.lead.id}
            )

    def test_what_belongs_to_a_project_stays(self):
        party = self._add_party()
        with self._refused(UserError, "Delete it here"):
            party.lead_id = self._make_lead(name="Old hall")

    def test_visits_and_steps_for_a_company(self):
        visits = self.env["crm.resource.visit"].with_user(self.salesperson)
        values = {
            "partner_id": self.institute.id,
            "lead_id": self.lead.id,
            "date_start": "2026-03-18 02:00:00",
        }
        with self._refused(ValidationError, "has no part in “New hall”"):
            visits.create(values)
        party = self._add_party()
        visit = visits.create(values)
        self.assertEqual(visit.lead_id, self.lead)
        other = self._make_lead(name="Old hall")
        with self._refused(ValidationError, "company of another project"):
            self.env["crm.resource.plan.step"].with_user(self.salesperson).create(
                {
                    "lead_id": other.id,
                    "name": "Offer",
                    "date": "2026-03-20",
                    "party_id": party.id,
                }
            )

    # ------------------------------------------------------------
    # Decision map
    # ------------------------------------------------------------

    def test_decision_map(self):
        boss = self._add_stakeholder(self.boss, role="decider", influence="3")
        buyer = self._add_stakeholder(parent_id=boss.id)
        self.assertEqual(buyer.commercial_partner_id, self.customer)
        with self._refused(ValidationError, "Nobody reports to himself"):
            boss.parent_id = buyer
        with self._refused(ValidationError, "Nobody reports to himself"):
            boss.parent_id = boss
        other = self._make_lead(name="Old hall")
        foreign = self._add_stakeholder(lead_id=other.id)
        with self._refused(ValidationError, "of another opportunity"):
            buyer.parent_id = foreign
        boss.unlink()
        buyer.invalidate_recordset()
        self.assertFalse(buyer.parent_id)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._add_stakeholder()

    def test_contacts_are_of_its_companies(self):
        with self._refused(ValidationError, "enter the company"):
            self._add_stakeholder(self.engineer)
        self._add_party()
        self.assertEqual(
            self._add_stakeholder(self.engineer).display_name, "Institute, Eva"
        )

    # ------------------------------------------------------------
    # Course
    # ------------------------------------------------------------

    def _get_course(self, user=None):
        self.env.flush_all()
        courses = self.env["crm.resource.project.course"].with_user(
            user or self.salesperson
        )
        return courses.search([("lead_id", "=", self.lead.id)], order="date, id")

    def test_who_did_what_and_who_will(self):
        party = self._add_party()
        visit = self.env["crm.resource.visit"].create(
            {
                "partner_id": self.institute.id,
                "user_id": self.leader.id,
                "lead_id": self.lead.id,
                "date_start": "2026-03-18 02:00:00",
                "subject": "Specification",
            }
        )
        steps = self.env["crm.resource.plan.step"].create(
            [
                {
                    "lead_id": self.lead.id,
                    "name": name,
                    "date": day,
                    "party_id": party_id,
                    "user_id": self.salesperson.id,
                    "effect": "They liked it",
                }
                for name, day, party_id in (
                    ("Samples", "2026-03-17", False),
                    ("Lecture", "2026-03-21", party.id),
                    ("Left out", "2026-03-22", False),
                )
            ]
        )
        steps[0].action_done()
        steps[2].action_cancel()
        activity = self.lead.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline="2026-03-19",
            user_id=self.salesperson.id,
        )
        call = self.lead.activity_schedule(
            "mail.mail_activity_data_call",
            summary="Ask for the plan",
            date_deadline="2026-03-19",
            user_id=self.other.id,
        )
        call.action_feedback("They send it")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": self.lead.id,
                "user_id": self.salesperson.id,
                "date_order": "2026-03-20 02:00:00",
            }
        )
        expected = [
            ("2026-03-16", "step", "done", "Samples", self.customer, self.salesperson),
            (
                "2026-03-16",
                "activity",
                "done",
                "Ask for the plan",
                self.customer,
                self.other,
            ),
            (
                "2026-03-18",
                "visit",
                "planned",
                "Specification",
                self.institute,
                self.leader,
            ),
            (
                "2026-03-19",
                "activity",
                "planned",
                activity.activity_type_id.name,
                self.customer,
                self.salesperson,
            ),
            (
                "2026-03-20",
                "order",
                "planned",
                order.name,
                self.customer,
                self.salesperson,
            ),
            (
                "2026-03-21",
                "step",
                "planned",
                "Lecture",
                self.institute,
                self.salesperson,
            ),
        ]
        found = [
            (str(c.date), c.kind, c.state, c.name, c.partner_id, c.user_id)
            for c in self._get_course()
        ]
        self.assertCountEqual(found, expected)
        self.assertFalse(self._get_course(self.other))
        course = self._get_course().filtered(lambda c: c.kind == "visit")
        action = course.action_open_source()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (visit._name, visit.id)
        )
        self.assertEqual(
            self.lead.action_open_course()["domain"], [("lead_id", "=", self.lead.id)]
        )

    # ------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------

    def test_merged_opportunities_keep_what_hangs_on_them(self):
        second = self._make_lead(name="Old hall")
        self._add_stakeholder()
        kept = self._add_stakeholder(self.boss, lead_id=second.id)
        self._add_stakeholder(lead_id=second.id, parent_id=kept.id)
        party = self._add_party(lead_id=second.id)
        step = self.env["crm.resource.plan.step"].create(
            {"lead_id": second.id, "name": "Samples", "date": "2026-03-20"}
        )
        second.colleague_ids = self.other
        merged = (self.lead | second).sudo().merge_opportunity()
        self.assertEqual(merged.party_ids.partner_id, party.partner_id)
        self.assertEqual(merged.stakeholder_ids.partner_id, self.contact | self.boss)
        self.assertEqual(len(merged.stakeholder_ids), 2)
        self.assertEqual(merged.plan_step_ids, step)
        self.assertEqual(merged.colleague_ids, self.other)
