from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmResourceCommon, new_user


@tagged("post_install", "-at_install")
class TestCrmResourceBulkMessage(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["ir.cron"], "_commit_progress", return_value=60
            )
        )
        cls.messages = cls.env["crm.resource.bulk.message"]
        cls.other = new_user(cls.env, "crm_other", "sales_team.group_sale_salesman")
        cls.mine = cls._make_customer(
            "Mine", email="mine@example.com", user_id=cls.salesperson.id
        )
        cls.others = cls._make_customer(
            "Others", email="others@example.com", user_id=cls.other.id
        )
        cls.both = cls.mine | cls.others
        cls.messages.search([]).sudo().state = "cancelled"

    def _make_message(self, user=None, **values):
        return self.messages.with_user(user or self.reviewer).create(
            {
                "name": "New prices",
                "body": "From April",
                "domain": repr([("id", "in", self.both.ids)]),
                **values,
            }
        )

    def _send(self):
        self.messages._cron_send()

    def _get_mails(self):
        return self.env["mail.mail"].search([("recipient_ids", "in", self.both.ids)])

    def test_preview_and_send(self):
        self.env["mail.blacklist"]._add("others@example.com")
        message = self._make_message()
        message.action_preview()
        lines = {
            line.customer_id: (line.state, line.reason) for line in message.line_ids
        }
        self.assertEqual(
            lines,
            {self.mine: ("planned", False), self.others: ("skipped", "blacklist")},
        )
        self.assertEqual((message.receiver_count, message.skipped_count), (1, 1))
        self.assertIn("From April", message.preview)
        self.assertFalse(self._get_mails())
        message.action_schedule()
        self._send()
        mails = self._get_mails()
        self.assertEqual(mails.recipient_ids, self.mine)
        self.assertEqual(mails.subject, "New prices")
        self.assertIn("/crm_resource/unsubscribe/", mails.body_html)
        self.assertIn("List-Unsubscribe", mails.headers)
        self.assertEqual(message.state, "done")
        self._send()
        self.assertEqual(len(self._get_mails()), 1)

    def test_at_its_time(self):
        later = fields.Datetime.now() + timedelta(hours=2)
        message = self._make_message(date_planned=later)
        message.action_schedule()
        self._send()
        self.assertEqual(message.state, "scheduled")
        self.assertFalse(self._get_mails())
        message.action_cancel()
        message.sudo().date_planned = fields.Datetime.now()
        self._send()
        self.assertFalse(self._get_mails())
        with self.assertRaises(UserError):
            message.action_schedule()

    def test_refused_meanwhile(self):
        message = self._make_message()
        message.action_schedule()
        self.mine.is_care_refused = True
        self._send()
        self.assertEqual(self._get_mails().recipient_ids, self.others)
        line = message.line_ids.filtered(lambda line: line.customer_id == self.mine)
        self.assertEqual((line.state, line.reason), ("skipped", "opt_out"))

    def test_one_address_once(self):
        self.others.email = "Mine@Example.com"
        message = self._make_message()
        message.action_schedule()
        self._send()
        self.assertEqual(len(self._get_mails()), 1)
        self.assertEqual(
            message.line_ids.filtered("reason").mapped("reason"), ["duplicate"]
        )

    def test_sms(self):
        self.mine.write({"phone": "+32470000001"})
        self.others.write({"phone": False})
        message = self._make_message(channel="sms")
        message.action_schedule()
        self._send()
        sms = self.env["sms.sms"].search([("partner_id", "in", self.both.ids)])
        self.assertEqual(sms.partner_id, self.mine)
        self.assertEqual(sms.body, "From April")
        self.assertEqual(
            message.line_ids.filtered("reason").mapped("reason"), ["no_phone"]
        )

    def test_salesperson_reaches_his_own(self):
        message = self._make_message(self.salesperson)
        message.action_schedule()
        self.assertEqual(message.line_ids.customer_id, self.mine)
        self._send()
        self.assertEqual(self._get_mails().recipient_ids, self.mine)
        with self.assertRaises(AccessError):
            message.with_user(self.other).read(["name"])
        with self.assertRaises(AccessError):
            message.line_ids.write({"state": "planned"})

    def test_limit_of_a_day(self):
        second = self._make_customer(
            "Second", email="second@example.com", user_id=self.salesperson.id
        )
        self.company.crm_bulk_limit = 1
        both = repr([("id", "in", (self.mine | second).ids)])
        with self.assertRaisesRegex(UserError, "at most 1 receivers"):
            self._make_message(self.salesperson, domain=both).action_schedule()
        self._make_message(self.salesperson).action_schedule()
        with self.assertRaisesRegex(UserError, "at most 1 receivers"):
            self._make_message(self.salesperson).action_schedule()
        self._make_message(self.reviewer, domain=both).action_schedule()

    def test_sent_by_its_author(self):
        """Nobody sends with the rights of somebody else."""
        message = self._make_message(self.salesperson)
        with self.assertRaisesRegex(UserError, "his rights"):
            message.with_user(self.reviewer).action_schedule()

    def test_scheduled_stays_as_it_is(self):
        message = self._make_message()
        message.action_schedule()
        with self.assertRaisesRegex(UserError, "draft"):
            message.body = "Other"
        with self.assertRaisesRegex(UserError, "kept"):
            message.unlink()
        message.write({"state": "draft"})
        self.assertEqual(message.state, "scheduled")
        forged = self.messages.with_user(self.reviewer).with_context(
            default_state="scheduled"
        )
        self.assertEqual(forged.create({"name": "Forged"}).state, "draft")

    def test_changed_template_stops(self):
        """Nobody changes what is sent with the rights of somebody else."""
        template = self.env["mail.template"].create(
            {
                "name": "Prices",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Prices",
                "body_html": "<p>Dear customer</p>",
            }
        )
        message = self._make_message(template_id=template.id)
        message.action_schedule()
        self.env.cr.execute(
            "UPDATE mail_template SET write_date = write_date + INTERVAL '1 minute' "
            "WHERE id = %s",
            [template.id],
        )
        template.invalidate_recordset()
        self._send()
        self.assertEqual(message.state, "failed")
        self.assertFalse(self._get_mails())

    def test_sender_left(self):
        message = self._make_message()
        message.action_schedule()
        self.reviewer.write({"group_ids": [Command.set([])]})
        self._send()
        self.assertEqual(message.state, "failed")
        self.assertFalse(self._get_mails())

    def test_somebody_must_be_chosen(self):
        with self.assertRaisesRegex(UserError, "Choose who"):
            self._make_message(domain="[]").action_schedule()
        with self.assertRaisesRegex(UserError, "write a text"):
            self._make_message(body=" ").action_schedule()

    def test_from_the_list_of_customers(self):
        action = self.mine.with_user(self.salesperson).action_bulk_message()
        message = (
            self.messages.with_user(self.salesperson)
            .with_context(**action["context"])
            .create({"name": "Hello", "body": "Hello"})
        )
        message.action_preview()
        self.assertEqual(message.line_ids.customer_id, self.mine)

    def test_executive_changes_nothing(self):
        executive = new_user(self.env, "crm_exec", "crm_resource.group_executive")
        message = self._make_message()
        message.action_preview()
        message = message.with_user(executive)
        self.assertEqual(message.name, "New prices")
        with self.assertRaises(AccessError):
            message.action_schedule()
