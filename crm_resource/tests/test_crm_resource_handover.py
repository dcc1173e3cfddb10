from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import new_user
from .common_handover import HandoverCase


@tagged("post_install", "-at_install")
class TestCrmResourceHandover(HandoverCase):
    def test_all_to_one(self):
        self._hand_over(self.first)
        self.assertEqual(self.customers.user_id, self.first)
        for kind, document in self.documents.items():
            with self.subTest(kind=kind):
                self.assertEqual(document.user_id, self.first)
        batch = self._get_batch()
        self.assertRecordValues(
            batch,
            [{"kind": "hand_over", "reason": "Leaves", "user_id": self.reviewer.id}],
        )
        self.assertEqual(batch.customer_count, 4)
        self.assertEqual(batch.document_count, 5)
        self.assertEqual(batch.document_ids.user_from_id, self.person)

    def test_done_and_private_stay(self):
        self._hand_over(self.first)
        self.assertEqual(
            (self.won | self.env["crm.lead"]).user_id
            | self.past_event.user_id
            | self.private_event.user_id,
            self.person,
        )

    def test_history_is_kept(self):
        before = self.customers.assignment_ids
        self._hand_over(self.first)
        self.assertEqual(set(before.mapped("user_to_id")), {self.person})
        self.assertTrue(all(before.mapped("date_end")))
        for customer in self.customers:
            now = customer.assignment_ids[0]
            self.assertEqual(
                (now.user_from_id, now.user_to_id), (self.person, self.first)
            )
            self.assertEqual(now.batch_id, self._get_batch())

    def test_attendees_are_replaced(self):
        self._hand_over(self.first)
        expected = self.customers[0] | self.first.partner_id
        self.assertEqual(self.event.partner_ids, expected)
        self.assertEqual(self.event.attendee_ids.partner_id, expected)
        self.assertIn(self.person.partner_id, self.past_event.partner_ids)

    def test_attendee_who_attends_already(self):
        self.event.partner_ids |= self.first.partner_id
        self._hand_over(self.first)
        expected = self.customers[0] | self.first.partner_id
        self.assertEqual(self.event.partner_ids, expected)
        self.assertEqual(len(self.event.attendee_ids), 2)

    def test_followers_change(self):
        self.assertIn(self.person.partner_id, self.quotation.message_partner_ids)
        self._hand_over(self.first)
        self.assertIn(self.first.partner_id, self.quotation.message_partner_ids)
        self.assertNotIn(self.person.partner_id, self.quotation.message_partner_ids)

    def test_what_depends_on_the_person_follows(self):
        self._hand_over(self.second)
        self.assertEqual(self.order.order_line.salesman_id, self.second)
        self.assertEqual(self.lead.with_user(self.second).name, "Open")
        self.order.with_user(self.second).check_access("write")
        with self.assertRaises(AccessError):
            self.order.with_user(self.person).check_access("read")

    def test_activities_of_customers(self):
        todo = "mail.mail_activity_data_todo"
        activity = self.customers[1].activity_schedule(todo, user_id=self.person.id)
        done = self.customers[1].activity_schedule(todo, user_id=self.person.id)
        done.action_done()
        self._hand_over(
            self.second, date_return=fields.Date.today() + timedelta(days=5)
        )
        self.assertEqual((activity.user_id, done.user_id), (self.second, self.person))
        self._return(self._get_batch())
        self.assertEqual(activity.user_id, self.person)
        self.assertTrue(
            self.env["crm.resource.batch"]
            .search([("kind", "=", "substitute")])
            .filtered(lambda b: b.person_id == self.person)
            .date_returned
        )

    def test_only_chosen_kinds(self):
        handover = self._prepare(self.first)
        handover.kind_ids.filtered(lambda k: k.kind != "lead").is_passed = False
        handover.action_preview()
        self.assertEqual(handover.count_ids.mapped("kind"), ["lead"])
        handover.action_hand_over()
        self.assertEqual(self.lead.user_id, self.first)
        self.assertEqual(
            (self.customers | self.quotation.partner_id).user_id, self.person
        )

    # ------------------------------------------------------------
    # Several successors
    # ------------------------------------------------------------

    def test_one_after_the_other(self):
        self._hand_over(self.first, self.second)
        self.assertEqual(
            self.customers.mapped("user_id.id"), (self.first | self.second).ids
        )
        self.assertEqual(
            [c.user_id for c in self.customers], [self.first, self.second] * 2
        )
        for document in self.documents.values():
            self.assertEqual(document.user_id, self.first, "goes with its customer")

    def test_fewest_customers(self):
        for place in range(3):
            self._make_customer(f"Own {place}", user_id=self.first.id)
        self._hand_over(self.first, self.second, method="load")
        # 3 and 0 before, 3 and 3 after three, then the first in the list
        self.assertEqual(
            [c.user_id for c in self.customers], [self.second] * 3 + [self.first]
        )

    def test_nobody_gets_more_than_he_may_have(self):
        self.env["crm.resource.holding.limit"].create(
            {"user_id": self.first.id, "customer_limit": 1}
        )
        handover = self._prepare(self.first, self.second)
        handover.action_preview()
        lines = handover.line_ids.filtered(lambda line: line.kind == "customer")
        self.assertEqual(
            [line.user_id for line in lines], [self.first] + [self.second] * 3
        )
        handover = self._prepare(self.first)
        handover.action_preview()
        lines = handover.line_ids.filtered(lambda line: line.kind == "customer")
        self.assertEqual(
            [(line.user_id, line.why) for line in lines],
            [(self.first, "only")] + [(self.env["res.users"], "full")] * 3,
        )
        self._make_customer("Meanwhile", user_id=self.first.id)
        with self.assertRaisesRegex(UserError, "at most 1 customers"):
            handover.action_hand_over()

    def test_by_filter(self):
        industry = self.env["res.partner.industry"].create({"name": "Steel"})
        self.customers[1].industry_id = industry
        handover = self._prepare(
            (self.second, f"[('industry_id', '=', {industry.id})]"), self.first
        )
        handover.action_preview()
        lines = handover.line_ids.filtered(lambda line: line.kind == "customer")
        self.assertEqual(
            [(line.user_id, line.why) for line in lines],
            [
                (self.first, "only"),
                (self.second, "filter"),
                (self.first, "only"),
                (self.first, "only"),
            ],
        )

    def test_filter_that_cannot_be_read(self):
        handover = self._prepare((self.first, "[('industry_id'"))
        with self.assertRaisesRegex(UserError, "cannot be read"):
            handover.action_preview()
        handover = self._prepare((self.first, "[('no_such_field', '=', 1)]"))
        with self.assertRaisesRegex(UserError, "cannot be read"):
            handover.action_preview()

    def test_document_without_customer(self):
        lead = self.env["crm.lead"].create({"name": "?", "user_id": self.person.id})
        self._hand_over(self.first, self.second)
        self.assertIn(lead.user_id, self.first | self.second)

    # ------------------------------------------------------------
    # Plan and run
    # ------------------------------------------------------------

    def test_run_equals_plan(self):
        handover = self._prepare(self.first, self.second)
        handover.action_preview()
        plan = {
            (line.res_model, line.res_id): line.user_id for line in handover.line_ids
        }
        self.assertEqual(sum(handover.count_ids.mapped("record_count")), len(plan))
        self.assertEqual(self.customers.user_id, self.person, "nothing changed yet")
        handover.action_hand_over()
        for (model, key), user in plan.items():
            self.assertEqual(self.env[model].browse(key).user_id, user)

    def test_changed_between_is_left_and_named(self):
        handover = self._prepare(self.first)
        handover.action_preview()
        self.customers[2].user_id = self.stranger
        self.quotation.action_confirm()
        self.lead.user_id = self.stranger
        handover.action_hand_over()
        self.assertEqual(
            {(line.kind, line.res_id) for line in handover.left_ids},
            {
                ("customer", self.customers[2].id),
                ("quotation", self.quotation.id),
                ("lead", self.lead.id),
            },
        )
        self.assertEqual(self.customers[2].user_id, self.stranger)
        self.assertEqual(self.lead.user_id, self.stranger)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.leader.partner_id.ids)], limit=1
        )
        self.assertIn("Customer 2", message.body)

    def test_run_needs_plan(self):
        handover = self._prepare(self.first)
        handover.state = "preview"
        with self.assertRaisesRegex(UserError, "make a preview"):
            handover.action_hand_over()
        handover.action_preview()
        handover.user_id = self.stranger
        with self.assertRaisesRegex(UserError, "make a preview"):
            handover.action_hand_over()

    def test_one_message_each(self):
        before = self.env["mail.message"].search([]).ids
        self._hand_over(self.first, self.second)
        messages = self.env["mail.message"].search([("id", "not in", before)])
        told = messages.filtered(lambda m: m.message_type == "user_notification")
        self.assertEqual(len(told), 3)
        self.assertEqual(
            told.partner_ids, (self.first | self.second | self.leader).partner_id
        )

    # ------------------------------------------------------------
    # Departments and figures
    # ------------------------------------------------------------

    def test_departments(self):
        self._hand_over(self.second)
        self.assertEqual(self.customers.team_id, self.south)
        self.assertEqual((self.lead.team_id, self.quotation.team_id), (self.south,) * 2)
        self.assertEqual(self.order.team_id, self.north)

    def test_department_stays_among_its_people(self):
        self.env["crm.team"].create(
            {
                "name": "Other",
                "sequence": 0,
                "user_id": self.first.id,
            }
        )
        self._hand_over(self.first)
        self.assertEqual(self.customers.team_id, self.north)

    def test_without_department(self):
        loner = new_user(self.env, "handover_loner", "sales_team.group_sale_salesman")
        self.customers[0].team_id = False
        self._hand_over(loner)
        self.assertEqual(self.customers.user_id, loner)
        self.assertFalse(self.customers[0].team_id)
        self.assertEqual(self.customers[1].team_id, self.north)

    def test_past_figures_of_departments_do_not_change(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customers[0].id,
                "invoice_user_id": self.person.id,
                "team_id": self.north.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.product.id, "price_unit": 50})
                ],
            }
        )
        invoice.action_post()
        figures = self._get_figures()
        self._hand_over(self.second)
        self.assertEqual(self._get_figures(), figures)
        self.assertEqual(invoice.invoice_user_id, self.person)
        self.assertEqual(invoice.team_id, self.north)

    def _get_figures(self):
        report = self.env["sale.report"]._read_group(
            [("partner_id", "in", self.customers.ids), ("state", "=", "sale")],
            ["team_id"],
            ["price_subtotal:sum"],
        )
        sales = [
            (row["date"], row["team_id"], row["amount"])
            for basis in ("order", "invoice")
            for row in self._get_sales(basis=basis)
            if row["partner_id"] in self.customers.ids
        ]
        return report, sorted(sales)

    # ------------------------------------------------------------
    # For a time
    # ------------------------------------------------------------
