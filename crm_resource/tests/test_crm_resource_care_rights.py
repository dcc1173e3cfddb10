from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import crm_resource_care_rule_run as run
from .common import new_user
from .common_care import CareCase
from .common_nightly import MONDAY

# what market staff may not read
SECRET = "{{ object.env['ir.cron'].search([], limit=1).name }}"


@tagged("post_install", "-at_install")
class TestCareResponsible(CareCase):
    """Rules work with the rights of whoever answers for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_user(
            cls.env,
            "care_colleague",
            groups="crm_resource.group_reviewer,mail.group_mail_template_editor",
        )
        cls.person = cls._make_born(3, 2, phone="+32456000000")

    def _start(self, user=None, **values):
        rule = self.rules.with_user(user or self.reviewer).create(
            {"name": "Greet", "channel": "mail", "template_id": self.mail.id, **values}
        )
        rule.action_start()
        return rule.with_env(self.env)

    @mute_logger(run.__name__)
    def _run(self, day=MONDAY):
        return super()._run(day)

    def _get_told(self, rule):
        """Return whom the last message of a rule was sent to."""
        return rule.message_ids[:1].notified_partner_ids

    def test_mail_shows_what_the_starter_may_read(self):
        self._start()
        self.assertEqual(self._run().state, "sent")
        for name, value in (
            ("subject", SECRET),
            ("body_html", "<p t-out=\"object.env['ir.cron'].search([]).ids\"/>"),
            ("email_from", SECRET),
            ("reply_to", SECRET),
        ):
            with self.subTest(name):
                self.cares.search([]).unlink()
                template = self.mail.copy({name: value})
                rule = self._start(template_id=template.id)
                cares = self._run().filtered(lambda care, r=rule: care.rule_id == r)
                self.assertEqual(cares.state, "failed")
                self.assertFalse(cares.sudo().mail_id)

    def test_mail_goes_to_nobody_else(self):
        self.mail.write(
            {
                "use_default_to": False,
                "partner_to": str(self.south.partner_id.id),
                "email_to": "spy@example.com",
                "email_cc": "spy@example.com",
            }
        )
        self._start()
        mail = self._run().sudo().mail_id
        self.assertEqual(mail.recipient_ids, self.person)
        self.assertFalse(mail.email_to)
        self.assertFalse(mail.email_cc)

    def test_sms_shows_what_the_starter_may_read(self):
        self._start(channel="sms", sms_template_id=self.sms.id)
        self.assertEqual(self._run().state, "sent")
        self.cares.search([]).unlink()
        template = self.sms.copy({"body": SECRET})
        rule = self._start(channel="sms", sms_template_id=template.id)
        cares = self._run().filtered(lambda care: care.rule_id == rule)
        self.assertEqual(cares.state, "failed")

    def test_test_message_shows_what_the_tester_may_read(self):
        template = self.mail.copy({"subject": SECRET})
        rule = self._start(template_id=template.id)
        rule.responsible_id = self.env.user
        with self.assertRaises(UserError):
            rule.with_user(self.colleague).action_test()

    def test_conditions_match_what_the_starter_may_read(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self._make_contact("Hidden", company_id=sister.id)
        values = {"domain": "[('child_ids.name', '=', 'Hidden')]"}
        rule = self._start(**values)
        self.assertFalse(self._run())
        rule.action_stop()
        self.reviewer.company_ids += sister
        # the rule is for this company; the other's contact is none of its business
        self._start(**values)
        self.assertFalse(self._run())
        self._start(domain="[('child_ids.name', '=', 'Ann')]")
        self.assertEqual(self._run().partner_id, self.person)

    def test_fields_one_cannot_read_are_no_condition(self):
        for domain in (
            "[('user_ids.totp_secret', '!=', False)]",
            "['!', ('user_ids', 'any', [('totp_secret', '=', 'x')])]",
            "[('signup_type', '!=', False)]",
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._start(domain=domain)

    def test_conditions_are_checked_again_by_whoever_starts(self):
        rule = self._make_rule(state="draft", domain="[('signup_type', '!=', False)]")
        with self.assertRaises(AccessError):
            rule.with_user(self.reviewer).action_start()

    def test_domains_are_plain(self):
        for domain in (
            "[('name', '=', user.name)]",
            "[('id', 'in', [x for x in range(9)])]",
            "__import__('os').getcwd()",
            "[('name', '=', 'a'), '|']",
            "{'a': 1}",
            "[('child_ids', 'any!', [('name', '=', 'a')])]",
            "[('user_ids.password', 'like', 'a')]",
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._start(domain=domain)

    def test_whoever_changes_a_rule_answers_for_it(self):
        rule = self._start()
        self.assertEqual(rule.responsible_id, self.reviewer)
        rule.with_user(self.colleague).name = "Happy birthday"
        self.assertEqual(rule.responsible_id, self.reviewer)
        rule.with_user(self.colleague).gender = "female"
        self.assertEqual(rule.responsible_id, self.colleague)
        rule.with_user(self.reviewer).write({"responsible_id": self.env.user.id})
        self.assertEqual(rule.responsible_id, self.colleague)

    def test_whoever_changes_the_message_answers_for_it(self):
        rule = self._start()
        self.mail.with_user(self.colleague).subject = "Congratulations"
        self.assertEqual(rule.responsible_id, self.colleague)
        rule.company_id = self.env["res.company"].create({"name": "Sister"})
        with self.assertRaises(AccessError):
            self.mail.with_user(self.colleague).subject = "Mine"

    def test_nobody_says_who_answers(self):
        rule = (
            self.rules.with_user(self.reviewer)
            .with_context(
                default_responsible_id=self.env.user.id, default_date_run="2026-03-01"
            )
            .create({"name": "Greet", "responsible_id": self.env.user.id})
        )
        self.assertEqual(rule.responsible_id, self.reviewer)
        self.assertFalse(rule.date_run)

    def test_a_rule_nobody_answers_for_stops(self):
        def leave():
            self.reviewer.active = False

        def lose_group():
            self.reviewer.group_ids = self.env.ref("base.group_user")

        def lose_company():
            sister = self.env["res.company"].create({"name": "Sister"})
            self.reviewer.write(
                {
                    "company_ids": [Command.set(sister.ids)],
                    "company_id": sister.id,
                }
            )

        for happen in (leave, lose_group, lose_company):
            with self.subTest(happen.__name__):
                savepoint = self.env.cr.savepoint(flush=True)
                rule = self._start()
                happen()
                self.env.flush_all()
                self.assertFalse(self._run())
                self.assertEqual(rule.state, "draft")
                self.assertIn(self.reviewer.name, rule.message_ids[:1].body)
                self.assertIn(self.colleague.partner_id, self._get_told(rule))
                rule.with_user(self.colleague).action_start()
                self.assertEqual(self._run().state, "sent")
                savepoint.rollback()
                self.env.invalidate_all()
                self.registry.clear_cache()

    def test_sms_templates_of_running_rules_are_market_staffs(self):
        admin = new_user(self.env, "care_admin", groups="base.group_system")
        rule = self._start(channel="sms", sms_template_id=self.sms.id)
        with self.assertRaises(AccessError):
            self.sms.with_user(admin).body = "Mine"
        rule.action_stop()
        self.sms.with_user(admin).body = "Yours"
        self.assertEqual(self.sms.body, "Yours")

    def test_translations_of_templates_are_guarded_too(self):
        editor = new_user(
            self.env,
            "care_editor",
            groups="base.group_user,mail.group_mail_template_editor",
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        self._start()
        with self.assertRaises(AccessError):
            self.mail.with_user(editor).update_field_translations(
                "subject", {"fr_FR": SECRET}
            )
