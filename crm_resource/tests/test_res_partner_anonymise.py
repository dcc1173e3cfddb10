from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import TODAY, CrmResourceCommon

NAME = "Qwyzex Handelskontor"
PERSON = "Vlodzimir Qwyzexsky"
MARKS = ("wyzex", "5554711", "Geheimgasse", "Vlodzimir")


@tagged("post_install", "-at_install")
class TestResPartnerAnonymise(CrmResourceCommon):
    """Whoever asks for it is nowhere to be found any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer(
            NAME,
            email="info@qwyzex.example.com",
            phone="+49 30 5554711",
            street="Geheimgasse 4",
            user_id=cls.salesperson.id,
            comment="<p>Geheimgasse, second floor</p>",
            bank_ids=[
                Command.create({"acc_number": "5554711", "acc_holder_name": NAME})
            ],
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": PERSON,
                "parent_id": cls.customer.id,
                "email": "vlodzimir@qwyzex.example.com",
                "crm_mobile": "5554711",
                "birth_calendar": "solar",
                "birth_month": 4,
                "birth_day": 5,
            }
        )
        cls.product.invoice_policy = "delivery"  # nothing waits for an invoice
        cls.order = cls._make_order(cls.customer, 500)

    def _wizard(self, user, **values):
        return (
            self.env["crm.resource.anonymise"]
            .with_user(user)
            .create({"partner_ids": self.customer.ids, "is_sure": True, **values})
        )

    def _find_marks(self):
        """Return in which columns of the database the names are still to be found."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT tables.table_name, columns.column_name
                  FROM information_schema.tables tables
                  JOIN information_schema.columns columns USING (table_name)
                 WHERE tables.table_schema = 'public'
                   AND tables.table_type = 'BASE TABLE'
                   AND columns.data_type IN ('character varying', 'text', 'jsonb')
                """
            )
        )
        found = set()
        for table, column in columns:
            rows = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ~* %s LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    "|".join(MARKS),
                )
            )
            if rows:
                found.add((table, column))
        return found

    def test_nothing_is_left(self):
        self.customer.message_post(body=f"Called {PERSON}", message_type="comment")
        self.customer.name = f"{NAME} GmbH"  # is kept as a change
        self.customer.activity_schedule(
            "mail.mail_activity_data_call", summary=f"Call {PERSON}"
        )
        self.env["crm.lead"].create(
            {
                "name": f"Lamps for {PERSON}",
                "partner_id": self.person.id,
                "type": "opportunity",
            }
        )
        self.env.cr.flush()  # changes are noted when a request ends
        self.assertLessEqual(
            {("res_partner", "name"), ("mail_tracking_value", "old_value_char")},
            self._find_marks(),
        )
        self._wizard(self.reviewer).action_anonymise()
        self.assertEqual(self._find_marks(), set())

    def test_figures_stay(self):
        self.env["crm.resource.standing"]._refresh_purchases(self.customer)
        standing, level = self.customer.standing_id, self.customer.level_id
        self._wizard(self.reviewer).action_anonymise()
        self.assertEqual(self.order.partner_id, self.customer)
        self.assertEqual(standing.date_last_purchase, TODAY)
        self.assertEqual(self.customer.level_id, level)
        self.assertFalse(self.customer.active)
        self.assertFalse(self.person.active)
        self.assertIn(str(self.person.id), self.person.name)

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self._wizard(self.salesperson)
        with self.assertRaises(UserError):
            self._wizard(self.reviewer, is_sure=False).action_anonymise()
        self.assertEqual(self.customer.name, NAME)

    def test_what_is_open_is_settled_before(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"name": "Lamp", "price_unit": 10, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        with self.assertRaisesRegex(UserError, "settle"):
            self._wizard(self.reviewer).action_anonymise()
        self.assertEqual(self.customer.email, "info@qwyzex.example.com")

    def test_people_who_log_in_stay(self):
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": "qwyzex",
                "partner_id": self.person.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "logs in"):
            self._wizard(self.reviewer).action_anonymise()

    def test_privacy_look_up_finds_our_records(self):
        if "privacy.lookup.wizard" not in self.env:
            self.skipTest("the ERP's privacy look-up is not installed")
        self.env["crm.resource.standing"]._refresh_purchases(self.customer)
        lookup = self.env["privacy.lookup.wizard"].create(
            {"name": NAME, "email": "info@qwyzex.example.com"}
        )
        lookup.action_lookup()
        found = set(lookup.line_ids.mapped("res_model"))
        self.assertLessEqual(
            {"res.partner", "crm.resource.assignment", "crm.resource.level.change"},
            found,
        )
        self.assertIn(self.customer.id, lookup.line_ids.mapped("res_id"))
