from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_contract import TODAY, ContractCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceContractSource(ContractCommon):
    """What contracts come from, what they lead to, and what the night does."""

    def _make_forecast(self, **values):
        return (
            self.env["crm.resource.forecast"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "date_expected": "2026-04-10",
                    "subject": "New hall",
                    "line_ids": [
                        Command.create(
                            {"product_id": self.product_a.id, "price_unit": 700}
                        )
                    ],
                    **values,
                }
            )
        )

    def _make_order(self, amount=100, **values):
        return (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_a.id,
                                "product_uom_qty": 2,
                                "price_unit": amount / 2,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    def test_from_forecast_to_signature(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "New hall",
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                }
            )
        )
        forecast = self._make_forecast(lead_id=lead.id)
        action = forecast.action_make_contract()
        contract = self.env["crm.resource.contract"].browse(action["res_id"])
        contract = contract.with_user(self.salesperson)
        self.assertEqual(contract.line_ids.product_id, self.product_a)
        self.assertEqual(contract.amount_untaxed, 700)
        self.assertEqual(contract.lead_id, lead)
        contract.instalment_ids = [
            Command.create({"name": "All", "percent": 100, "date_planned": TODAY})
        ]
        contract.action_sign()
        self.assertEqual(forecast.state, "signed")
        self.assertEqual(forecast.contract_id, contract)
        self.assertFalse(forecast.is_document_missing)
        self.assertEqual(lead.won_status, "won")
        self.env.flush_all()
        rows = self.env["crm.resource.forecast.report"].search(
            [("forecast_id", "=", forecast.id)]
        )
        self.assertEqual(sum(rows.mapped("amount_signed")), 700)

    def test_forecast_is_signed_with_a_contract_that_binds(self):
        forecast = self._make_forecast()
        draft, signed = self._make_contract(), self._sign()

        def sign(contract):
            self.env["crm.resource.forecast.sign"].with_user(self.salesperson).create(
                {
                    "forecast_id": forecast.id,
                    "kind": "contract",
                    "contract_id": contract.id,
                }
            ).action_sign()

        with self.assertRaisesRegex(UserError, "Choose the order or contract"):
            sign(draft.browse())
        with self.assertRaisesRegex(UserError, "cannot sign"):
            sign(draft)
        sign(signed)
        self.assertEqual((forecast.state, forecast.contract_id), ("signed", signed))
        forecast.action_reopen()
        self.assertFalse(forecast.contract_id)

    def test_forecast_of_another_customer(self):
        other = self.customer.copy({"name": "Hill"})
        forecast = self._make_forecast(partner_id=other.id)
        with self.assertRaisesRegex(ValidationError, "no forecast of Lake"):
            self._make_contract(forecast_id=forecast.id)

    # ------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------

    def test_from_an_order(self):
        order = self._make_order(300)
        action = order.action_make_contract()
        contract = self.env["crm.resource.contract"].browse(action["res_id"])
        contract = contract.with_user(self.salesperson)
        self.assertEqual(contract.amount_total, 300)
        self.assertEqual(contract.order_ids, order)
        with self.assertRaisesRegex(UserError, "belongs to CT/"):
            order.action_make_contract()
        order.action_confirm()
        contract.instalment_ids = [
            Command.create({"name": "Half", "percent": 50, "date_planned": TODAY}),
            Command.create({"name": "Rest", "percent": 50, "date_planned": TODAY}),
        ]
        contract.action_sign()
        self.assertEqual(contract.amount_remaining, 0)
        self._invoice(contract.instalment_ids).sudo().action_post()
        # nothing is invoiced twice
        line = order.sudo().order_line
        self.assertEqual(line.qty_invoiced, 2)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_frame_contract(self):
        contract = self._sign([1000], [], is_frame=True)
        action = contract.action_new_order()
        self.assertEqual(action["context"]["default_crm_contract_id"], contract.id)
        first = self._make_order(600, crm_contract_id=contract.id)
        first.action_confirm()
        second = self._make_order(500, crm_contract_id=contract.id)
        refused = self.assertRaisesRegex(
            UserError, "exceed what was agreed by .*100.00"
        )
        with refused, self.env.cr.savepoint():
            second.action_confirm()
        second.order_line.price_unit = 200
        second.action_confirm()
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_released, 1000)
        self.assertEqual(contract.amount_remaining, 0)
        first.with_context(disable_cancel_warning=True).action_cancel()
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_remaining, 600)

    def test_excess_may_be_allowed(self):
        contract = self._sign([100], [], is_frame=True, is_excess_allowed=True)
        self._make_order(500, crm_contract_id=contract.id).action_confirm()
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_remaining, -400)

    def test_invoices_of_orders_are_the_contract_s(self):
        contract = self._sign([1000], [], is_frame=True)
        order = self._make_order(600)
        order.action_confirm()
        move = order.sudo()._create_invoices()
        self.assertFalse(move.crm_contract_id)
        order.crm_contract_id = contract
        self.assertEqual(move.crm_contract_id, contract)
        other = self._make_order(100, crm_contract_id=contract.id)
        other.action_confirm()
        other.sudo()._create_invoices().action_post()
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_invoiced, 100)
        move.action_post()
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_invoiced, 700)
        order.crm_contract_id = False
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_invoiced, 100)

    def test_order_of_another_customer(self):
        contract = self._sign([1000], [], is_frame=True)
        other = self.customer.copy({"name": "Hill"})
        with self.assertRaisesRegex(ValidationError, "no contract of Hill"):
            self._make_order(partner_id=other.id, crm_contract_id=contract.id)

    def test_order_names_only_contracts_that_one_reads(self):
        contract = self._sign([1000], [], is_frame=True)
        order = (
            self.env["sale.order"]
            .with_user(self.other)
            .create({"partner_id": self.other.partner_id.id})
        )
        with self.assertRaises(AccessError):
            order.crm_contract_id = contract

    # ------------------------------------------------------------
    # What follows from contracts
    # ------------------------------------------------------------

    def test_customer_is_signed_as_long_as_one_is_in_force(self):
        standing = self.customer.sudo().standing_id
        self.assertEqual(standing.relation_state, "following")
        contract = self._sign()
        self.assertEqual(standing.relation_state, "signed")
        reason = self.env.ref("crm_resource.crm_resource_dictionary_termination_price")
        contract._terminate(TODAY, reason, False, True)
        self.assertEqual(standing.relation_state, "following")

    def test_timeline_figures_and_count(self):
        contract = self._sign()
        self._make_contract()
        customer = self.customer.with_user(self.salesperson)
        page = customer.get_timeline(kinds=["contract"])
        self.assertEqual([event["res_id"] for event in page["events"]], contract.ids)
        self.assertEqual(customer.contract_count, 2)
        [figure] = customer._get_contract_figures()
        self.assertEqual(figure["value"], 1000)

    def test_hand_over(self):
        kinds = {
            kind.model: kind for kind in self.env["res.users"]._get_handover_models()
        }
        kind = kinds["crm.resource.contract"]
        running, draft, ended = self._sign(), self._make_contract(), self._sign()
        reason = self.env.ref("crm_resource.crm_resource_dictionary_termination_price")
        ended._terminate(TODAY, reason, False, True)
        found = self.env["crm.resource.contract"].search(kind.domain)
        self.assertEqual(found & (running | draft | ended), running | draft)

    def test_contract_in_force_prevents_the_recall(self):
        [*_others, hold] = self.env["crm.resource.recall.rule"]._get_recall_holds()
        self._sign(date_end="2026-12-31")
        self.env.flush_all()
        rows = dict(self.env.execute_query(hold))
        self.assertEqual(rows[self.customer.id], date(2026, 12, 31))

    def test_analytic_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Contracts"})
        self.company.crm_contract_plan_id = plan
        contract = self._sign()
        account = contract.sudo().analytic_account_id
        self.assertEqual(account.plan_id, plan)
        move = self._invoice(contract.instalment_ids).sudo()
        self.assertEqual(
            move.invoice_line_ids.analytic_distribution, {str(account.id): 100}
        )

    # ------------------------------------------------------------
    # The night
    # ------------------------------------------------------------

    def _run(self, model):
        commit = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 600
        )
        with commit:
            self.env[model].sudo()._cron_run()
        self.env.invalidate_all()

    def test_contracts_begin_and_end(self):
        contract = self._sign(
            [100], date_start=TODAY + timedelta(days=1), date_end="2026-06-30"
        )
        self._run("crm.resource.contract")
        self.assertEqual(contract.state, "signed")
        with freeze_time("2026-03-17"):
            self._run("crm.resource.contract")
        self.assertEqual(contract.state, "running")
        with freeze_time("2026-07-01"):
            self._run("crm.resource.contract")
            self.assertEqual(contract.state, "running")
            move = self._invoice(contract.instalment_ids)
            move.action_post()
            self._pay(move)
            self._run("crm.resource.contract")
            self.assertEqual(contract.state, "completed")

    def test_renewal_is_reminded_of_once(self):
        contract = self._sign(date_end="2026-06-30", notice_days=60, renewal_days=30)
        self.assertEqual(contract.date_renewal, date(2026, 4, 1))
        self._run("crm.resource.contract")
        self.assertFalse(contract.activity_ids)
        with freeze_time("2026-04-01"):
            self._run("crm.resource.contract")
            self._run("crm.resource.contract")
            start = self.env["crm.resource.start"].with_user(self.salesperson)
            [row] = start._get_renewals()["rows"]
        self.assertEqual(contract.activity_ids.user_id, self.salesperson)
        self.assertEqual(contract.activity_ids.date_deadline, date(2026, 5, 1))
        self.assertEqual(row["id"], contract.id)

    def test_instalment_is_reminded_of_once(self):
        contract = self._sign(
            plan=[{"name": "All", "percent": 100, "date_planned": "2026-03-30"}]
        )
        self._run("crm.resource.contract.instalment")
        self.assertFalse(contract.activity_ids)
        with freeze_time("2026-03-23"):
            self._run("crm.resource.contract.instalment")
            self._run("crm.resource.contract.instalment")
        self.assertEqual(contract.activity_ids.date_deadline, date(2026, 3, 30))

    def test_due_instalments_are_invoiced_once(self):
        contract = self._sign(
            [100],
            [
                {"name": "Now", "percent": 30, "date_planned": TODAY},
                {"name": "Later", "percent": 70, "date_planned": "2026-05-01"},
            ],
        )
        self._run("crm.resource.contract.instalment")
        self.assertFalse(contract.sudo()._get_invoices())
        self.company.crm_contract_is_invoiced = True
        self._run("crm.resource.contract.instalment")
        self._run("crm.resource.contract.instalment")
        move = contract.sudo()._get_invoices()
        self.assertEqual((len(move), move.state), (1, "draft"))
        self.assertEqual(move.amount_total, 30)
        self.company.crm_contract_invoice = "posted"
        with freeze_time("2026-05-01"):
            self._run("crm.resource.contract.instalment")
        moves = contract.sudo()._get_invoices()
        self.assertEqual(sorted(moves.mapped("state")), ["draft", "posted"])
        self.assertEqual(sum(moves.mapped("amount_total")), 100)

    def test_what_fails_keeps_back_nothing_else(self):
        self.company.crm_contract_is_invoiced = True
        good, bad, last = (self._sign([100]) for _number in range(3))
        prepare = type(good.instalment_ids)._prepare_invoice

        def fail(instalments):
            if bad in instalments.contract_id:
                raise ValueError("No journal")
            return prepare(instalments)

        with patch.object(type(good.instalment_ids), "_prepare_invoice", fail):
            self._run("crm.resource.contract.instalment")
            self._run("crm.resource.contract.instalment")
        self.assertTrue(good.sudo()._get_invoices())
        self.assertTrue(last.sudo()._get_invoices())
        self.assertFalse(bad.sudo()._get_invoices())
        self.assertEqual(bad.instalment_ids.failure, "No journal")
        warning = self.env.ref("mail.mail_activity_data_warning")
        told = bad.activity_ids.filtered(lambda a: a.activity_type_id == warning)
        self.assertEqual(len(told), 1)
        with freeze_time("2026-03-17"):
            self._run("crm.resource.contract.instalment")
        self.assertTrue(bad.sudo()._get_invoices())
        self.assertFalse(bad.instalment_ids.failure)

    def test_who_is_late_is_reminded(self):
        self.customer.email = "lake@example.com"
        contract = self._sign([100])
        move = self._invoice(contract.instalment_ids).sudo()
        move.invoice_date = TODAY
        move.action_post()
        contract.activity_unlink(["mail.mail_activity_data_todo"])

        def count(day):
            with freeze_time(day):
                self._run("crm.resource.contract.instalment")
            mails = (
                self.env["mail.mail"]
                .sudo()
                .search_count([("recipient_ids", "in", self.customer.ids)])
            )
            return len(contract.activity_ids), mails

        self.assertEqual(count("2026-03-23"), (0, 0))
        self.company.crm_contract_dun_days = 5
        self.assertEqual(count("2026-03-20"), (0, 0))
        self.assertEqual(count("2026-03-21"), (1, 0))
        self.assertEqual(count("2026-03-22"), (1, 0))
        self.company.crm_contract_is_dunned = True
        self.assertEqual(count("2026-03-26"), (2, 1))
        self._pay(move)
        self.assertEqual(count("2026-04-26"), (2, 1))

    def test_contract_of_an_opportunity(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "New hall",
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                }
            )
        )
        action = lead.action_open_contracts()
        contract = (
            self.env["crm.resource.contract"]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(contract.subject, "New hall")
        self.assertEqual(contract.partner_id, self.customer)
        lead.invalidate_recordset()
        self.assertEqual(lead.crm_contract_count, 1)

    def test_overdue_instalments_of_my_day(self):
        contract = self._sign([100])
        move = self._invoice(contract.instalment_ids).sudo()
        move.invoice_date = TODAY
        move.action_post()
        start = self.env["crm.resource.start"].with_user(self.salesperson)
        self.assertFalse(start._get_overdue_instalments()["rows"])
        with freeze_time("2026-03-17"):
            [row] = start._get_overdue_instalments()["rows"]
        self.assertEqual(row["id"], contract.instalment_ids.id)
