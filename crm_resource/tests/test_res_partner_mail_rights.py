import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import new_user

MAIL = """\
From: {sender}
To: {to}
Subject: Prices
Message-Id: <{key}@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="border"

--border
Content-Type: text/plain

For your eyes only.
--border
Content-Type: application/pdf; name="plan.pdf"
Content-Disposition: attachment; filename="plan.pdf"
Content-Transfer-Encoding: base64

{content}
--border--
"""
CONTENT = base64.b64encode(b"%PDF-1.4 secret plan").decode()


@tagged("post_install", "-at_install")
class TestResPartnerMailRights(MailCommon):
    """Who reads what comes in, and where it lands when several could have sent it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.other = (
            new_user(cls.env, login, groups="sales_team.group_sale_salesman")
            for login in ("mail_owner", "mail_other")
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Customer",
                "is_company": True,
                "customer_state": "approved",
                "email": "office@customer.example.net",
                "user_id": cls.owner.id,
            }
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Eve",
                "parent_id": cls.customer.id,
                "email": "eve@customer.example.net",
            }
        )
        cls.env["res.config.settings"].create({"crm_alias_name": "clients"}).execute()

    def _receive(self, sender, key):
        alias = self.env.ref("crm_resource.mail_alias_customer")
        mail = MAIL.format(
            sender=sender, to=alias.display_name, key=key, content=CONTENT
        )
        with self.mock_mail_gateway():
            found = self.env["mail.thread"].message_process(None, mail)
        self.env.invalidate_all()
        return self.env["res.partner"].browse(found)

    def test_only_who_reaches_the_customer_reads_mail_and_attachment(self):
        page = self._receive("Eve <eve@customer.example.net>", "rights-1")
        self.assertEqual(page, self.customer)
        message = page.message_ids[0]
        attachment = message.attachment_ids
        self.assertEqual(attachment.name, "plan.pdf")
        self.assertEqual(attachment.res_id, self.customer.id)
        message.with_user(self.owner).check_access("read")
        self.assertIn(b"secret", attachment.with_user(self.owner).raw)
        with self.assertRaises(AccessError):
            message.with_user(self.other).check_access("read")
        with self.assertRaises(AccessError):
            _raw = attachment.with_user(self.other).raw
        self.assertFalse(
            self.env["mail.message"]
            .with_user(self.other)
            .search([("id", "=", message.id)])
        )

    def test_whoever_claims_to_be_somebody_gets_no_answer(self):
        """A forged sender reaches the page, and nothing of the page reaches him."""
        with self.mock_mail_gateway():
            alias = self.env.ref("crm_resource.mail_alias_customer")
            mail = MAIL.format(
                sender="Eve <eve@customer.example.net>",
                to=alias.display_name,
                key="rights-2",
                content=CONTENT,
            ).replace("Subject:", "Reply-To: thief@elsewhere.example.net\nSubject:")
            self.env["mail.thread"].message_process(None, mail)
            self.assertFalse(
                [sent for sent in self._mails if "thief" in str(sent["email_to"])]
            )
        self.assertNotIn(
            "thief", " ".join(self.customer.message_partner_ids.mapped("email") or [])
        )

    def test_an_archived_customer_is_not_entered_anew(self):
        (self.customer | self.contact).active = False
        self.env.flush_all()
        for key in ("archived-1", "archived-2"):
            self.assertEqual(
                self._receive("Eve <eve@customer.example.net>", key), self.customer
            )
        self.assertFalse(self.customer.active)

    def test_who_is_active_comes_before_who_is_archived(self):
        self.customer.active = False
        heir = self.env["res.partner"].create(
            {
                "name": "Heir",
                "customer_state": "approved",
                "email": "office@customer.example.net",
            }
        )
        self.assertEqual(self._receive("office@customer.example.net", "heir"), heir)

    def test_a_stranger_is_entered_once(self):
        first = self._receive("Bob <bob@nowhere.example.net>", "bob-1")
        self.assertEqual(self._receive("Bob <BOB@nowhere.example.net>", "bob-2"), first)
        self.assertEqual(
            len(first.message_ids.filtered(lambda mail: mail.subject == "Prices")), 2
        )

    def test_of_two_customers_with_one_address_the_livelier_one(self):
        double = self.env["res.partner"].create(
            {
                "name": "Double",
                "customer_state": "approved",
                "email": "office@customer.example.net",
            }
        )
        self.assertEqual(
            self._receive("office@customer.example.net", "two-1"), self.customer
        )
        double.standing_id.sudo().date_last_contact = "2026-05-05"
        self.env.flush_all()
        self.assertEqual(self._receive("office@customer.example.net", "two-2"), double)
        self.customer.standing_id.sudo().date_last_purchase = "2025-01-01"
        self.env.flush_all()
        self.assertEqual(
            self._receive("office@customer.example.net", "two-3"), self.customer
        )
