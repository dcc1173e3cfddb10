from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_contract import TODAY, ContractCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceContract(ContractCommon):
    def test_number_is_the_company_s(self):
        first, second = self._make_contract(), self._make_contract()
        self.assertRegex(first.name, r"^CT/2026/0*1$")
        self.assertRegex(second.name, r"^CT/2026/0*2$")
        other = (
            self.company_data_2["company"]
            if hasattr(self, "company_data_2")
            else (self.env["res.company"].create({"name": "Other"}))
        )
        sequences = self.env["ir.sequence"].search(
            [("code", "=", "crm.resource.contract"), ("company_id", "=", other.id)]
        )
        self.assertEqual(len(sequences), 1)

    def test_what_follows_from_the_customer(self):
        term = self.env.ref("account.account_payment_term_15days")
        self.customer.property_payment_term_id = term
        contract = self._make_contract()
        self.assertEqual(contract.payment_term_id, term)
        self.assertEqual(contract.team_id, self.team)
        self.assertEqual(contract.partner_invoice_id, self.customer)

    def test_fiscal_position_maps_taxes(self):
        contract = self._make_contract(
            [{"product_id": self.product_a.id}],
            fiscal_position_id=self.fiscal_pos_a.id,
        )
        taxes = self.product_a.taxes_id._filter_taxes_by_company(self.company)
        expected = self.fiscal_pos_a.map_tax(taxes)
        self.assertEqual(contract.line_ids.tax_ids, expected)
        self.assertNotEqual(expected, taxes)

    def test_notice_and_renewal(self):
        kind = self.env.ref("crm_resource.crm_resource_contract_type_service")
        contract = self._make_contract(type_id=kind.id, date_end="2026-12-31")
        self.assertEqual(contract.date_notice, date(2026, 11, 1))
        self.assertEqual(contract.date_renewal, date(2026, 10, 2))
        contract.renewal_days = 0
        self.assertFalse(contract.date_renewal)

    def test_it_does_not_end_before_it_begins(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._make_contract(date_start="2026-02-01", date_end="2026-01-31")

    # ------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------

    def test_percents_are_rounded_as_sums(self):
        contract = self._make_contract([100], [33.333333, 33.333333, 33.333334])
        self.assertEqual(
            contract.instalment_ids.mapped("amount"), [33.33, 33.34, 33.33]
        )
        contract.line_ids.price_unit = 200
        self.assertEqual(sum(contract.instalment_ids.mapped("amount")), 200)

    def test_plan_that_is_off_is_not_signed(self):
        contract = self._make_contract([1000], [30, 60])
        self.assertEqual(contract.amount_unplanned, 100)
        with self.assertRaisesRegex(UserError, "100.00 short"):
            contract.action_sign()
        contract.instalment_ids[0].percent = 50
        with self.assertRaisesRegex(UserError, "exceeds .* by .*100.00"):
            contract.action_sign()
        contract.instalment_ids[0].percent = 40
        contract.action_sign()
        self.assertEqual(contract.state, "running")

    def test_contract_without_value_is_not_signed(self):
        with self.assertRaisesRegex(UserError, "worth nothing"):
            self._make_contract([], []).action_sign()

    def test_frame_contract_needs_no_plan(self):
        contract = self._make_contract(plan=[], is_frame=True)
        contract.action_sign()
        self.assertEqual(contract.state, "running")
        with self.assertRaisesRegex(UserError, "short"):
            self._make_contract(plan=[50], is_frame=True).action_sign()

    def _make_plan(self, contract, **values):
        dialog = (
            self.env["crm.resource.contract.plan"]
            .with_user(self.salesperson)
            .create({"contract_id": contract.id, **values})
        )
        dialog.action_make()
        return [(part.date_planned, part.amount) for part in contract.instalment_ids]

    def test_equal_parts(self):
        contract = self._make_contract([100], [])
        plan = self._make_plan(contract, count=3, date_first="2026-01-31")
        self.assertEqual(
            plan,
            [
                (date(2026, 1, 31), 33.34),
                (date(2026, 2, 28), 33.33),
                (date(2026, 3, 31), 33.33),
            ],
        )
        plan = self._make_plan(
            contract, count=2, interval="quarter", date_first="2026-01-01"
        )
        self.assertEqual(plan, [(date(2026, 1, 1), 50), (date(2026, 4, 1), 50)])
        contract.action_sign()

    def test_recurring_until_the_end(self):
        contract = self._make_contract([120], [], date_end="2026-06-30")
        plan = self._make_plan(contract, kind="recurring", date_first="2026-01-01")
        self.assertEqual([amount for _day, amount in plan], [20] * 6)
        self.assertEqual(plan[-1][0], date(2026, 6, 1))
        contract.date_end = False
        with self.assertRaisesRegex(UserError, "the day on which the contract ends"):
            self._make_plan(contract, kind="recurring", date_first="2026-01-01")

    def test_by_payment_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30 and 70",
                "line_ids": [
                    Command.create({"value_amount": 30, "nb_days": 0}),
                    Command.create({"value_amount": 70, "nb_days": 30}),
                ],
            }
        )
        contract = self._make_contract([99.99], [])
        plan = self._make_plan(
            contract, kind="term", payment_term_id=term.id, date_first="2026-03-01"
        )
        self.assertEqual(plan, [(date(2026, 3, 1), 30), (date(2026, 3, 31), 69.99)])

    def test_plan_of_nothing(self):
        with self.assertRaisesRegex(UserError, "nothing to plan"):
            self._make_plan(self._make_contract([], []))
        with self.assertRaisesRegex(UserError, "at least one part"):
            self._make_plan(self._make_contract([100], []), count=0)

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def test_signed_contract_runs_once_it_begins(self):
        contract = self._sign(date_start="2026-04-01")
        self.assertEqual(contract.state, "signed")
        self.assertEqual(contract.date_signed, TODAY)
        self.assertEqual(self._sign(date_signed="2026-03-01").state, "running")

    def test_what_was_signed_stays(self):
        contract = self._sign()
        for values in (
            {"subject": "Three pumps"},
            {"line_ids": [Command.create({"name": "Third pump"})]},
            {"date_end": "2030-01-01"},
        ):
            with self.assertRaisesRegex(UserError, "amend it"):
                contract.write(values)
        for record, values in (
            (contract.line_ids, {"price_unit": 1}),
            (contract.instalment_ids, {"percent": 1}),
        ):
            with self.assertRaisesRegex(UserError, "amend it"):
                record.write(values)
            with self.assertRaisesRegex(UserError, "amend it"):
                record.unlink()
        with self.assertRaisesRegex(UserError, "is no draft"):
            contract.unlink()
        contract.reference = "PO 17"
        contract.instalment_ids.note = "By courier"

    def test_nobody_writes_where_it_stands(self):
        contract = self._make_contract(state="running", version=7)
        self.assertEqual((contract.state, contract.version), ("draft", 1))
        for values in (
            {"state": "signed"},
            {"amount_total": 1},
            {"amount_unplanned": 0},
            {"name": "CT/1"},
        ):
            with self.assertRaisesRegex(AccessError, "follows from its steps"):
                contract.write(values)
        for values in (
            {"is_void": True},
            {"date_confirmed": TODAY},
            {"date_due": TODAY},
            {"failure": "Mine"},
        ):
            with self.assertRaisesRegex(AccessError, "follows from its steps"):
                contract.instalment_ids.write(values)

    def test_sums_of_lines_are_computed(self):
        contract = self._make_contract([{"name": "Pump", "price_subtotal": 7}])
        self.assertEqual(contract.line_ids.price_subtotal, 0)
        contract.line_ids.write({"price_unit": 10, "price_total": 7})
        self.assertEqual(contract.line_ids.price_total, 10)
        self.assertEqual(contract.amount_total, 10)

    def test_contacts_are_the_customer_s(self):
        for name in ("contact_id", "partner_invoice_id"):
            with self.assertRaisesRegex(ValidationError, "no contact or address"):
                self._make_contract(user=self.env.user, **{name: self.partner_b.id})
        stranger = self.env["res.partner"].create(
            {
                "name": "Hill",
                "is_company": True,
                "customer_state": "approved",
                "user_id": self.other.id,
            }
        )
        with self.assertRaises(AccessError):
            self._make_contract(contact_id=stranger.id)

    def test_approval(self):
        self.env["tier.definition"].create(
            {
                "name": "Contracts above 500",
                "model_id": self.env["ir.model"]._get_id("crm.resource.contract"),
                "review_type": "individual",
                "reviewer_id": self.leader.id,
                "definition_domain": "[('amount_total', '>', 500)]",
                "company_id": self.company.id,
            }
        )
        small = self._make_contract([400])
        small.action_sign()
        self.assertEqual(small.state, "running")
        contract = self._make_contract([600])
        with self.assertRaisesRegex(UserError, "needs approval"):
            contract.action_sign()
        contract.request_validation()
        self.assertEqual(contract.state, "approval")
        with self.assertRaisesRegex(UserError, "in approval"):
            contract.subject = "Three pumps"
        with self.assertRaisesRegex(UserError, "still in approval"):
            contract.action_sign()
        contract.restart_validation()
        self.assertEqual(contract.state, "draft")
        contract.request_validation()
        contract.with_user(self.leader).validate_tier()
        contract.invalidate_recordset()
        contract.action_sign()
        self.assertEqual(contract.state, "running")

    def test_no_approval_to_ask_for(self):
        with self.assertRaisesRegex(UserError, "need no approval"):
            self._make_contract().request_validation()

    def test_termination(self):
        reason = self.env.ref("crm_resource.crm_resource_dictionary_termination_price")
        for rest, expected in (("void", ["paid", "void"]), ("keep", ["paid", "due"])):
            contract = self._sign([100], [50, 50])
            move = self._invoice(contract.instalment_ids[0])
            move.action_post()
            self._pay(move)
            self.env["crm.resource.contract.terminate"].with_user(
                self.salesperson
            ).create(
                {
                    "contract_ids": [Command.set(contract.ids)],
                    "date": "2026-03-31",
                    "reason_id": reason.id,
                    "note": "Too dear",
                    "rest": rest,
                }
            ).action_terminate()
            contract.invalidate_recordset()
            self.assertEqual(contract.state, "terminated")
            self.assertEqual(contract.date_closed, date(2026, 3, 31))
            self.assertEqual(contract.instalment_ids.mapped("state"), expected)

    def test_completion(self):
        contract = self._sign([100])
        with self.assertRaisesRegex(UserError, "not paid yet"):
            contract.action_complete()
        move = self._invoice(contract.instalment_ids)
        move.action_post()
        self._pay(move)
        contract.invalidate_recordset()
        contract.instalment_ids.invalidate_recordset()
        contract.action_complete()
        self.assertEqual(contract.state, "completed")

    # ------------------------------------------------------------
    # Milestones and rights
    # ------------------------------------------------------------

    def test_milestone(self):
        contract = self._sign(
            plan=[{"name": "On delivery", "percent": 100, "milestone": "Delivered"}]
        )
        part = contract.instalment_ids
        self.assertEqual((part.state, part.date_due), ("waiting", False))
        with self.assertRaisesRegex(UserError, "“Delivered” is not reached"):
            self._invoice(part)
        part.action_confirm()
        self.assertEqual((part.state, part.date_due), ("due", TODAY))
        self.assertEqual(part.confirmed_id, self.salesperson)
        with self.assertRaisesRegex(UserError, "no confirmation any more"):
            part.action_confirm()
        part.with_user(self.accountant).action_revoke()
        self.assertEqual(part.state, "waiting")
        part.with_user(self.accountant).action_confirm()
        self._invoice(part)
        part.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "is invoiced"):
            part.action_revoke()

    def test_who_does_what(self):
        contract = self._sign()
        part = contract.instalment_ids
        with self.assertRaises(AccessError):
            part._create_invoices()
        with self.assertRaises(AccessError):
            part.with_user(self.leader).action_invoice()
        for record in (contract, contract.line_ids, part):
            self.assertFalse(record.with_user(self.other).has_access("read"))
            self.assertTrue(record.with_user(self.leader).has_access("write"))
            self.assertTrue(record.with_user(self.accountant).has_access("read"))
            self.assertFalse(record.with_user(self.accountant).has_access("write"))
        with self.assertRaises(AccessError):
            contract.with_user(self.accountant).action_terminate()
        with self.assertRaises(AccessError):
            self._make_contract(user=self.other)
        with self.assertRaisesRegex(AccessError, "matter of"):
            self._make_contract(user_id=self.other.id)
