import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import new_user
from .common_care import CareCase


@tagged("post_install", "-at_install")
class TestCareRights(CareCase):
    def test_templates_of_running_rules_are_market_staffs(self):
        editor = new_user(
            self.env,
            "care_editor",
            groups="base.group_user,mail.group_mail_template_editor",
        )
        rule = self._make_rule(channel="mail", template_id=self.mail.id)
        rule.state = "running"
        with self.assertRaises(AccessError):
            self.mail.with_user(editor).subject = "Mine"
        rule.state = "draft"
        self.mail.with_user(editor).subject = "Yours"
        self.assertEqual(self.mail.subject, "Yours")

    def test_who_sees_whose_care(self):
        theirs = self._make_held("Theirs", user_id=self.south.id, team_id=False)
        self._make_born(3, 2)
        self._make_born(3, 2, "Ben", customer=theirs)
        self._make_rule()
        self._run()
        for user, names in (
            (self.north, {"Ann"}),
            (self.south, {"Ben"}),
            (self.leader, {"Ann"}),
            (self.reviewer, {"Ann", "Ben"}),
            (self.executive, {"Ann", "Ben"}),
        ):
            cares = self.cares.with_user(user).search([])
            self.assertEqual(set(cares.partner_id.mapped("name")), names, user.name)
        customer = self.customer.with_user(self.north)
        self.assertEqual(customer.care_count, 1)
        action = customer.action_open_care()
        self.assertEqual(
            self.cares.with_user(self.north).search_count(action["domain"]), 1
        )

    def test_nobody_writes_the_log(self):
        self._make_born(3, 2)
        self._make_rule()
        care = self._run()
        for user in (self.north, self.reviewer):
            mine = care.with_user(user)
            for change in (
                lambda mine=mine: mine.write({"state": "sent"}),
                lambda mine=mine: mine.web_save({"amount": 9}, {"amount": {}}),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change()

    def test_rules_are_of_market_staff(self):
        rule = self._make_rule()
        mine = rule.with_user(self.north)
        self.assertTrue(mine.explanation)
        for change in (
            mine.action_start,
            mine.action_stop,
            mine.action_test,
            mine.unlink,
            lambda: mine.write({"name": "Mine"}),
            lambda: self.rules.with_user(self.north).create({"name": "Mine"}),
            lambda: (
                self.env["crm.resource.care.gift"]
                .with_user(self.north)
                .create({"rule_id": rule.id, "name": "Car"})
            ),
        ):
            with self.assertRaises(AccessError):
                change()
        form = Form(self.rules.with_user(self.reviewer))
        form.name = "Birthdays"
        form.save().action_start()

    def test_what_the_job_did_nobody_types(self):
        rule = self._make_rule(date_run="2026-03-01")
        rule.with_user(self.reviewer).write({"date_run": "2026-03-01"})
        self.assertFalse(rule.date_run)

    def test_preview_shows_what_one_reaches(self):
        theirs = self._make_held("Theirs", user_id=self.south.id, team_id=False)
        self._make_born(3, 5)
        self._make_born(3, 5, "Ben", customer=theirs)
        self._make_rule()
        previews = self.env["crm.resource.care.preview"]
        preview = previews.with_user(self.north).create({})
        action = preview.action_preview()
        lines = self.env[action["res_model"]].with_user(self.north)
        self.assertEqual(
            lines.search(action["domain"]).partner_id.mapped("name"), ["Ann"]
        )
        self.assertFalse(lines.with_user(self.south).search(action["domain"]))
        with self.assertRaises(AccessError):
            preview.with_user(self.south).action_preview()
        with self.assertRaises(AccessError):
            lines.search(action["domain"]).write({"amount": 1})
        with self.assertRaises(UserError):
            previews.create({"date_from": "2026-03-01"}).action_preview()
        with self.assertRaises(UserError):
            previews.create({"date_to": "2028-03-01"}).action_preview()

    def test_preview_of_a_rule_of_another_company(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        rule = self._make_holiday_rule(company_id=sister.id)
        preview = self.env["crm.resource.care.preview"].with_user(self.north)
        with self.assertRaises(AccessError):
            preview.create({"rule_id": rule.id}).action_preview()

    def test_special_days_are_of_whoever_edits_the_contact(self):
        ann = self._make_contact()
        days = self.env["crm.resource.special.day"]
        values = {"partner_id": ann.id, "name": "Wedding", "month": 3, "day": 5}
        mine = days.with_user(self.north).create(values)
        self.assertFalse(days.with_user(self.south).search([("id", "=", mine.id)]))
        with self.assertRaises(AccessError):
            days.with_user(self.south).create(values)
        with self.assertRaises(AccessError):
            mine.with_user(self.south).write({"day": 6})

    def test_incomplete_rules_do_not_start(self):
        for values in (
            {"occasion": "holiday"},
            {"occasion": "promotion"},
            {"occasion": "anniversary", "anniversary": False},
            {"channel": "mail"},
            {"channel": "sms"},
        ):
            rule = self._make_rule(state="draft", **values)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                rule.action_start()
            self.assertEqual(rule.state, "draft")

    def test_nonsense_is_refused(self):
        user_template = self.env["mail.template"].create(
            {"name": "Users", "model_id": self.env["ir.model"]._get_id("res.users")}
        )
        for values in (
            {"domain": "[('name'"},
            {"domain": "[('no_such_field', '=', 1)]"},
            {"template_id": user_template.id},
        ):
            with self.assertRaises(ValidationError):
                self._make_rule(**values)
        for values in (
            {"days_before": -1},
            {"days_before": 91},
            {"interval_days": -1},
            {"date_start": "2026-03-02", "date_end": "2026-03-01"},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._make_rule(**values)

    def test_a_used_rule_is_archived_not_deleted(self):
        self._make_born(3, 2)
        rule = self._make_rule()
        self._run()
        with self.assertRaises(UserError):
            rule.with_user(self.reviewer).unlink()
        unused = self._make_rule()
        unused.with_user(self.reviewer).unlink()
        self.assertFalse(unused.exists())

    def test_a_test_message_goes_to_oneself(self):
        rule = self._make_rule(channel="mail", template_id=self.mail.id)
        before = self.env["mail.mail"].search([])
        rule.with_user(self.reviewer).action_test()
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.recipient_ids, self.reviewer.partner_id)
        rule.write({"channel": "sms", "sms_template_id": self.sms.id})
        with self.assertRaises(UserError):
            rule.with_user(self.reviewer).action_test()
        rule.channel = "activity"
        rule.with_user(self.reviewer).action_test()
        self.assertEqual(rule.activity_ids.user_id, self.reviewer)
        self.assertFalse(self.cares.search([]))

    def test_explanation_has_examples(self):
        rule = self._make_rule(level_ids=[Command.set(self.large.ids)])
        # 29 February and the days of the moon after 2 March 2026
        for text in ("02/28/2027", "09/25/2026", "02/05/2027", "level Large"):
            self.assertIn(text, rule.explanation)
        holiday = self._make_holiday_rule(3, 8)
        self.assertIn("03/08/2026, 03/08/2027, and 03/08/2028", holiday.explanation)
