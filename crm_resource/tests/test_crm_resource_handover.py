from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from .common import CrmResourceCommon, new_user, new_users


class HandoverCase(CrmResourceCommon):
    """A person with customers and documents, successors in two departments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        salesman = "sales_team.group_sale_salesman"
        cls.leader, cls.person, cls.first, cls.second, cls.stranger = new_users(
            cls.env,
            {
                f"handover_{name}": salesman
                for name in ("leader", "person", "first", "second", "stranger")
            },
        )
        cls.north, cls.south = cls.env["crm.team"].create(
            [
                {
                    "name": "North",
                    "user_id": cls.leader.id,
                    "member_ids": [Command.set((cls.person | cls.first).ids)],
                },
                {
                    "name": "South",
                    "user_id": False,
                    "member_ids": [Command.set((cls.second | cls.stranger).ids)],
                },
            ]
        )
        cls.customers = cls.env["res.partner"].union(
            *(
                cls._make_customer(
                    f"Customer {place}", user_id=cls.person.id, team_id=cls.north.id
                )
                for place in range(4)
            )
        )
        customer = cls.customers[0]
        own = {"user_id": cls.person.id, "team_id": cls.north.id}
        cls.order = cls._make_order(customer, 100, **own)
        cls.quotation = cls._make_quotation(customer, **own)
        cls.lead, cls.won = cls.env["crm.lead"].create(
            [
                {"name": name, "partner_id": customer.id, "type": "opportunity", **own}
                for name in ("Open", "Won")
            ]
        )
        cls.won.action_set_won()
        cls.activity = cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("sale.order"),
                "res_id": cls.quotation.id,
                "activity_type_id": cls.env.ref("mail.mail_activity_data_todo").id,
                "user_id": cls.person.id,
            }
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        cls.event, cls.past_event, cls.private_event = cls.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": cls.person.id,
                    "privacy": privacy,
                    "partner_ids": [
                        Command.set((customer | cls.person.partner_id).ids)
                    ],
                }
                for name, start, privacy in (
                    ("To come", tomorrow, "public"),
                    ("Past", tomorrow - timedelta(days=9), "public"),
                    ("Private", tomorrow, "private"),
                )
            ]
        )
        cls.documents = {
            "quotation": cls.quotation,
            "order": cls.order,
            "lead": cls.lead,
            "activity": cls.activity,
            "event": cls.event,
        }
        cls.env.flush_all()

    @classmethod
    def _make_quotation(cls, customer, **values):
        return cls.env["sale.order"].create({"partner_id": customer.id, **values})

    def _prepare(self, *successors, by=None, **values):
        """Return a dialog for the person, as the reviewer if nobody is named."""
        return (
            self.env["crm.resource.handover"]
            .with_user(by or self.reviewer)
            .create(
                {
                    "user_id": self.person.id,
                    "reason": "Leaves",
                    "successor_ids": [
                        Command.create(
                            {"user_id": user.id, "domain": domain, "sequence": place}
                        )
                        for place, (user, domain) in enumerate(
                            s if isinstance(s, tuple) else (s, "[]") for s in successors
                        )
                    ],
                    **values,
                }
            )
        )

    def _hand_over(self, *successors, by=None, **values):
        handover = self._prepare(*successors, by=by, **values)
        handover.action_preview()
        handover.action_hand_over()
        return handover

    def _get_batch(self):
        return self.env["crm.resource.batch"].search(
            [("person_id", "=", self.person.id)], limit=1
        )

    def _return(self, batch):
        batch.date_return = fields.Date.today()
        with self.enter_registry_test_mode():
            self.env.ref("crm_resource.ir_cron_return").method_direct_trigger()
        self.env.invalidate_all()


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

    def test_return(self):
        later = fields.Date.today() + timedelta(days=5)
        self._hand_over(self.second, date_return=later)
        batch = self._get_batch()
        self.assertEqual((batch.kind, batch.date_return), ("substitute", later))
        self.env["crm.resource.batch"]._cron_return()
        self.assertEqual(self.customers.user_id, self.second, "not yet")
        self._return(batch)
        self.assertEqual(self.customers.user_id, self.person)
        self.assertEqual(self.customers.team_id, self.north)
        self.assertEqual(self.customers[0].assignment_ids[0].kind, "return")
        for kind, document in self.documents.items():
            with self.subTest(kind=kind):
                self.assertEqual(document.user_id, self.person)
        self.assertEqual((self.lead.team_id, self.order.team_id), (self.north,) * 2)
        self.assertIn(self.person.partner_id, self.event.partner_ids)
        self.assertTrue(batch.date_returned)

    def test_return_leaves_what_changed_hands(self):
        self._hand_over(
            self.second, date_return=fields.Date.today() + timedelta(days=5)
        )
        batch = self._get_batch()
        self.customers[1].user_id = self.stranger
        self.quotation.user_id = self.stranger
        self.lead.action_set_won()
        self._return(batch)
        self.assertEqual(self.customers[1].user_id, self.stranger)
        self.assertEqual(self.quotation.user_id, self.stranger)
        self.assertEqual(self.lead.user_id, self.second, "who won it keeps it")
        self.assertEqual(self.customers[0].user_id, self.person)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.person.partner_id.ids)], limit=1
        )
        self.assertIn("Customer 1", message.body)
        self.assertIn(self.quotation.name, message.body)
        self.assertNotIn("Customer 0</li>", message.body)

    def test_return_is_repeatable(self):
        self._hand_over(
            self.second, date_return=fields.Date.today() + timedelta(days=5)
        )
        batch = self._get_batch()
        self._return(batch)
        count = self.env["crm.resource.batch"].search_count([])
        self.env["crm.resource.batch"]._cron_return()
        self.assertEqual(self.env["crm.resource.batch"].search_count([]), count)

    def test_nothing_returns_to_who_left(self):
        self._hand_over(
            self.second, date_return=fields.Date.today() + timedelta(days=5)
        )
        self.person.active = False
        self._return(self._get_batch())
        self.assertEqual(self.customers.user_id, self.second)

    def test_undo_documents(self):
        self._hand_over(self.second)
        self.lead.user_id = self.stranger
        left = self._get_batch()._undo_documents()
        self.assertEqual(left.mapped("res_id"), self.lead.ids)
        self.assertEqual(self.order.user_id, self.person)
        self.assertEqual(self.quotation.team_id, self.north)

    def test_return_day_is_to_come(self):
        handover = self._prepare(self.first, date_return=fields.Date.today())
        with self.assertRaisesRegex(UserError, "before tomorrow"):
            handover.action_preview()

    # ------------------------------------------------------------
    # Who may, and who can
    # ------------------------------------------------------------

    def test_salesperson_may_not(self):
        for user in (self.person, self.first, self.stranger):
            with self.assertRaises(AccessError):
                self._prepare(self.second, by=user).action_preview()

    def test_clerk_has_no_dialog(self):
        with self.assertRaises(AccessError):
            self._prepare(self.first, by=self.clerk)

    def test_leader_among_own_people(self):
        self._hand_over(self.first, by=self.leader)
        self.assertEqual(self.customers.user_id, self.first)
        self.assertEqual(self.order.user_id, self.first)

    def test_leader_not_to_others(self):
        with self.assertRaises(AccessError):
            self._prepare(self.second, by=self.leader).action_preview()
        with self.assertRaises(AccessError):
            self._prepare(
                self.first, by=self.leader, user_id=self.stranger.id
            ).action_preview()

    def test_leader_only_what_he_reaches(self):
        self.customers[3].team_id = self.south
        handover = self._hand_over(self.first, by=self.leader)
        self.assertEqual(self.customers[3].user_id, self.person)
        self.assertEqual(handover.unreached_count, 1)

    def test_rights_are_checked_again(self):
        handover = self._prepare(self.first, by=self.leader)
        handover.action_preview()
        self.north.user_id = False
        with self.assertRaises(AccessError):
            handover.action_hand_over()

    def test_plan_is_not_written_by_people(self):
        handover = self._prepare(self.first, by=self.leader)
        handover.action_preview()
        for lines in (handover.line_ids, handover.count_ids):
            with self.assertRaises(AccessError):
                lines.write({"user_id": self.leader.id})
            with self.assertRaises(AccessError):
                lines.create({"handover_id": handover.id})
            with self.assertRaises(AccessError):
                lines.unlink()
        with self.assertRaises(AccessError):
            handover.write({"line_ids": [Command.create({"kind": "customer"})]})

    def test_dialogs_are_their_users(self):
        handover = self._prepare(self.first)
        with self.assertRaises(AccessError):
            handover.with_user(self.leader).action_preview()
        with self.assertRaises(AccessError):
            self.env["crm.resource.handover.successor"].with_user(self.leader).create(
                {"handover_id": handover.id, "user_id": self.leader.id}
            )

    def test_documents_of_batches_are_read_only(self):
        self._hand_over(self.first)
        documents = self._get_batch().document_ids.with_user(self.reviewer)
        with self.assertRaises(AccessError):
            documents.write({"user_from_id": self.stranger.id})
        with self.assertRaises(AccessError):
            documents[0].with_user(self.first).check_access("read")

    def test_absent_successor(self):
        today = fields.Date.today()
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.first.id,
                "date_from": today + timedelta(days=2),
                "date_to": today + timedelta(days=3),
            }
        )
        self._prepare(self.first).action_preview()
        handover = self._prepare(self.first, date_return=today + timedelta(days=9))
        with self.assertRaisesRegex(UserError, "is away"):
            handover.action_preview()

    def test_successor_who_does_not_work_here(self):
        portal = new_user(self.env, "handover_portal", "base.group_portal")
        with self.assertRaisesRegex(UserError, "does not work here"):
            self._prepare(portal).action_preview()
        handover = self._prepare(self.first)
        handover.action_preview()
        self.first.active = False
        with self.assertRaisesRegex(UserError, "does not work here"):
            handover.action_hand_over()

    def test_successors_are_others(self):
        with self.assertRaisesRegex(UserError, "himself"):
            self._prepare(self.person).action_preview()
        with self.assertRaisesRegex(UserError, "at least one"):
            self._prepare().action_preview()

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.person | self.second | self.reviewer).company_ids |= other
        self.customers[0].company_id = self.env.company
        self.customers[1].company_id = other
        handover = self._prepare(self.first)
        handover.action_preview()
        self.assertEqual(handover.left_count, 1)
        handover.action_hand_over()
        self.assertEqual(self.customers[1].user_id, self.person)
        self.assertEqual(handover.left_ids.partner_id, self.customers[1])
        self.assertEqual((self.customers - self.customers[1]).user_id, self.first)
        self._hand_over(self.first, self.second)
        self.assertEqual(self.customers[1].user_id, self.second)

    def test_other_companies_of_the_user(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.person | self.second).company_ids |= other
        self.customers[1].company_id = other
        self._hand_over(self.second)
        self.assertEqual(self.customers[1].user_id, self.person)

    # ------------------------------------------------------------
    # Where it is asked for
    # ------------------------------------------------------------

    def test_archiving_asks(self):
        for archive in (
            self.person.action_archive,
            lambda: self.person.write({"active": False}),
            self.person.unlink,
        ):
            with self.assertRaises(RedirectWarning) as caught:
                archive()
            message, action, _button, context = caught.exception.args
            self.assertIn("4 customers", message)
            self.assertEqual(
                action, self.env.ref("crm_resource.crm_resource_handover_action").id
            )
            self.assertEqual(context, {"default_user_id": self.person.id})

    def test_archiving_asks_who_may_not_hand_over(self):
        keeper = new_user(self.env, "handover_keeper", "base.group_erp_manager")
        with self.assertRaisesRegex(UserError, "ask market staff"):
            self.person.with_user(keeper).active = False

    def test_archiving_after_hand_over(self):
        self._hand_over(self.first)
        self.person.action_archive()
        self.assertFalse(self.person.active)

    def test_archiving_without_customers(self):
        self.stranger.action_archive()
        self.assertFalse(self.stranger.active)

    def test_absence_opens_it(self):
        today = fields.Date.today()
        absence = self.env["crm.resource.absence"].create(
            {
                "user_id": self.person.id,
                "date_from": today,
                "date_to": today + timedelta(days=4),
                "substitute_id": self.first.id,
            }
        )
        self.assertTrue(absence.with_user(self.leader).is_handover_allowed)
        self.assertFalse(absence.with_user(self.first).is_handover_allowed)
        action = absence.with_user(self.leader).action_hand_over()
        dialog = Form(
            self.env["crm.resource.handover"]
            .with_user(self.leader)
            .with_context(**action["context"])
        )
        handover = dialog.save()
        self.assertEqual(handover.user_id, self.person)
        self.assertEqual(handover.successor_ids.user_id, self.first)
        self.assertEqual(handover.date_return, today + timedelta(days=5))
        self.assertEqual(
            handover.kind_ids.mapped("kind"),
            [kind.key for kind in self.env["res.users"]._get_handover_models()],
        )
        handover.action_preview()
        handover.action_hand_over()
        self.assertEqual(self.customers.user_id, self.first)
