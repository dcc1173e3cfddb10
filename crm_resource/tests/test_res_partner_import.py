from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmResourceCommon, new_user

FIELDS = ["name", "customer_code", "country_id", "user_id", "annual_purchasing_power"]


@tagged("post_install", "-at_install")
class TestResPartnerImport(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = new_user(
            cls.env,
            "crm_owner",
            name="Olga Owner",
            groups="sales_team.group_sale_salesman",
            notification_type="inbox",
        )
        cls.partners = (
            cls.env["res.partner"]
            .with_user(cls.clerk)
            .with_context(default_customer_state="new", default_is_company=True)
        )

    def _load(self, *rows):
        result = self.partners.load(FIELDS, [list(row) for row in rows])
        self.env.cr.precommit.run()
        return result

    def _get_messages(self):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.owner.partner_id.ids)]
        )

    def test_customers_come_in_complete(self):
        result = self._load(
            ["One", "K1", "Germany", "Olga Owner", "5000"],
            ["Two", "", "China", "", ""],
        )
        self.assertFalse(result["messages"])
        one, two = self.env["res.partner"].browse(result["ids"])
        self.assertRecordValues(
            one | two,
            [
                {
                    "customer_state": "new",
                    "user_id": self.owner.id,
                    "annual_purchasing_power": 5000,
                    "level_id": self.new.id,
                },
                {
                    "customer_state": "new",
                    "user_id": False,
                    "annual_purchasing_power": 0,
                    "level_id": self.new.id,
                },
            ],
        )
        self.assertEqual(one.country_id.code, "DE")
        self.assertEqual(one.customer_code, "K1")
        self.assertTrue(two.customer_code)

    def test_one_message_for_each_salesperson(self):
        self._load(*([f"Customer {n}", "", "", "Olga Owner", ""] for n in range(12)))
        message = self._get_messages()
        self.assertEqual(len(message), 1)
        self.assertIn("12", message.subject)
        self.assertIn("Customer 0", message.body)
        customer = self.env["res.partner"].search([("name", "=", "Customer 0")])
        self.assertIn(self.owner.partner_id, customer.message_partner_ids)

    def test_an_update_tells_only_who_is_given_more(self):
        partners = self.partners.with_context(tracking_disable=True)
        old = partners.create({"name": "Old", "user_id": self.owner.id})
        fresh = partners.create({"name": "Fresh"})
        rows = [[str(p.id), p.name, "Olga Owner"] for p in old | fresh]
        result = self.partners.load([".id", "name", "user_id"], rows)
        self.assertFalse(result["messages"])
        self.env.cr.precommit.run()
        message = self._get_messages()
        self.assertEqual(len(message), 1)
        self.assertIn("Fresh", message.body)
        self.assertNotIn("Old", message.body)

    def test_who_is_not_given_anything_is_not_told(self):
        self._load(["One", "", "", "", ""])
        self.assertFalse(self._get_messages())

    def test_a_trial_tells_nobody(self):
        with self.env.cr.savepoint() as savepoint:
            self.partners.load(FIELDS, [["One", "", "", "Olga Owner", ""]])
            savepoint.rollback()
        self.env.cr.precommit.run()
        self.assertFalse(self._get_messages())

    def test_plain_contacts_are_imported_as_ever(self):
        rows = [[name, "", "", "Olga Owner", ""] for name in ("One", "Two")]
        # without what the common class says in its context to be quick
        plain = self.env(user=self.clerk, context={})["res.partner"]
        plain.load(FIELDS, rows)
        self.assertEqual(len(self._get_messages()), 2)

    @mute_logger("odoo.sql_db")
    def test_a_broken_row_is_named_and_nothing_is_imported(self):
        rows = {
            "no such country": ["Two", "", "Atlantis", "", ""],
            "negative purchasing power": ["Two", "", "", "", "-1"],
            "a code that is taken": ["Two", "K1", "", "", ""],
            "no number": ["Two", "", "", "", "plenty"],
        }
        for what, row in rows.items():
            with self.subTest(what):
                result = self._load(
                    ["One", "K1", "", "Olga Owner", ""],
                    row,
                    ["Three", "", "", "Olga Owner", ""],
                )
                self.assertFalse(result["ids"])
                errors = [m for m in result["messages"] if m["type"] == "error"]
                self.assertIn(1, [error["rows"]["from"] for error in errors])
                self.assertFalse(self.env["res.partner"].search([("name", "=", "One")]))
                self.assertFalse(self._get_messages())

    def test_who_may_not_make_contacts_may_not_import(self):
        outsider = new_user(self.env, "crm_outsider", groups="base.group_user")
        result = self.partners.with_user(outsider).load(FIELDS[:1], [["One"]])
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_only_reviewers_import_approved_customers(self):
        row = [["One", "approved"]]
        names = ["name", "customer_state"]
        self.assertFalse(self.partners.load(names, row)["ids"])
        self.assertTrue(self.partners.with_user(self.reviewer).load(names, row)["ids"])
