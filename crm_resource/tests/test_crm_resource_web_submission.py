from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import CrmResourceCommon, new_users
from .common_web import WebFormMixin


@tagged("post_install", "-at_install")
class TestWebSubmission(WebFormMixin, CrmResourceCommon):
    """What becomes of what visitors post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        cls.ann, cls.bob, cls.boss = new_users(
            cls.env,
            dict.fromkeys(
                ("web_ann", "web_bob", "web_boss"), "sales_team.group_sale_salesman"
            ),
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Web",
                "user_id": cls.boss.id,
                "member_ids": (cls.ann | cls.bob).ids,
            }
        )
        cls.source = cls.env["utm.source"].create({"name": "Site"})
        cls.form = cls._make_form(user_id=cls.reviewer.id, source_id=cls.source.id)
        cls.env["crm.resource.allocation.rule"].search([]).active = False
        cls.env["crm.resource.web.submission"].search([]).state = "done"
        cls.cron = cls.env["ir.cron"]
        cls.enterClassContext(
            patch.object(
                cls.registry["ir.cron"],
                "_commit_progress",
                lambda cron, *_a, **_k: cron.env.flush_all() or float("inf"),
            )
        )

    def _run(self):
        self.env["crm.resource.web.submission"]._cron_process()
        self.env.flush_all()

    def _make_rule(self, **values):
        return self.env["crm.resource.allocation.rule"].create(
            {
                "name": "Web",
                "method": "round_robin",
                "member_ids": [
                    Command.create({"user_id": user.id})
                    for user in (self.ann, self.bob)
                ],
                **values,
            }
        )

    def _make_absent(self, user, substitute=None):
        self.env["crm.resource.absence"].create(
            {
                "user_id": user.id,
                "date_from": "2026-01-01",
                "date_to": "2099-01-01",
                "substitute_id": substitute and substitute.id,
            }
        )

    # ------------------------------------------------------------
    # Leads
    # ------------------------------------------------------------

    def test_a_stranger_becomes_a_lead(self):
        medium, campaign = (
            self.env["utm.medium"].create({"name": "Form"}),
            self.env["utm.campaign"].create({"name": "Spring"}),
        )
        self.form.write({"medium_id": medium.id, "campaign_id": campaign.id})
        submission = self._submit(
            self.form, firm="Acme", phone="+32 475 12 34 56", text="Lamps"
        )
        self._run()
        self.assertRecordValues(
            submission.lead_id,
            [
                {
                    "name": "Contact: Acme",
                    "contact_name": "Ann",
                    "partner_name": "Acme",
                    "email_from": "ann@example.com",
                    "phone": "+32 475 12 34 56",
                    "user_id": self.reviewer.id,
                    "source_id": self.source.id,
                    "medium_id": medium.id,
                    "campaign_id": campaign.id,
                    "company_id": self.company.id,
                    "partner_id": False,
                }
            ],
        )
        self.assertIn("Wish: Lamps", submission.lead_id.description)
        self.assertEqual(submission.state, "done")

    def test_again_makes_nothing(self):
        self._submit(self.form)
        self._run()
        count = self.env["crm.lead"].search_count([])
        self._run()
        self.assertEqual(self.env["crm.lead"].search_count([]), count)

    def test_markup_stays_text(self):
        evil = "<img src=x onerror=alert(1)>"
        submission = self._submit(self.form, firm=evil, person=evil, text=evil)
        again = self._submit(self.form, text=evil + "2")
        self._run()
        lead = submission.lead_id
        self.assertEqual(again.lead_id, lead)
        self.assertIn("&lt;img src=x onerror", lead.description)
        notes = lead.message_ids.mapped("body")
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.reviewer.partner_id.ids)]
        )
        for html in [lead.description, *notes, *told.mapped("body")]:
            self.assertNotIn("<img", html)

    def test_one_person_has_one_lead(self):
        first = self._submit(self.form)
        second = self._submit(self.form, person="A. Smith", text="Soon")
        by_phone = self._submit(self.form, email="", phone="+32475000001")
        both = self._submit(self.form, email="x@example.com", phone="+32475000001")
        other = self._submit(self.form, email="bob@example.com")
        self._run()
        self.assertEqual(second.lead_id, first.lead_id)
        self.assertEqual(both.lead_id, by_phone.lead_id)
        self.assertEqual(len((first | by_phone | other).lead_id), 3)
        self.assertIn("Wish: Soon", first.lead_id.message_ids[0].body)

    def test_an_open_lead_is_extended(self):
        lead = self.env["crm.lead"].create(
            {"name": "Old", "email_from": "Ann@Example.com", "user_id": self.ann.id}
        )
        submission = self._submit(self.form, text="More")
        self._run()
        self.assertRecordValues(
            submission, [{"lead_id": lead.id, "user_id": self.ann.id}]
        )
        self.assertIn("Wish: More", lead.message_ids[0].body)
        self.assertEqual(lead.name, "Old")

    def test_closed_leads_are_not_extended(self):
        stage = self.env["crm.stage"].create({"name": "Won!", "is_won": True})
        won, lost = self.env["crm.lead"].create(
            [
                {"name": "Won", "email_from": "ann@example.com", "stage_id": stage.id},
                {"name": "Lost", "email_from": "ann@example.com"},
            ]
        )
        lost.action_set_lost()
        submission = self._submit(self.form)
        self._run()
        self.assertTrue(submission.lead_id)
        self.assertNotIn(submission.lead_id, won | lost)

    def test_a_customer_stays_with_his_salesperson_and_as_he_is(self):
        customer = self.env["res.partner"].create(
            {
                "name": "Acme",
                "customer_state": "approved",
                "user_id": self.bob.id,
                "email": "acme@example.com",
                "phone": "+32475000001",
            }
        )
        self.form.assign = "rules"
        self._make_rule(member_ids=[Command.create({"user_id": self.ann.id})])
        # who knows his number may be anybody
        submission = self._submit(
            self.form, email="thief@example.com", phone="+32 475 00 00 01"
        )
        self._run()
        self.assertRecordValues(
            submission,
            [{"partner_id": customer.id, "user_id": self.bob.id, "state": "done"}],
        )
        self.assertEqual(submission.lead_id.partner_id, customer)
        self.assertEqual(customer.email, "acme@example.com")
        self.assertEqual(customer.name, "Acme")

    def test_customers_of_another_company_are_strangers(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["res.partner"].create(
            {
                "name": "Ann",
                "email": "ann@example.com",
                "company_id": other.id,
                "customer_state": "approved",
                "user_id": self.bob.id,
            }
        )
        submission = self._submit(self.form)
        self._run()
        self.assertRecordValues(
            submission, [{"partner_id": False, "user_id": self.reviewer.id}]
        )

    # ------------------------------------------------------------
    # Who gets them
    # ------------------------------------------------------------

    def _submit_some(self, count):
        return self.env["crm.resource.web.submission"].union(
            *(
                self._submit(self.form, email=f"p{number}@example.com")
                for number in range(count)
            )
        )

    def test_in_turn_over_several_runs(self):
        self.form.assign = "rules"
        self._make_rule()
        got = []
        for run in range(4):
            submission = self._submit(self.form, email=f"r{run}@example.com")
            self._run()
            got.append(submission.user_id)
        self.assertEqual(got[:2], got[2:])
        self.assertEqual({*got}, {self.ann, self.bob})

    def test_in_turn_within_a_run(self):
        self.form.assign = "rules"
        self._make_rule()
        given = self._submit_some(6)
        self._run()
        self.assertEqual(given.mapped("user_id"), self.ann | self.bob)
        self.assertEqual(len(given.filtered(lambda s: s.user_id == self.ann)), 3)

    def test_capacity_counts_what_came_from_the_web(self):
        self.form.assign = "rules"
        members = [
            Command.create({"user_id": self.ann.id, "capacity": 2}),
            Command.create({"user_id": self.bob.id, "capacity": 1}),
        ]
        self._make_rule(member_ids=members)
        first = self._submit_some(2)
        self._run()
        self.assertEqual(len(first.user_id), 2)
        second = self._submit(self.form, email="q1@example.com")
        self._run()
        third = self._submit(self.form, email="q2@example.com")
        self._run()
        self.assertEqual(second.user_id, self.ann)
        # nobody is left: whoever answers for the form gets it
        self.assertEqual(third.user_id, self.reviewer)

    def test_absent_people_get_nothing(self):
        self.form.assign = "rules"
        self._make_rule()
        self._make_absent(self.ann)
        given = self._submit_some(4)
        self._run()
        self.assertEqual(given.user_id, self.bob)

    def test_an_absent_owner_is_stood_in_for(self):
        self.env["res.partner"].create(
            {
                "name": "Ann",
                "email": "ann@example.com",
                "customer_state": "approved",
                "user_id": self.ann.id,
            }
        )
        self._make_absent(self.ann, substitute=self.bob)
        submission = self._submit(self.form)
        self._run()
        self.assertEqual(submission.user_id, self.bob)

    def test_an_absent_owner_without_substitute(self):
        self.env["res.partner"].create(
            {
                "name": "Ann",
                "email": "ann@example.com",
                "customer_state": "approved",
                "user_id": self.ann.id,
            }
        )
        self._make_absent(self.ann)
        submission = self._submit(self.form)
        self._run()
        self.assertFalse(submission.user_id)
        self.assertEqual(submission.lead_id.team_id, self.team)
        told = self._get_told(self.boss)
        self.assertEqual(len(told), 1)

    def test_whoever_has_left_gets_nothing(self):
        self.form.user_id = self.ann
        self.ann.active = False
        submission = self._submit(self.form)
        self._run()
        self.assertFalse(submission.user_id)
        self.assertEqual(submission.lead_id.team_id, self.team)

    def test_to_the_department(self):
        self.form.write({"assign": "team", "team_id": self.team.id})
        submission = self._submit(self.form)
        self._run()
        self.assertRecordValues(
            submission.lead_id, [{"user_id": False, "team_id": self.team.id}]
        )
        self.assertEqual(len(self._get_told(self.boss)), 1)

    def test_rules_ask_what_was_answered(self):
        self.form.assign = "rules"
        lamp, chair = self.env["product.category"].create(
            [{"name": "Lamps"}, {"name": "Chairs"}]
        )
        product = self.env["product.product"].create(
            {"name": "Desk Lamp", "categ_id": lamp.id}
        )
        for category, user in ((chair, self.bob), (lamp, self.ann)):
            self._make_rule(
                interest_categ_ids=category.ids,
                member_ids=[Command.create({"user_id": user.id})],
            )
        city = self._make_rule(
            domain="[('city', '=', 'Ghent')]",
            sequence=1,
            member_ids=[Command.create({"user_id": self.boss.id})],
        )
        wish = self._submit(self.form)
        wish.answers = [
            *wish.answers,
            {
                "field": 0,
                "label": "What",
                "type": "product",
                "target": False,
                "value": str(product.id),
                "text": "Desk Lamp",
            },
        ]
        self._run()
        self.assertEqual(wish.user_id, self.ann)
        near = self._submit(self.form, email="near@example.com")
        near.answers = [
            *near.answers,
            {
                "field": 0,
                "label": "City",
                "type": "text",
                "target": "city",
                "value": "Ghent",
                "text": "Ghent",
            },
        ]
        # of several rules only the chosen ones are asked
        other = self._submit(self.form, email="none@example.com")
        self.form.rule_ids = city
        self._run()
        self.assertEqual(near.user_id, self.boss)
        self.assertEqual(other.user_id, self.reviewer)

    def _get_told(self, user):
        return self.env["mail.message"].search(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("message_type", "=", "user_notification"),
            ]
        )

    def test_each_is_told_once(self):
        self.form.assign = "rules"
        self._make_rule()
        self._submit_some(6)
        self._run()
        for user in (self.ann, self.bob):
            told = self._get_told(user)
            self.assertEqual(len(told), 1)
            self.assertIn("3 submissions from the web", told.subject)

    # ------------------------------------------------------------
    # Complaints, registrations
    # ------------------------------------------------------------

    def test_complaints_are_to_be_dealt_with(self):
        self.form.kind = "complaint"
        submission = self._submit(self.form)
        self._run()
        self.assertRecordValues(
            submission.lead_id.activity_ids,
            [{"summary": "Complaint from the web", "user_id": self.reviewer.id}],
        )

    def test_another_addon_makes_documents_of_its_own(self):
        submission = self._submit(self.form)
        with patch.object(
            type(submission), "_make_document", lambda own: own.write({"label": "Own"})
        ):
            self._run()
        self.assertRecordValues(
            submission, [{"label": "Own", "state": "done", "lead_id": False}]
        )

    def test_registration(self):
        self.form.kind = "partner"
        self.company.crm_obligatory_field_ids = self.company._get_customer_fields(
            ["name", "phone"]
        )
        self.company.crm_review_user_id = self.reviewer
        full = self._submit(self.form, firm="Acme", phone="+32475000001")
        again = self._submit(self.form, firm="Acme Ltd")
        lacking = self._submit(self.form, person="Bob", email="bob@example.com")
        self._run()
        self.assertRecordValues(
            full.partner_id,
            [
                {
                    "name": "Acme",
                    "is_company": True,
                    "customer_state": "submitted",
                    "email": "ann@example.com",
                    "user_id": self.reviewer.id,
                    "registration_source_id": self.source.id,
                }
            ],
        )
        self.assertEqual(full.partner_id.child_ids.name, "Ann")
        self.assertEqual(full.partner_id.activity_ids.user_id, self.reviewer)
        self.assertEqual(again.partner_id, full.partner_id)
        self.assertEqual(lacking.partner_id.customer_state, "new")
        self.assertFalse(full.lead_id)

    def test_known_contacts_are_not_registered_twice(self):
        self.form.kind = "partner"
        contact, customer = self.env["res.partner"].create(
            [
                {"name": "Plain", "email": "ann@example.com"},
                {
                    "name": "Acme",
                    "email": "acme@example.com",
                    "customer_state": "approved",
                },
            ]
        )
        first = self._submit(self.form, firm="Thief")
        second = self._submit(self.form, firm="Thief", email="acme@example.com")
        count = self.env["res.partner"].search_count([])
        self._run()
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        self.assertEqual((first.partner_id, second.partner_id), (contact, customer))
        # a post decides nothing about them
        self.assertFalse(contact.customer_state)
        self.assertEqual(customer.customer_state, "approved")
        self.assertIn("Firm: Thief", contact.message_ids[0].body)

    # ------------------------------------------------------------
    # The job
    # ------------------------------------------------------------

    def test_what_fails_keeps_back_nobody(self):
        good, bad, last = self._submit_some(3)
        bad.answers = [{"label": "broken"}]
        with mute_logger(
            "odoo.addons.crm_resource.models.crm_resource_web_submission_run"
        ):
            self._run()
        self.assertEqual(
            (good | bad | last).mapped("state"), ["done", "failed", "done"]
        )
        self.assertIn("target", bad.message)
        bad.answers = good.answers
        with self.assertRaises(UserError):
            good.with_user(self.reviewer).action_retry()
        bad.with_user(self.reviewer).action_retry()
        self._run()
        self.assertEqual(bad.state, "done")

    def test_spam_waits_for_staff(self):
        spam = self._submit(self.form)
        spam.write({"state": "spam", "reason": "quick"})
        self._run()
        self.assertFalse(spam.lead_id)
        spam.with_user(self.reviewer).action_retry()
        self._run()
        self.assertTrue(spam.lead_id)

    def test_queue(self):
        with freeze_time("2026-03-15 10:00:00"):
            queued = self._submit_some(2)
            queued.state = "queued"
            self._run()
            self._run()
            self.assertEqual(queued.mapped("state"), ["queued"] * 2)
            told = self._get_told(self.reviewer)
            self.assertEqual(len(told), 1)
            self.assertIn("too many posts today", told.subject)
        with freeze_time("2026-03-16 10:00:00"):
            self._run()
        self.assertEqual(queued.mapped("state"), ["done"] * 2)
        self.assertEqual(len(queued.lead_id), 2)

    def test_retention(self):
        old, open_one, young = self._submit_some(3)
        (old | young).state = "done"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_resource_web_submission SET create_date = '2020-01-01'"
            " WHERE id IN %s",
            [(old.id, open_one.id)],
        )
        self.company.crm_web_days = 0
        submissions = self.env["crm.resource.web.submission"]
        submissions._gc_submissions()
        self.assertTrue(old.exists())
        self.company.crm_web_days = 30
        submissions._gc_submissions()
        self.assertEqual((old | open_one | young).exists(), open_one | young)

    def test_anonymised(self):
        partner = self.env["res.partner"].create(
            {"name": "Ann", "email": "Ann@example.com", "customer_state": "approved"}
        )
        submission = self._submit(self.form)
        stranger = self._submit(self.form, email="bob@example.com")
        partner._anonymise()
        self.assertFalse(submission.exists())
        self.assertTrue(stranger.exists())


@tagged("post_install", "-at_install")
class TestWebRights(WebFormMixin, CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.other, cls.head, cls.chief = new_users(
            cls.env,
            {
                "web_owner": "sales_team.group_sale_salesman",
                "web_other": "sales_team.group_sale_salesman",
                "web_head": "sales_team.group_sale_salesman_all_leads",
                "web_chief": "crm_resource.group_executive",
            },
        )
        cls.form = cls._make_form(user_id=cls.owner.id, consent_text="Yes")
        cls.submission = cls._submit(cls.form)

    def _get_seen(self, *models):
        found = (
            ("crm.resource.web.form", self.form),
            ("crm.resource.web.form.field", self.form.field_ids),
            ("crm.resource.web.consent", self.form.consent_ids),
            ("crm.resource.web.submission", self.submission),
        )
        return [
            self.env[model].search([("id", "in", records.ids)]).ids == records.ids
            for model, records in found
        ]

    @users("web_owner", "web_head", "web_chief", "crm_reviewer")
    def test_who_reads(self):
        self.assertEqual(self._get_seen(), [True] * 4)

    @users("web_other", "crm_clerk")
    def test_who_does_not(self):
        self.assertEqual(self._get_seen(), [False] * 4)

    @users("web_owner", "web_head", "web_chief", "crm_clerk")
    def test_who_keeps_no_forms(self):
        form, submission = (
            self.form.with_env(self.env),
            self.submission.with_env(self.env),
        )
        for call in (
            lambda: form.write({"name": "Mine"}),
            lambda: form.field_ids[0].write({"label": "Mine"}),
            form.action_renew_token,
            form.unlink,
            submission.action_retry,
            lambda: self.env["crm.resource.web.form"].create({"name": "Mine"}),
        ):
            with self.assertRaises(AccessError):
                call()

    @users("crm_reviewer")
    def test_nobody_writes_submissions_and_consents(self):
        submission = self.submission.with_env(self.env)
        consent = self.form.with_env(self.env).consent_ids
        for call in (
            lambda: submission.write({"state": "done"}),
            lambda: submission.web_save({"label": "Other"}, {"label": {}}),
            submission.unlink,
            submission.copy,
            lambda: consent.write({"text": "No"}),
            consent.unlink,
            lambda: self.env["crm.resource.web.count"].search([]),
        ):
            with self.assertRaises(AccessError):
                call()

    @users("crm_reviewer")
    def test_nobody_chooses_addresses(self):
        form = self.form.with_env(self.env)
        token = form.token
        form.write({"token": "guess", "date_told": "2030-01-01", "name": "Other"})
        form.web_save({"token": "guess"}, {"token": {}})
        made = (
            self.env["crm.resource.web.form"]
            .with_context(default_token="guess")
            .create({"name": "New", "token": "guess"})
        )
        self.assertEqual((form.token, form.name), (token, "Other"))
        self.assertFalse(form.date_told)
        self.assertGreater(len(made.token), 30)
        self.assertNotEqual(form.copy().token, token)
        form.action_renew_token()
        self.assertNotEqual(form.token, token)

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        form = self._make_form(company_id=company.id)
        submission = self._submit(form)
        for record in (form, form.field_ids, submission):
            self.assertFalse(record.with_user(self.reviewer).has_access("read"))

    @users("crm_reviewer")
    def test_consents_keep_their_versions(self):
        form = self.form.with_env(self.env)
        form.consent_text = "Yes, please"
        form.consent_text = "Yes, please"
        form.consent_text = False
        form.consent_text = "Yes, please"
        self.assertEqual(sorted(form.consent_ids.mapped("version")), [1, 2])
