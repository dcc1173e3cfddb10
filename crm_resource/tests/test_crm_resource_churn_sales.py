from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from . import test_crm_resource_sales as sales
from .common import TODAY, new_user
from .common_churn import ChurnCase
from .test_crm_resource_past_sale_import import PastSaleCase


@tagged("post_install", "-at_install")
class TestChurnRhythm(ChurnCase):
    def test_silent_for_at_least(self):
        """Who buys every day is not about to be lost after three."""
        self.company.crm_churn_min_days = 30
        # every day of ten; the mean is one day
        customer = self._make_held(
            last=date(2026, 3, 10), first=date(2026, 3, 1), days=10
        )
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 13)))
        # silent for 30 days on 9 April
        self.assertIsNone(self._get_cause(customer, date(2026, 4, 9)))
        self.assertEqual(self._get_cause(customer, date(2026, 4, 10)), "rhythm")
        self.company.crm_churn_min_days = 0
        self.assertIsNone(self._get_cause(customer, date(2026, 3, 12)))
        self.assertEqual(self._get_cause(customer, date(2026, 3, 13)), "rhythm")
        # a rhythm of 20 days asks for 41 anyway
        self.company.crm_churn_min_days = 30
        slow = self._make_held(last=date(2026, 3, 10), first=date(2026, 1, 29), days=3)
        self.assertIsNone(self._get_cause(slow, date(2026, 4, 19)))
        self.assertEqual(self._get_cause(slow, date(2026, 4, 20)), "rhythm")

    def test_explained(self):
        self.company.write({"crm_churn_min_days": 90, "crm_churn_months": 0})
        config = self.env["res.config.settings"].create({})
        # 2 March and 91 days
        self.assertIn("06/01/2026", config.crm_churn_explanation)


@tagged("post_install", "-at_install")
class TestChurnCompanies(ChurnCase):
    def test_amounts_and_cases_are_of_one_company(self):
        """Of a customer of all companies, the case counts what its own has sold."""
        other = self.env["res.company"].create(
            {
                "name": "Elsewhere",
                "currency_id": self._enable_currency("EUR").id,
            }
        )
        customer = self._make_held("Shared", company_id=False)
        for company, amount, day in (
            (self.company, 100, date(2025, 5, 2)),
            (other, 7000, date(2025, 5, 20)),
        ):
            self._make_past_sale(customer, company, amount, day)
        self.standings._refresh_purchases()
        self._run()
        case = self._get_case(customer)
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.currency_id, self.company.currency_id)
        self.assertEqual(case.date_last_purchase, date(2025, 5, 20))
        self.assertEqual(case.sales_before, 100)
        self._decide(
            case,
            self.north,
            "defer",
            method_id=self.method.id,
            date_to=date(2026, 3, 20),
        )
        reviewer = new_user(
            self.env,
            "churn_elsewhere",
            "crm_resource.group_reviewer",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for records in (case, case.retention_ids):
            records.with_user(self.reviewer).check_access("read")
            with self.assertRaises(AccessError):
                records.with_user(reviewer).check_access("read")

    def _make_past_sale(self, customer, company, amount, day):
        imported = self.env["crm.resource.past.sale.import"].create(
            {"name": company.name, "company_id": company.id}
        )
        self.env["crm.resource.past.sale"].create(
            {
                "import_id": imported.id,
                "company_id": company.id,
                "partner_id": customer.id,
                "currency_id": company.currency_id.id,
                "document": "D",
                "key": f"{company.id}",
                "date": day,
                "amount": amount,
            }
        )


def make_case(env, customer):
    """Return a case of a customer that was found two weeks ago."""
    return env["crm.resource.churn"].create(
        {
            "name": "C",
            "partner_id": customer.id,
            "company_id": env.company.id,
            "currency_id": env.company.currency_id.id,
            "cause": "months",
            "date": TODAY - timedelta(days=14),
            "date_open": TODAY - timedelta(days=14),
        }
    )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChurnInvoices(AccountTestInvoicingCommon):
    """What wins a customer back does so at once, whatever counts as sales."""

    _make_invoice = sales.TestCrmResourceSalesInvoices._make_invoice
    _pay = sales.TestCrmResourceSalesInvoices._pay

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.sudo().customer_state = "approved"
        cls.bank = cls.company_data["default_journal_bank"]
        cls.case = make_case(cls.env(su=True), cls.partner_a)
        cls.company = cls.env.company.sudo()

    def test_an_invoice_wins_back_where_it_counts(self):
        self.company.crm_sales_basis = "invoice"
        self._make_invoice([100], move_type="out_refund")
        self.assertEqual(self.case.state, "open")
        self._make_invoice([100])
        self.assertEqual(self.case.state, "won_back")
        self.assertEqual(self.case.date_closed, TODAY)
        self.assertEqual(self.case.partner_id.lifecycle, "active")

    def test_an_invoice_is_no_sale_where_orders_are(self):
        self.company.crm_sales_basis = "order"
        self._make_invoice([100])
        self.assertEqual(self.case.state, "open")

    def test_a_payment_wins_back_where_it_counts(self):
        self.company.crm_sales_basis = "payment"
        invoice = self._make_invoice([100])
        self.assertEqual(self.case.state, "open")
        self._pay(invoice, 60)
        self.assertEqual(self.case.state, "won_back")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChurnPastSales(PastSaleCase):
    def test_an_import_wins_back(self):
        """Past sales of the time since the case was found, and no older ones."""
        cases = {}
        for code, day in (("A1", "2026-03-02"), ("B2", "2026-02-28")):
            customer = self._make_customer(code, ref=code)
            cases[code] = make_case(self.env, customer)
            self._import(
                [["1", day, code, code, "L1", "Lamp", "1", "10"]], source=f"shop {code}"
            )
        self.assertEqual(cases["A1"].partner_id.date_last_purchase, date(2026, 3, 2))
        self.assertEqual(cases["A1"].state, "won_back")
        self.assertEqual(cases["B2"].state, "open")
