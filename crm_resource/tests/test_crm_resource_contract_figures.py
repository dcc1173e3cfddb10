from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_contract import TODAY, ContractCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceContractFigures(ContractCommon):
    """Journal items and reconciliations say what became of instalments."""

    def _post(self, instalments, **values):
        moves = self._invoice(instalments).sudo()
        moves.write({"invoice_date": TODAY, **values})
        moves.action_post()
        return moves

    def _check(self, instalment, state, *figures):
        """Check the state, and what is invoiced, credited, received and open."""
        self.env.invalidate_all()
        names = ("amount_invoiced", "amount_credited", "amount_received", "amount_open")
        self.assertEqual(
            (instalment.state, *(instalment[name] for name in names)),
            (state, *figures),
        )
        for key, is_found in ((state, True), ("planned", state == "planned")):
            found = instalment.search([("state", "=", key)])
            self.assertEqual(instalment in found, is_found)

    def test_before_the_invoice(self):
        contract = self._make_contract(
            [100],
            [
                {"name": "Now", "percent": 50, "date_planned": TODAY},
                {"name": "Later", "percent": 50, "date_planned": "2026-03-17"},
            ],
        )
        now, later = contract.instalment_ids
        self._check(now, "planned", 0, 0, 0, 0)
        contract.action_sign()
        self._check(now, "due", 0, 0, 0, 0)
        self._check(later, "waiting", 0, 0, 0, 0)
        with freeze_time("2026-03-17"):
            self._check(later, "due", 0, 0, 0, 0)

    def test_draft_is_no_invoice_but_is_made_once(self):
        part = self._sign([100]).instalment_ids
        move = self._invoice(part)
        self._check(part, "due", 0, 0, 0, 0)
        self.assertTrue(part.is_settled)
        with self.assertRaisesRegex(UserError, "invoiced already"):
            self._invoice(part)
        move.button_cancel()
        self._check(part, "due", 0, 0, 0, 0)
        self.assertFalse(part.is_settled)
        self._invoice(part)

    def test_partly_paid_and_paid(self):
        part = self._sign([100]).instalment_ids
        move = self._post(part)
        self._check(part, "invoiced", 100, 0, 0, 100)
        self._pay(move, 40)
        self._check(part, "partial", 100, 0, 40, 60)
        self._pay(move)
        self._check(part, "paid", 100, 0, 100, 0)

    def test_overdue(self):
        part = self._sign(
            [100],
            payment_term_id=self.env.ref("account.account_payment_term_15days").id,
        ).instalment_ids
        move = self._post(part)
        self.assertEqual(part.date_maturity, date(2026, 3, 31))
        with freeze_time("2026-03-31"):
            self._check(part, "invoiced", 100, 0, 0, 100)
        with freeze_time("2026-04-01"):
            self._check(part, "overdue", 100, 0, 0, 100)
            self._pay(move, 99)
            self._check(part, "overdue", 100, 0, 99, 1)
            self._pay(move)
            self._check(part, "paid", 100, 0, 100, 0)

    def test_payment_over_several_instalments(self):
        contract = self._sign([100], [60, 40])
        first, second = contract.instalment_ids
        moves = self._post(first) + self._post(second)
        self._pay(moves, 70, group_payment=True)
        self._check(first, "partial", 60, 0, 30, 30)
        self._check(second, "paid", 40, 0, 40, 0)

    def test_one_invoice_of_several_instalments(self):
        contracts = self._sign([100], [50, 50]) + self._sign([0.01])
        parts = contracts.instalment_ids
        move = self._invoice(parts, is_grouped=True).sudo()
        self.assertEqual(len(move), 1)
        self.assertFalse(move.crm_contract_id)
        move.invoice_date = TODAY
        move.action_post()
        self._pay(move, 33.33)
        self.env.invalidate_all()
        self.assertEqual(parts.mapped("amount_invoiced"), [50, 50, 0.01])
        self.assertAlmostEqual(sum(parts.mapped("amount_received")), 33.33)
        self.assertAlmostEqual(sum(parts.mapped("amount_open")), 66.68)
        self.assertEqual(contracts.mapped("amount_invoiced"), [100, 0.01])

    def test_overpayment(self):
        part = self._sign([100]).instalment_ids
        self._pay(self._post(part), 120)
        self._check(part, "paid", 100, 0, 100, 0)

    def test_credit_note(self):
        part = self._sign([100]).instalment_ids
        move = self._post(part)
        self._credit(move, 30)
        self._check(part, "invoiced", 100, 30, 0, 70)
        self._pay(move)
        self._check(part, "paid", 100, 30, 70, 0)

    def _credit(self, move, amount=None):
        refund = move._reverse_moves(
            [{"invoice_date": TODAY, "date": TODAY}], cancel=False
        )
        if amount:
            refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        (move + refund).line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        ).reconcile()
        return refund

    def test_credited_instalment_is_invoiced_again(self):
        part = self._sign([100]).instalment_ids
        move = self._post(part)
        self._credit(move)
        self._check(part, "due", 100, 100, 0, 0)
        again = self._post(part)
        self._pay(again)
        self._check(part, "paid", 200, 100, 100, 0)

    def test_copy_of_an_invoice_is_not_the_instalment_s(self):
        part = self._sign([100]).instalment_ids
        copy = self._post(part).copy()
        self.assertFalse(copy.invoice_line_ids.crm_instalment_id)
        self.assertFalse(copy.crm_contract_id)

    def test_write_off(self):
        part = self._sign([100]).instalment_ids
        self._pay(
            self._post(part),
            95,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self._check(part, "paid", 100, 0, 95, 0)
        rows = self.env["crm.resource.sales"]._get_query(basis="payment")
        self.env.cr.execute(rows)
        self.assertEqual(sum(row[-1] for row in self.env.cr.fetchall()), 95)

    def test_reversed_payment(self):
        part = self._sign([100]).instalment_ids
        move = self._post(part)
        payment = self._pay(move)
        self._check(part, "paid", 100, 0, 100, 0)
        payment.move_id._reverse_moves([{"date": TODAY}], cancel=True)
        self._check(part, "invoiced", 100, 0, 0, 100)

    def test_payment_before_the_invoice(self):
        part = self._sign([100]).instalment_ids
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.customer.id,
                "amount": 100,
                "date": TODAY,
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        move = self._post(part)
        self._check(part, "invoiced", 100, 0, 0, 100)
        (payment.move_id + move).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self._check(part, "paid", 100, 0, 100, 0)

    def test_payment_for_a_contract(self):
        contract = self._sign([100])
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.customer.id,
                "amount": 30,
                "date": TODAY,
                "journal_id": self.bank.id,
                "crm_contract_id": contract.id,
            }
        )
        payment.action_post()
        self.assertEqual(payment.move_id.line_ids.crm_contract_id, contract)
        self.assertEqual(contract.amount_advance, 30)
        move = self._post(contract.instalment_ids)
        (payment.move_id + move).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.env.invalidate_all()
        self.assertEqual((contract.amount_advance, contract.amount_open), (0, 70))
        rest = self._pay(move)
        self.assertEqual(rest.crm_contract_id, contract)
        payment.crm_contract_id = False
        self.assertFalse(payment.move_id.line_ids.crm_contract_id)

    def test_payment_of_another_customer(self):
        contract = self._sign([100])
        with self.assertRaisesRegex(ValidationError, "no contract of"):
            self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_id": self.partner_b.id,
                    "amount": 30,
                    "journal_id": self.bank.id,
                    "crm_contract_id": contract.id,
                }
            )

    def _link(self, instalment, moves, user=None):
        self.env["crm.resource.contract.link"].with_user(
            user or self.accountant
        ).create(
            {
                "instalment_id": instalment.id,
                "move_ids": [Command.set(moves.ids)],
            }
        ).action_link()

    def _make_move(self, amount, partner=None):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.customer).id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Pump", "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        move.action_post()
        return move

    def test_existing_invoice_is_linked(self):
        first, second = self._sign([100], [50, 50]).instalment_ids
        move = self._make_move(50)
        self._link(first, move)
        self._check(first, "invoiced", 50, 0, 0, 50)
        self.assertEqual(move.crm_contract_id, first.contract_id)
        with self.assertRaisesRegex(UserError, "linked to .* already"):
            self._link(second, move)
        with self.assertRaisesRegex(UserError, "invoiced already"):
            self._invoice(first)
        first.with_user(self.accountant).action_unlink_invoices()
        self._check(first, "due", 0, 0, 0, 0)
        self.assertFalse(move.crm_contract_id)
        self.assertEqual(move.state, "posted")
        self.assertFalse(move.line_ids.crm_contract_id)

    def test_what_cannot_be_linked(self):
        part = self._sign([100]).instalment_ids
        with self.assertRaisesRegex(UserError, "Choose the invoices"):
            self._link(part, self.env["account.move"])
        with self.assertRaisesRegex(UserError, "same customer"):
            self._link(part, self._make_move(50, self.partner_b))
        for step in ("action_link", "action_unlink_invoices"):
            with self.assertRaises(AccessError):
                getattr(part, step)()

    def test_order_s_invoice_is_linked_and_counts_once(self):
        contract = self._sign([100])
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "crm_contract_id": contract.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "price_unit": 100,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        move = order._create_invoices()
        move.action_post()
        self.env.invalidate_all()
        self.assertEqual(contract.amount_invoiced, 100)
        self._link(contract.instalment_ids, move)
        self._check(contract.instalment_ids, "invoiced", 100, 0, 0, 100)
        self.assertEqual(contract.amount_invoiced, 100)
        contract.instalment_ids.with_user(self.accountant).action_unlink_invoices()
        self.assertEqual(move.crm_contract_id, contract)

    def test_many_at_once(self):
        due = self._sign([100], [50, 50]).instalment_ids
        later = self._sign(
            [10], [{"name": "Later", "percent": 100, "milestone": "Delivered"}]
        ).instalment_ids
        dialog = (
            self.env["crm.resource.contract.invoice"]
            .with_user(self.accountant)
            .create(
                {
                    "instalment_ids": [Command.set((due | later).ids)],
                    "is_grouped": True,
                }
            )
        )
        self.assertEqual(dialog.count, 2)
        self.assertIn("Delivered", dialog.refused)
        action = dialog.action_invoice()
        self.assertEqual(
            self.env["account.move"].browse(action["res_id"]).amount_total, 100
        )
        with self.assertRaises(UserError):
            dialog.action_invoice()

    def _get_receipts(self, contracts, kind):
        self.env.flush_all()
        rows = self.env["crm.resource.contract.receipt"].search(
            [("contract_id", "in", contracts.ids), ("kind", "=", kind)]
        )
        return [(row.date, row.amount) for row in rows]

    def test_receipts_and_what_is_expected(self):
        contract = self._sign(
            [100],
            [
                {"name": "Now", "percent": 60, "date_planned": TODAY},
                {"name": "Later", "percent": 30, "date_planned": "2026-06-01"},
                {"name": "Last", "percent": 10, "milestone": "Accepted"},
            ],
            payment_term_id=self.env.ref("account.account_payment_term_15days").id,
        )
        self.assertEqual(
            self._get_receipts(contract, "planned"),
            [(TODAY, 60), (date(2026, 6, 1), 30), (False, 10)],
        )
        move = self._post(contract.instalment_ids[0])
        self._pay(move, 25)
        self.assertEqual(self._get_receipts(contract, "received"), [(TODAY, 25)])
        self.assertEqual(
            self._get_receipts(contract, "open"), [(date(2026, 3, 31), 35)]
        )
        self.assertEqual(
            self._get_receipts(contract, "planned"),
            [(date(2026, 6, 1), 30), (False, 10)],
        )
        self._credit(move)
        self.assertEqual(
            self._get_receipts(contract, "planned"),
            [(TODAY, 60), (date(2026, 6, 1), 30), (False, 10)],
        )

    def test_receipts_of_one_invoice_of_several_contracts(self):
        contracts = self._sign([10]) + self._sign([20])
        move = self._invoice(contracts.instalment_ids, is_grouped=True).sudo()
        move.invoice_date = TODAY
        move.action_post()
        self._pay(move, 10)
        received = [self._get_receipts(one, "received") for one in contracts]
        self.assertEqual(received, [[(TODAY, 3.33)], [(TODAY, 6.67)]])
        seen = self.env["crm.resource.contract.receipt"].with_user(self.salesperson)
        found = seen.search([("contract_id", "in", contracts.ids)])
        self.assertEqual(sum(found.mapped("amount")), 30)
        self.assertFalse(
            seen.with_user(self.other).search([("contract_id", "in", contracts.ids)])
        )

    def test_cash_discount(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        tax = self.company_data["default_tax_sale"]
        line = {
            "name": "Pump",
            "price_unit": 100,
            "tax_ids": [Command.set(tax.ids)],
        }
        contract = self._sign([line], payment_term_id=term.id)
        total = contract.amount_total
        self.assertGreater(total, 100)
        move = self._post(contract.instalment_ids)
        self._pay(move, payment_difference_handling="reconcile")
        received = contract.currency_id.round(total * 0.98)
        self._check(contract.instalment_ids, "paid", total, 0, received, 0)

    def test_exchange_difference(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XCT",
                "symbol": "X",
                "rounding": 0.01,
                "rate_ids": [
                    Command.create({"name": "2026-01-01", "rate": 2}),
                    Command.create({"name": "2026-03-20", "rate": 4}),
                ],
            }
        )
        part = self._sign([100], currency_id=currency.id).instalment_ids
        move = self._post(part)
        self.assertEqual(move.amount_total_signed, 50)
        self._pay(move, 40, payment_date="2026-03-20", currency_id=currency.id)
        self._check(part, "partial", 100, 0, 40, 60)
        # the rest in the company's currency
        self._pay(
            move, 15, payment_date="2026-03-20", currency_id=self.company.currency_id.id
        )
        self._check(part, "paid", 100, 0, 100, 0)

    def test_queries_do_not_grow(self):
        parts = self._sign([1000], [10] * 10).instalment_ids
        few = self._sign([1000], [50, 50]).instalment_ids
        for instalments in (parts, few):
            self._pay(self._post(instalments[:2]), 30, group_payment=True)

        def count(instalments):
            self.env.invalidate_all()
            instalments = instalments.browse(instalments.ids)
            instalments.mapped("sequence")
            before = self.env.cr.sql_log_count
            instalments.mapped("state")
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(parts), count(few))

    def test_salespeople_see_states_and_no_invoices(self):
        part = self._sign([100]).instalment_ids
        move = self._post(part)
        self._pay(move, 40)
        seen = part.with_user(self.salesperson)
        self._check(seen, "partial", 100, 0, 40, 60)
        self.assertEqual(seen.contract_id.amount_received, 40)
        self.assertEqual(seen.contract_id.progress, "0/1")

    def test_contract_on_invoice_and_journal_items(self):
        contract = self._sign([100])
        move = self._post(contract.instalment_ids)
        self.assertEqual(move.crm_contract_id, contract)
        self.assertEqual(move.line_ids.crm_contract_id, contract)
        self.assertTrue(all(line.crm_contract_id for line in move.line_ids))
        self.assertEqual(move.invoice_origin, contract.name)
        self.assertEqual(contract.with_user(self.accountant).invoice_count, 1)
