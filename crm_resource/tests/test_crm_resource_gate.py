from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from .common import CrmResourceCommon


@tagged("post_install", "-at_install")
class TestGate(CrmResourceCommon):
    """Quotations for everybody; orders and invoices for approved customers only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer(
            "Waiting", customer_state="new", user_id=cls.salesperson.id
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id}
        )
        cls.quotation = cls._quote(cls.contact)

    @classmethod
    def _quote(cls, partner, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.salesperson.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
                **values,
            }
        )

    def _bill(self, move_type="out_invoice", **values):
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.contact.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": 5, "tax_ids": []}
                    )
                ],
                **values,
            }
        )

    def test_every_way_to_an_order(self):
        order = self.quotation
        mine = order.with_user(self.salesperson)
        for way in (
            mine.action_confirm,
            order.sudo().action_confirm,
            lambda: mine.write({"state": "sale"}),
            lambda: mine.web_save({"state": "sale"}, {}),
            lambda: self._quote(self.contact, state="sale"),
            lambda: self._quote(self.customer).action_confirm(),
            lambda: order.with_user(self.env.ref("base.user_root")).action_confirm(),
        ):
            with self.assertRaisesRegex(UserError, "Waiting"):
                way()
            self.assertEqual(order.state, "draft")
        result = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .load(["partner_id/.id", "state"], [[str(self.customer.id), "sale"]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("Waiting", result["messages"][0]["message"])

    def test_open_for_approved_customers(self):
        self.assertIn("Waiting", self.quotation.gate_message)
        self.customer.customer_state = "approved"
        self.env.invalidate_all()
        self.assertFalse(self.quotation.gate_message)
        self.quotation.with_user(self.salesperson).action_confirm()
        self.assertEqual(self.quotation.state, "sale")

    def test_contacts_are_as_in_the_erp(self):
        plain = self.env["res.partner"].create({"name": "Plain"})
        order = self._quote(plain)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_warning(self):
        self.company.crm_gate_order = "warn"
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.state, "sale")
        self.assertIn("Waiting", str(self.quotation.message_ids.mapped("body")))

    def test_off(self):
        self.company.crm_gate_order = "none"
        self.assertFalse(self.quotation.gate_message)
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.state, "sale")

    def test_portal_asks_for_nothing(self):
        order = self.quotation
        order.write({"require_signature": True, "require_payment": True})
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())
        self.customer.customer_state = "approved"
        self.assertTrue(order._has_to_be_signed())
        self.assertTrue(order._has_to_be_paid())

    def test_invoices(self):
        invoice = self._bill()
        for way in (
            invoice.action_post,
            invoice.sudo().action_post,
            lambda: invoice.write({"state": "posted"}),
        ):
            with self.assertRaisesRegex(UserError, "Waiting"):
                way()
            self.assertEqual(invoice.state, "draft")
        self.customer.customer_state = "approved"
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_money_goes_back_and_vendors_are_paid(self):
        for move_type in ("out_refund", "in_invoice"):
            with self.subTest(move_type):
                move = self._bill(move_type)
                move.action_post()
                self.assertEqual(move.state, "posted")


@tagged("post_install", "-at_install")
class TestPayment(AccountPaymentCommon):
    def test_money_is_kept(self):
        """A payment that arrives all the same is booked, and somebody sees to it."""
        customer = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Waiting", "is_company": True, "customer_state": "new"})
        )
        product = self.env["product.product"].sudo().create({"name": "Lamp"})
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": customer.id,
                    "require_payment": True,
                    "order_line": [
                        Command.create({"product_id": product.id, "price_unit": 100})
                    ],
                }
            )
        )
        self.amount, self.currency = order.amount_total, order.currency_id
        self.partner = customer
        transaction = self._create_transaction(
            flow="redirect", sale_order_ids=[Command.set(order.ids)], state="done"
        )
        transaction._post_process()
        self.assertEqual(transaction.payment_id.amount, order.amount_total)
        self.assertEqual(order.state, "sent")
        (activity,) = order.activity_ids
        self.assertIn("Waiting", activity.note)
        customer.customer_state = "approved"
        order.action_confirm()
        self.assertEqual(order.state, "sale")
