from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from .common import new_user
from .common_handover import HandoverCase


@tagged("post_install", "-at_install")
class TestHandoverReturn(HandoverCase):
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
