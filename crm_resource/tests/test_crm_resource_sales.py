from datetime import date, datetime

from freezegun import freeze_time
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import TODAY, CrmResourceCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceSalesOrders(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer()

    def test_confirmed_orders_only(self):
        self._make_order(self.customer, 100)
        quotation = self._make_order(self.customer, 50)
        quotation._action_cancel()
        self.assertEqual(self._get_turnover(self.customer), 100)

    def test_windows_include_both_days(self):
        for day, amount in ((1, 1), (2, 10), (3, 100)):
            self._make_order(self.customer, amount, date(2026, 1, day))
        window = {"date_from": date(2026, 1, 2), "date_to": date(2026, 1, 3)}
        self.assertEqual(self._get_turnover(self.customer, **window), 110)

    def test_day_is_the_company_s(self):
        """Half past midnight in Shanghai is still yesterday in UTC."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        order = self._make_order(self.customer, 100)
        order.date_order = datetime(2025, 12, 31, 16, 30)
        january = {"date_from": date(2026, 1, 1), "date_to": date(2026, 1, 31)}
        december = {"date_from": date(2025, 12, 1), "date_to": date(2025, 12, 31)}
        self.assertEqual(self._get_turnover(self.customer, **january), 100)
        self.assertEqual(self._get_turnover(self.customer, **december), 0)

    def test_quantity_is_in_the_product_s_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._make_order(self.customer, 24)
        order.order_line.product_uom_id = dozen
        row = self._get_sales()[-1]
        self.assertEqual(row["quantity"], 12)

    def test_foreign_orders_are_converted_at_their_day(self):
        other = self._make_currency("XSL", {"2025-01-01": 2, "2026-02-01": 4})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": other.id}
        )
        for day, expected in ((date(2026, 1, 31), 50), (date(2026, 2, 1), 25)):
            partner = self._make_customer()
            order = self._make_order(partner, 100, day, pricelist_id=pricelist.id)
            self.assertEqual(order.currency_id, other)
            self.assertEqual(self._get_turnover(partner), expected, day)

    def test_wanted_currency_at_the_day_of_each_row(self):
        other = self._make_currency("XSL", {"2025-01-01": 2, "2026-02-01": 4})
        self._make_order(self.customer, 10, date(2026, 1, 31))
        self._make_order(self.customer, 10, date(2026, 2, 1))
        rows = self._get_sales(currency=other)
        self.assertEqual([row["amount"] for row in rows], [20, 40])

    def test_documents_count_from_the_day_that_is_set(self):
        self._make_order(self.customer, 100, date(2025, 12, 31))
        self._make_order(self.customer, 10, date(2026, 1, 1))
        self.company.crm_date_sales_start = date(2026, 1, 1)
        self.assertEqual(self._get_turnover(self.customer), 10)

    def test_merged_customer_keeps_his_sales(self):
        twin = self._make_customer("Twin")
        self._make_order(twin, 70)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, twin.id], self.customer
        )
        self.assertEqual(self._get_turnover(self.customer), 70)
        self.assertFalse(twin.exists())

    @classmethod
    def _make_currency(cls, name, rates):
        return cls.env["res.currency"].create(
            {
                "name": name,
                "symbol": name,
                "rounding": 0.01,
                "rate_ids": [
                    Command.create({"name": day, "rate": rate})
                    for day, rate in rates.items()
                ],
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceSalesInvoices(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.sudo().customer_state = "approved"
        cls.bank = cls.company_data["default_journal_bank"]

    _get_sales = classmethod(CrmResourceCommon._get_sales.__func__)
    _get_turnover = classmethod(CrmResourceCommon._get_turnover.__func__)

    def _make_invoice(self, amounts, move_type="out_invoice", taxes=None):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.partner_a.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "price_unit": amount,
                            "tax_ids": [
                                Command.set((taxes or self.env["account.tax"]).ids)
                            ],
                        }
                    )
                    for amount in amounts
                ],
            }
        )
        move.action_post()
        return move

    def _pay(self, invoice, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "amount": amount,
                "payment_date": TODAY,
                "journal_id": self.bank.id,
                "payment_difference_handling": "open",
            }
        )._create_payments()

    def _turnover(self, basis):
        return self._get_turnover(self.partner_a, basis=basis)

    def test_invoices_net_of_credit_notes_untaxed(self):
        self._make_invoice([100, 50], taxes=self.company_data["default_tax_sale"])
        self._make_invoice([30], "out_refund")
        self.assertEqual(self._turnover("invoice"), 120)

    def test_drafts_do_not_count(self):
        self._make_invoice([100]).button_draft()
        self.assertEqual(self._turnover("invoice"), 0)

    def test_payment_counts_without_tax(self):
        invoice = self._make_invoice([100], taxes=self.company_data["default_tax_sale"])
        self.assertEqual(self._turnover("payment"), 0)
        self._pay(invoice, invoice.amount_total / 2)
        self.assertEqual(self._turnover("payment"), 50)
        self._pay(invoice, invoice.amount_residual)
        self.assertEqual(self._turnover("payment"), 100)

    def test_unreconciled_payment_does_not_count(self):
        invoice = self._make_invoice([100])
        self._pay(invoice, 100)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(self._turnover("payment"), 0)

    def test_credit_note_settles_without_money(self):
        invoice = self._make_invoice([100])
        refund = self._make_invoice([100], "out_refund")
        (invoice + refund).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self._turnover("payment"), 0)
        self.assertEqual(self._turnover("invoice"), 0)

    def test_money_paid_back_counts_against(self):
        refund = self._make_invoice([40], "out_refund")
        self._pay(refund, 40)
        self.assertEqual(self._turnover("payment"), -40)

    def test_company_s_own_basis(self):
        invoice = self._make_invoice([100])
        self._pay(invoice, 25)
        for basis, expected in (("order", 0), ("invoice", 100), ("payment", 25)):
            self.env.company.crm_sales_basis = basis
            self.assertEqual(self._get_turnover(self.partner_a), expected, basis)

    @settings(max_examples=6, deadline=None, phases=[Phase.generate])
    @given(
        amounts=st.lists(
            st.decimals(min_value="0.01", max_value=9999, places=2),
            min_size=1,
            max_size=4,
        ),
        cuts=st.lists(st.integers(min_value=1, max_value=99), max_size=3, unique=True),
    )
    def test_shares_of_a_paid_invoice_add_up(self, amounts, cuts):
        """However an invoice is paid, in the end exactly its untaxed amount counts,
        and no part has a fraction of a cent."""
        with self.env.cr.savepoint() as savepoint:
            invoice = self._make_invoice(
                [float(amount) for amount in amounts],
                taxes=self.company_data["default_tax_sale"],
            )
            for cut in sorted(cuts, reverse=True):
                part = invoice.currency_id.round(invoice.amount_residual * cut / 100)
                if part:
                    self._pay(invoice, part)
            if invoice.amount_residual:
                self._pay(invoice, invoice.amount_residual)
            rows = [
                row["amount"]
                for row in self._get_sales(basis="payment")
                if row["partner_id"] == self.partner_a.id
            ]
            self.assertEqual(round(sum(rows), 2), float(sum(amounts)))
            self.assertEqual(round(sum(rows), 2), invoice.amount_untaxed)
            self.assertEqual(rows, [round(row, 2) for row in rows])
            savepoint.rollback()
            self.env.invalidate_all()
