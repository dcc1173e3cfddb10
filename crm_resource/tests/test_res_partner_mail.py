from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

MAIL = """\
From: {sender}
To: {to}
Subject: Spare parts
Message-Id: <{key}@example.net>
Content-Type: text/plain

Do you have them in stock?
"""


@tagged("post_install", "-at_install")
class TestResPartnerMail(MailCommon):
    """Mail that comes in lands on the page of the sender's customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Customer",
                "is_company": True,
                "customer_state": "approved",
                "email": "office@customer.example.net",
            }
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Eve",
                "parent_id": cls.customer.id,
                "email": "Eve@customer.example.net",
            }
        )
        settings = cls.env["res.config.settings"].create({"crm_alias_name": "clients"})
        settings.execute()

    def _receive(self, sender, key):
        alias = self.env.ref("crm_resource.mail_alias_customer")
        mail = MAIL.format(sender=sender, to=alias.display_name, key=key)
        return self.env["mail.thread"].message_process(None, mail)

    def test_known_senders(self):
        for number, sender in enumerate(
            ("Eve <eve@customer.example.net>", "office@customer.example.net")
        ):
            with self.subTest(sender), self.mock_mail_gateway():
                found = self._receive(sender, number)
                self.assertEqual(found, self.customer.id)
                message = self.customer.message_ids[0]
                self.assertIn("in stock", message.body)
        self.assertEqual(self.customer.message_ids[1].author_id, self.contact)
        self.env["crm.resource.standing"]._refresh_contacts(self.customer)
        self.env.invalidate_all()
        self.assertTrue(self.customer.date_last_contact)

    def test_strangers(self):
        with self.mock_mail_gateway():
            found = self._receive("Bob Stranger <bob@nowhere.example.net>", 7)
        stranger = self.env["res.partner"].browse(found)
        self.assertEqual(stranger.name, "Bob Stranger")
        self.assertEqual(stranger.email_normalized, "bob@nowhere.example.net")
        self.assertFalse(stranger.customer_state)

    def test_nobody_learns_of_addresses_by_a_call(self):
        asked = self.env["res.partner"].with_user(self.user_admin).sudo(False)
        found = asked.message_new(
            {"email_from": "office@customer.example.net", "subject": "Hello"}
        )
        self.assertNotEqual(found, self.customer)

    def test_settings(self):
        settings = self.env["res.config.settings"]
        self.assertEqual(settings.create({}).crm_alias_name, "clients")
        settings.create({"crm_alias_name": "kunden"}).execute()
        alias = self.env.ref("crm_resource.mail_alias_customer")
        self.assertEqual(alias.alias_name, "kunden")
        settings.create({"crm_alias_name": False}).execute()
        self.assertFalse(alias.exists())
