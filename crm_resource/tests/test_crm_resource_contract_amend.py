from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_contract import TODAY, ContractCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceContractAmend(ContractCommon):
    def _amend(self, contract, user=None):
        self.env["crm.resource.contract.amend"].with_user(
            user or self.salesperson
        ).create({"contract_id": contract.id, "reason": "A third pump"}).action_amend()

    def _invoice_all(self, contract):
        for part in contract.instalment_ids.filtered(lambda p: not p.is_settled):
            move = self._invoice(part).sudo()
            move.invoice_date = TODAY
            move.action_post()
        return contract.sudo()._get_invoices()

    def test_rest_of_the_plan_follows(self):
        """What is invoiced stays; in the end the invoices are the amended contract."""
        tax = self.company_data["default_tax_sale"]
        taxes = [Command.set(tax.ids)]
        contract = self._sign(
            [
                {"name": "Pump", "quantity": 3, "price_unit": 333.33, "tax_ids": taxes},
                {"name": "Valve", "price_unit": 77.77, "tax_ids": taxes},
            ],
            [33, 33, 34],
        )
        first = contract.instalment_ids[0]
        invoiced = first.amount
        self._invoice(first).sudo().action_post()
        self._amend(contract)
        self.assertEqual((contract.state, contract.version), ("draft", 2))
        contract.line_ids[0].quantity = 4
        contract.line_ids[1].quantity = 0
        contract.line_ids = [
            Command.create({"name": "Hose", "price_unit": 10.01, "tax_ids": taxes})
        ]
        self.assertEqual(first.amount, invoiced)
        with self.assertRaisesRegex(UserError, "short|exceeds"):
            contract.action_sign()
        last = contract.instalment_ids[-1]
        last.write(
            {"amount_type": "fixed", "amount": last.amount + contract.amount_unplanned}
        )
        contract.action_sign()
        moves = self._invoice_all(contract)
        currency = contract.currency_id
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertEqual(currency.round(sum(moves.mapped(name))), contract[name])
        for line, name in zip(
            contract.line_ids, ("Pump", "Valve", "Hose"), strict=True
        ):
            parts = moves.invoice_line_ids.filtered(
                lambda item, name=name: item.name.startswith(name)
            )
            self.assertAlmostEqual(
                sum(parts.mapped("price_subtotal")), line.price_subtotal
            )

    def test_former_version_stays_readable(self):
        contract = self._sign([1000])
        self._amend(contract)
        contract.line_ids.price_unit = 2000
        contract.action_sign()
        [version] = contract.version_ids
        self.assertEqual((version.version, version.amount_total), (1, 1000))
        self.assertEqual(version.date_signed, TODAY)
        self.assertIn("1,000.00", version.content)
        self.assertNotIn("2,000.00", version.content)
        seen = version.with_user(self.salesperson)
        self.assertTrue(seen.has_access("read"))
        with self.assertRaises(AccessError):
            seen.reason = "Something else"
        self.assertFalse(version.with_user(self.other).has_access("read"))

    def test_what_is_invoiced_is_not_changed(self):
        contract = self._sign([1000], [50, 50])
        first, second = contract.instalment_ids
        self._invoice(first)
        self._amend(contract)
        for step in (
            lambda: first.write({"amount": 1}),
            first.unlink,
            contract.line_ids.unlink,
            lambda: contract.line_ids.write({"tax_ids": [Command.clear()]}),
        ):
            with self.assertRaisesRegex(UserError, "is invoiced"):
                step()
        second.percent = 40
        with self.assertRaisesRegex(UserError, "is not signed"):
            self._invoice(second)

    def test_drafts_and_other_people_s_are_not_amended(self):
        with self.assertRaisesRegex(UserError, "Draft"):
            self._amend(self._make_contract())
        with self.assertRaises(AccessError):
            self._amend(self._sign(), self.accountant)

    # ------------------------------------------------------------
    # Renewals
    # ------------------------------------------------------------

    def test_renewal(self):
        contract = self._sign(
            [1200],
            [
                {"name": "First", "percent": 50, "date_planned": "2026-01-31"},
                {"name": "Second", "percent": 50, "milestone": "Inspected"},
            ],
            date_start="2026-01-01",
            date_end="2026-12-31",
        )
        action = contract.action_renew()
        renewal = self.env["crm.resource.contract"].browse(action["res_id"])
        self.assertEqual(renewal.state, "draft")
        self.assertEqual(renewal.renewed_id, contract)
        self.assertEqual(renewal.date_start, date(2027, 1, 1))
        self.assertEqual(renewal.date_end, date(2027, 12, 31))
        self.assertEqual(renewal.amount_total, contract.amount_total)
        self.assertEqual(renewal.instalment_ids[0].date_planned, date(2027, 1, 31))
        self.assertEqual(renewal.instalment_ids[1].milestone, "Inspected")
        self.assertEqual(renewal.amount_unplanned, 0)
        # once
        self.assertEqual(contract.action_renew()["res_id"], renewal.id)

    def test_contract_without_end_is_not_renewed(self):
        with self.assertRaisesRegex(UserError, "no end to be renewed after"):
            self._sign().action_renew()

    # ------------------------------------------------------------
    # On paper
    # ------------------------------------------------------------

    def test_document_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        contract = self._make_contract([1409.5])
        html = self._render(contract)
        self.assertIn("Payment Plan", html)
        self.assertIn("One Thousand, Four Hundred And Nine", html)
        self.customer.lang = "zh_CN"
        self.assertIn("壹仟肆佰零玖元伍角整", self._render(contract))
        self.assertIn("USD壹仟", self._render(contract))

    def _render(self, contract):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_resource.report_contract", contract.ids
        )
        return html.decode()
