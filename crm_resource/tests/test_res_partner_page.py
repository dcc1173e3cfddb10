from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import new_users
from .test_crm_resource_audience import AudienceCase

NOW = datetime(2026, 3, 15, 9)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestResPartnerPage(AudienceCase):
    """The figures on top of a customer's page, and what is done from it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_sales_basis = "order"
        cls.company.crm_date_sales_start = False
        cls.customer = cls._make_customer(
            "Page", user_id=cls.users["north"].id, team_id=cls.north.id
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Page contact", "parent_id": cls.customer.id}
        )

    def _get_figures(self, user, customer=None):
        customer = (customer or self.customer).with_user(self.users[user])
        self.env.flush_all()
        return {figure["key"]: figure for figure in customer.get_page_figures()}

    def _post_invoice(self, amount, day, due):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.contact.id,
                "invoice_date": day,
                "invoice_date_due": due,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = due
        invoice.action_post()
        return invoice

    def test_sales_of_twelve_months(self):
        # the first day counts to the last twelve months, the day before does not
        for amount, day in (
            (300, "2026-03-15"),
            (600, "2025-03-16"),
            (450, "2025-03-15"),
            (150, "2024-03-16"),
            (999, "2024-03-15"),
        ):
            self._make_order(self.contact, amount, datetime.fromisoformat(day))
        self._make_order(self.south_customer, 5000, NOW)
        sales = self._get_figures("north")["sales"]
        self.assertEqual((sales["value"], sales["trend"]), (900, 0.5))
        self.assertEqual(sales["currency_id"], self.currency.id)

    def test_no_trend_without_sales_before(self):
        self._make_order(self.customer, 300, NOW)
        self.assertIsNone(self._get_figures("north")["sales"]["trend"])

    def test_receivable_of_a_salesperson(self):
        self._post_invoice(100, "2026-01-10", "2026-02-10")
        self._post_invoice(70, "2026-03-10", "2026-04-10")
        key = self.company.id
        for user in ("north", "accountant", "executive"):
            figures = self._get_figures(user)
            self.assertEqual(figures[f"receivable_{key}"]["value"], 170)
            self.assertEqual(figures[f"overdue_{key}"]["value"], 100)
            self.assertEqual(figures[f"overdue_{key}"]["tone"], "danger")
        journal_items = self.env["account.move.line"].with_user(self.users["clerk"])
        self.assertFalse(journal_items.has_access("read"))

    def test_receivable_is_of_own_companies(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self._post_invoice(100, "2026-01-10", "2026-02-10")
        self.customer.company_id = False
        user = self.users["north"]
        user.company_ids |= other
        figures = {
            figure["key"]: figure
            for figure in self.customer.with_user(user)
            .with_context(allowed_company_ids=[other.id])
            .get_page_figures()
        }
        self.assertEqual(figures[f"receivable_{other.id}"]["value"], 0)
        self.assertNotIn(f"receivable_{self.company.id}", figures)

    def test_clerk_sees_no_money(self):
        self.customer.customer_state = "new"
        figures = self._get_figures("clerk")
        self.assertFalse({"sales", "opportunities"} & figures.keys())
        self.assertFalse([key for key in figures if key.startswith("receivable")])
        self.assertIn("level", figures)

    def test_open_opportunities(self):
        common = {"type": "opportunity", "user_id": self.users["north"].id}
        leads = self.env["crm.lead"].create(
            [
                {
                    **common,
                    "name": f"Lead {revenue}",
                    "partner_id": partner.id,
                    "expected_revenue": revenue,
                }
                for revenue, partner in (
                    (1000, self.customer),
                    (500, self.contact),
                    (50, self.customer),
                    (5, self.customer),
                )
            ]
        )
        leads[2].action_set_won()
        leads[3].action_set_lost()
        figure = self._get_figures("north")["opportunities"]
        self.assertEqual((figure["value"], figure["note"]), (1500, "2 open"))

    def test_contacts_of_today(self):
        self.env["calendar.event"].create(
            [
                {
                    "name": "Meeting",
                    "start": NOW + timedelta(days=days),
                    "stop": NOW + timedelta(days=days, hours=1),
                    "partner_ids": [Command.set(self.contact.ids)],
                }
                for days in (-30, -7, 3, 20)
            ]
        )
        figures = self._get_figures("north")
        self.assertEqual(figures["last_contact"]["value"], "2026-03-08")
        self.assertEqual(figures["last_contact"]["note"], "7 days ago")
        self.assertEqual(figures["next_contact"]["value"], "2026-03-18")

    def test_level(self):
        self.assertEqual(self._get_figures("north")["level"]["value"], "New")

    def test_others_see_nothing(self):
        with self.assertRaises(AccessError):
            self._get_figures("south")
        self.assertEqual(
            self.contact.with_user(self.users["north"]).get_page_figures(), []
        )
        [portal] = new_users(self.env, {"page_portal": "base.group_portal"})
        portal.partner_id.customer_state = "approved"
        for method in ("get_page_figures", "get_timeline"):
            with self.assertRaises(AccessError):
                getattr(portal.partner_id.with_user(portal), method)()

    def test_queries_do_not_grow(self):
        customer = self.customer.with_user(self.users["north"])

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            customer.get_page_figures()
            return self.env.cr.sql_log_count - before

        self._make_order(self.customer, 10, NOW)
        count()
        few = count()
        for number in range(8):
            self._make_order(self.customer, 10, NOW)
            self.env["crm.lead"].create(
                {
                    "name": f"Lead {number}",
                    "partner_id": self.customer.id,
                    "type": "opportunity",
                    "user_id": self.users["north"].id,
                }
            )
            self.env["res.partner"].create(
                {"name": f"Contact {number}", "parent_id": self.customer.id}
            )
        self.assertEqual(count(), few)

    def test_sales_of_some_customers_on_every_basis(self):
        """The builder gives the same for one customer as it does for all."""
        for day in ("2026-01-10", "2026-02-10"):
            self._post_invoice(100, day, day)
        self._make_order(self.customer, 30, NOW)
        self.env["account.payment.register"].with_context(
            active_model="account.move",
            active_ids=self.env["account.move"]
            .search([("partner_id", "=", self.contact.id)], limit=1)
            .ids,
        ).create({}).action_create_payments()
        for basis in ("order", "invoice", "payment"):
            with self.subTest(basis=basis):
                of_all = [
                    row
                    for row in self._get_sales(basis=basis)
                    if row["partner_id"] == self.customer.id
                ]
                self.assertEqual(
                    self._get_sales(basis=basis, partners=self.customer), of_all
                )

    # ------------------------------------------------------------
    # One click
    # ------------------------------------------------------------

    def _log_call(self, user, **values):
        call = (
            self.env["crm.resource.call"]
            .with_user(self.users[user])
            .create({"partner_id": self.customer.id, "note": "Wants a pump", **values})
        )
        return call.action_log()

    def test_logged_call_counts_as_contact(self):
        self._log_call("north", date=NOW - timedelta(days=2), date_next="2026-03-20")
        self.assertRecordValues(
            self.customer,
            [
                {
                    "date_last_contact": datetime(2026, 3, 13).date(),
                    "date_next_contact": datetime(2026, 3, 20).date(),
                }
            ],
        )
        figures = self._get_figures("north")
        self.assertEqual(figures["last_contact"]["value"], "2026-03-13")
        self.assertEqual(figures["next_contact"]["value"], "2026-03-20")
        [planned] = self.customer.activity_ids
        self.assertEqual(planned.user_id, self.users["north"])
        timeline = self.customer.with_user(self.users["north"]).get_timeline(
            kinds=["activity"]
        )
        [event] = timeline["events"]
        self.assertIn("Wants a pump", event["text"])
        self.assertEqual(event["date"], "2026-03-13 09:00:00")
        # the night comes to the same
        self.env["crm.resource.standing"]._refresh_contacts(self.customer)
        self.assertEqual(str(self.customer.date_last_contact), "2026-03-13")

    def test_bad_calls_change_nothing(self):
        for values in (
            {"note": "  "},
            {"date": NOW + timedelta(hours=1)},
            {"date_next": "2026-03-14"},
        ):
            with self.assertRaises(UserError):
                self._log_call("north", **values)
        self.assertFalse(self.customer.activity_ids)
        self.assertFalse(self.customer.date_last_contact)

    def test_strangers_log_no_call(self):
        with self.assertRaises(AccessError):
            self._log_call("south")
        self.customer.collaborator_ids = [
            Command.create({"user_id": self.users["south"].id, "access": "read"})
        ]
        with self.assertRaises(AccessError):
            self._log_call("south")

    def test_actions_know_the_customer(self):
        customer = self.customer.with_user(self.users["north"])
        for action, name, value in (
            ("send_customer_mail", "default_partner_ids", customer.ids),
            ("send_customer_sms", "default_res_id", customer.id),
            ("log_call", "default_partner_id", customer.id),
            ("new_opportunity", "default_partner_id", customer.id),
            ("new_quotation", "default_partner_id", customer.id),
        ):
            opened = getattr(customer, f"action_{action}")()
            self.assertEqual(opened["context"][name], value)
            model = self.env[opened["res_model"]].with_user(self.users["north"])
            self.assertTrue(model.with_context(**opened["context"]).new({}))
        meeting = customer.action_new_meeting()["context"]
        self.assertEqual(
            set(meeting["default_partner_ids"]),
            {customer.id, self.users["north"].partner_id.id},
        )
        with self.assertRaises(AccessError):
            self.customer.with_user(self.users["south"]).action_new_quotation()
