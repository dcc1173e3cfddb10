from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .common import CrmResourceCommon, new_user


@tagged("post_install", "-at_install")
class TestCrmResourceBulkOutcome(CrmResourceCommon):
    """What becomes of messages in the queue, and messages to winners."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["ir.cron"], "_commit_progress", return_value=60
            )
        )
        cls.messages = cls.env["crm.resource.bulk.message"]
        cls.messages.search([]).sudo().state = "cancelled"
        cls.other = new_user(cls.env, "crm_other", "sales_team.group_sale_salesman")
        cls.mine = cls._make_customer(
            "Mine",
            email="mine@example.com",
            phone="+49 30 1234567",
            country_id=cls.env.ref("base.de").id,
            user_id=cls.salesperson.id,
        )
        cls.others = cls._make_customer(
            "Others", email="others@example.com", user_id=cls.other.id
        )
        cls.both = cls.mine | cls.others
        cls.group = (
            cls.env["crm.resource.target.group"]
            .with_user(cls.reviewer)
            .create({"name": "Both", "domain": repr([("id", "in", cls.both.ids)])})
        )

    def _send(self, message):
        message.action_schedule()
        self.messages._cron_send()

    def _open(self, action, user):
        """Return the message that a button opens, as the person saves it."""
        messages = self.messages.with_user(user).with_context(**action["context"])
        with Form(messages) as form:
            form.name = "News"
            form.body = "From April"
        return form.record

    def _make_draw(self):
        campaign = (
            self.env["utm.campaign"]
            .with_user(self.reviewer)
            .create({"title": "Spring", "crm_target_group_id": self.group.id})
        )
        campaign.action_freeze_targets()
        draw = (
            self.env["crm.resource.draw"]
            .with_user(self.reviewer)
            .create(
                {
                    "name": "Spring",
                    "campaign_id": campaign.id,
                    "audience": "targeted",
                    "prize_ids": [Command.create({"name": "Mug", "quantity": 2})],
                }
            )
        )
        draw.action_freeze()
        draw.action_draw()
        return draw

    def test_failed_mail_is_shown(self):
        message = self._open(self.group.action_message(), self.reviewer)
        self._send(message)
        line = message.line_ids.filtered(lambda line: line.customer_id == self.mine)
        self.assertEqual(line.state, "sent")
        mail = line.sudo().mail_id
        with patch.object(
            self.env.registry["ir.mail_server"],
            "_connect__",
            side_effect=MailDeliveryException("No such host"),
        ):
            mail.send()
        self.assertEqual(line.state, "failed")
        self.assertIn("Connection failed", line.note)
        message.invalidate_recordset()
        self.assertEqual((message.sent_count, message.failed_count), (1, 1))
        mail.mark_outgoing()
        mail._postprocess_sent_message(self.mine, [])
        self.assertEqual((line.state, line.note), ("sent", False))

    def test_failed_sms_is_shown(self):
        message = self.messages.with_user(self.reviewer).create(
            {
                "name": "News",
                "channel": "sms",
                "body": "From April",
                "domain": repr([("id", "=", self.mine.id)]),
            }
        )
        self._send(message)
        line = message.line_ids
        sms = line.sudo().sms_id
        self.assertEqual(sms.partner_id, self.mine)
        sms.write({"state": "error", "failure_type": "sms_credit"})
        self.assertEqual(line.state, "failed")
        self.assertIn("Credit", line.note)
        sms.write({"state": "outgoing", "failure_type": False})
        self.assertEqual((line.state, line.note), ("sent", False))

    def test_message_from_a_group(self):
        """A salesperson writes to those of the group whom he reaches."""
        group = self.group.with_user(self.salesperson)
        message = self._open(group.action_message(), self.salesperson)
        message.action_preview()
        self.assertEqual(message.group_id, self.group)
        self.assertEqual(message.line_ids.customer_id, self.mine)

    def test_winners_get_their_codes(self):
        self.both.lang = "en_US"
        draw = self._make_draw()
        codes = {winner.partner_id: winner.code for winner in draw.winner_ids}
        message = self._open(draw.action_send_codes(), self.reviewer)
        message.action_preview()
        self.assertEqual(message.line_ids.partner_id, self.both)
        self.assertIn("Your code", message.preview)
        self._send(message)
        for line in message.line_ids:
            body = line.sudo().mail_id.body_html
            for partner, code in codes.items():
                self.assertEqual(code in body, partner == line.partner_id)

    def test_redeemed_codes_are_not_sent(self):
        draw = self._make_draw()
        winners = self.env["crm.resource.draw.winner"].with_user(self.clerk)
        redeemed = draw.winner_ids.filtered(lambda one: one.partner_id == self.mine)
        winners._redeem(redeemed.code)
        message = self._open(draw.action_send_codes(), self.reviewer)
        message.action_preview()
        self.assertEqual(message.line_ids.partner_id, self.others)

    def test_cancelled_draw_stops_the_message(self):
        draw = self._make_draw()
        message = self._open(draw.action_send_codes(), self.reviewer)
        message.action_schedule()
        draw.action_cancel()
        self.messages._cron_send()
        self.assertEqual(message.state, "failed")
        self.assertFalse(message.line_ids.sudo().mail_id)
        with self.assertRaisesRegex(UserError, "cannot be done now"):
            draw.action_send_codes()

    def test_salesperson_sends_codes_of_his_own_only(self):
        draw = self._make_draw()
        with self.assertRaises(AccessError):
            draw.with_user(self.salesperson).action_send_codes()
        message = self.messages.with_user(self.salesperson).create(
            {"name": "Won", "body": "You won", "draw_id": draw.id}
        )
        message.action_preview()
        self.assertEqual(message.line_ids.customer_id, self.mine)
        message.action_schedule()
        with self.assertRaisesRegex(UserError, "not a draft"):
            message.draw_id = False
