from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import CrmResourceCommon, new_user

MANAGER = "sales_team.group_sale_manager"
FINANCE = "account.group_account_manager"


class ApprovalCase(CrmResourceCommon):
    """A marketing manager and somebody in finance, one of each who is named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = cls.env.ref(MANAGER) | cls.env.ref(FINANCE)
        groups.user_ids = False
        cls.manager = new_user(cls.env, "approval_manager", groups=MANAGER)
        cls.finance = new_user(cls.env, "approval_finance", groups=FINANCE)
        cls.term = cls.env.ref("account.account_payment_term_30days")

    def _reject(self, document, user, reason="No"):
        action = document.with_user(user).reject_tier()
        self.env["comment.wizard"].with_user(user).with_context(
            **action["context"]
        ).create({"comment": reason}).add_comment()
        self.env.invalidate_all()

    def _approve(self, document, *users):
        for user in users:
            document.with_user(user).validate_tier()
            self.env.invalidate_all()

    def _get_activity_users(self, document):
        kind = self.env.ref("crm_resource.mail_activity_data_approval")
        activities = document.sudo().activity_ids
        return activities.filtered(lambda a: a.activity_type_id == kind).user_id


@tagged("post_install", "-at_install")
class TestCrmResourceChangeRequest(ApprovalCase):
    """Terms of a customer change by the last approval, or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer(
            "Granted", user_id=cls.salesperson.id, customer_discount=5
        )

    def _make_request(self, user=None, **values):
        return (
            self.env["crm.resource.change.request"]
            .with_user(user or self.salesperson)
            .create(
                {"partner_id": self.customer.id, "reason": "Buys more now"}
                | (values or {"new_discount": 8})
            )
        )

    def _submit(self, **values):
        request = self._make_request(**values)
        request.request_validation()
        self.env.invalidate_all()
        return request

    def test_last_approval_writes(self):
        request = self._submit(
            new_discount=8,
            new_payment_term_id=self.term.id,
            new_credit_limit=5000,
            new_level_id=self.large.id,
            new_date_level_end="2030-12-31",
        )
        self.assertEqual(request.state, "submitted")
        self.assertEqual(self._get_activity_users(request), self.manager)
        self._approve(request, self.manager)
        self.assertEqual(self.customer.customer_discount, 5)
        self.assertEqual(self._get_activity_users(request), self.finance)
        self._approve(request, self.finance)
        self.assertEqual(request.state, "done")
        self.assertFalse(self._get_activity_users(request))
        self.assertRecordValues(
            self.customer,
            [
                {
                    "customer_discount": 8,
                    "property_payment_term_id": self.term.id,
                    "credit_limit": 5000,
                    "use_partner_credit_limit": True,
                    "manual_level_id": self.large.id,
                    "date_manual_level_end": fields.Date.to_date("2030-12-31"),
                    # it was approved: nothing is to review
                    "customer_state": "approved",
                    "is_reapproval": False,
                }
            ],
        )
        self.assertEqual(
            request.review_ids.sorted("sequence").done_by, self.manager | self.finance
        )
        self.assertIn("5.0 → 8.0", request.changes)
        self.assertIn(request.name, self.customer.message_ids[0].body)

    def test_granted_values_are_the_approved_ones(self):
        self._approve(self._submit(), self.manager, self.finance)
        self.customer.with_user(self.salesperson).customer_discount = 9
        self.assertEqual(self.customer.customer_state, "submitted")
        self.customer.with_user(self.salesperson).customer_discount = 8
        self.assertEqual(self.customer.customer_state, "approved")

    def test_finance_does_not_come_first(self):
        request = self._submit()
        with self.assertRaises(AccessError):
            request.with_user(self.finance).validate_tier()
        with self.assertRaises(AccessError):
            request.with_user(self.finance).reject_tier()
        self.assertEqual(request.validation_status, "pending")

    def test_requester_does_not_decide(self):
        with self.assertRaisesRegex(UserError, "Nobody else could approve"):
            self._make_request(user=self.manager).request_validation()
        request = self._submit()
        with self.assertRaises(AccessError):
            request.validate_tier()

    def test_rejected(self):
        request = self._submit()
        self._reject(request, self.manager, "Too much")
        self.assertEqual(request.state, "rejected")
        self.assertIn("Too much", request.approval_message)
        self.assertEqual(self.customer.customer_discount, 5)
        self.assertFalse(self._get_activity_users(request))
        notified = request.sudo().message_ids.notified_partner_ids
        self.assertIn(self.salesperson.partner_id, notified)
        request.restart_validation()
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.review_ids)

    def test_overtaken(self):
        first, second = self._submit(), self._submit(new_discount=10)
        self._approve(first, self.manager, self.finance)
        self._approve(second, self.manager, self.finance)
        self.assertEqual(second.state, "overtaken")
        self.assertEqual(self.customer.customer_discount, 8)
        self.assertIn("Nothing was changed", second.sudo().message_ids[0].body)

    def test_only_what_is_requested_is_compared(self):
        request = self._submit()
        self.customer.property_payment_term_id = self.term
        self._approve(request, self.manager, self.finance)
        self.assertEqual(request.state, "done")
        self.assertEqual(self.customer.property_payment_term_id, self.term)

    def test_terminated_meanwhile(self):
        request = self._submit()
        self.customer.with_user(self.reviewer)._terminate("Closed")
        self._approve(request, self.manager, self.finance)
        self.assertEqual(request.state, "overtaken")
        self.assertEqual(self.customer.customer_discount, 5)

    def test_withdrawn(self):
        request = self._submit()
        with self.assertRaisesRegex(UserError, "withdraw it"):
            request.new_discount = 6
        request.restart_validation()
        self.assertFalse(self._get_activity_users(request))
        request.new_discount = 6
        request.request_validation()
        self.assertEqual(request.state, "submitted")

    def test_submitted_sees_what_holds_then(self):
        request = self._make_request()
        self.customer.customer_discount = 7
        request.request_validation()
        self.assertEqual(request.old_discount, 7)
        self._approve(request, self.manager, self.finance)
        self.assertEqual(self.customer.customer_discount, 8)

    def test_nothing_to_decide(self):
        for values, message in (
            ({"new_discount": 5}, "Nothing differs"),
            ({"new_discount": 8, "reason": False}, "Say why"),
            ({"new_discount": 40}, "lies between 0 and 30"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, message):
                self.company.crm_discount_max = 30
                self._make_request(**values).request_validation()
        self.customer.customer_state = "submitted"
        with self.assertRaisesRegex(UserError, "no approved customer"):
            self._make_request().request_validation()

    def test_no_definition_grants_nothing(self):
        self.env["tier.definition"].search([]).active = False
        with self.assertRaisesRegex(UserError, "No approval"):
            self._make_request().request_validation()
        self.assertEqual(self.customer.customer_discount, 5)

    def test_steps_are_not_written_from_outside(self):
        request = self._make_request()
        for user in (self.salesperson, self.manager, self.finance):
            for values in (
                {"state": "done"},
                {"state": "submitted"},
                {"old_discount": 1},
                {"user_id": self.manager.id},
            ):
                with self.subTest(user=user.login, values=values):
                    mine = request.with_user(user)
                    with self.assertRaises(AccessError):
                        mine.write(values)
                    with self.assertRaises(AccessError):
                        mine.web_save(values, {})
                    with self.assertRaises(AccessError):
                        mine.create({"partner_id": self.customer.id, **values})

    def test_defaults_forge_nothing(self):
        forging = self.env["crm.resource.change.request"].with_user(self.salesperson)
        for name, value in (
            ("state", "done"),
            ("user_id", self.manager.id),
            ("date_done", "2026-01-01"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                forging.with_context(**{f"default_{name}": value}).create(
                    {"partner_id": self.customer.id}
                )

    def test_terms_of_hidden_customers(self):
        hidden = self._make_customer("Hidden", customer_discount=33)
        requests = self.env["crm.resource.change.request"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            requests.onchange(
                {"partner_id": hidden.id}, ["partner_id"], {"new_discount": {}}
            )

    def test_level_of_another_policy(self):
        other = self._make_policy("Other", [("Rare", 0, 0)], is_leading=False)
        with self.assertRaisesRegex(UserError, "no level of the policy"):
            self._make_request(new_level_id=other.level_ids.id).request_validation()

    def test_merged_meanwhile(self):
        request = self._submit()
        other = self._make_customer("Twin", customer_discount=5)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer | other).ids, other)
        self.assertEqual(request.sudo().state, "overtaken")

    @mute_logger("odoo.sql_db")
    def test_limits_of_values(self):
        request = self._make_request()
        for values in ({"new_discount": -1}, {"new_credit_limit": -1}):
            with self.subTest(values), self.assertRaises(CheckViolation):
                with self.env.cr.savepoint():
                    request.write(values)

    def test_what_is_not_named_stays(self):
        self.customer.property_payment_term_id = self.term
        request = self._submit(new_discount=8)
        self._approve(request, self.manager, self.finance)
        self.assertEqual(self.customer.property_payment_term_id, self.term)
        self.assertEqual(self.customer.customer_discount, 8)

    def test_form_begins_with_what_the_customer_has(self):
        with Form(
            self.env["crm.resource.change.request"].with_user(self.salesperson)
        ) as form:
            form.partner_id = self.customer
            self.assertEqual(form.new_discount, 5)
            form.new_discount = 6
            form.reason = "Loyal"
        request = form.record
        self.assertRecordValues(request, [{"old_discount": 5, "new_discount": 6}])

    def test_substitute_decides(self):
        request = self._submit()
        substitute = new_user(
            self.env, "approval_substitute", groups="crm_resource.group_reviewer"
        )
        with self.assertRaises(AccessError):
            request.with_user(substitute).validate_tier()
        today = fields.Date.context_today(request)
        absence = self.env["crm.resource.absence"].create(
            {
                "user_id": self.manager.id,
                "date_from": today,
                "date_to": today + timedelta(days=3),
                "substitute_id": substitute.id,
            }
        )
        people = self.manager | substitute
        self.assertEqual(self._get_activity_users(request), people)
        absence.unlink()
        self.assertEqual(self._get_activity_users(request), self.manager)
        absence = absence.create(
            {
                "user_id": self.manager.id,
                "date_from": today,
                "date_to": today,
                "substitute_id": substitute.id,
            }
        )
        self._approve(request, substitute, self.finance)
        self.assertEqual(request.state, "done")

    def _stand_in(self, substitute, user):
        today = fields.Date.context_today(self.customer)
        return (
            self.env["crm.resource.absence"]
            .with_user(user)
            .create(
                {
                    "user_id": self.manager.id,
                    "date_from": today,
                    "date_to": today,
                    "substitute_id": substitute.id,
                }
            )
        )

    def test_nobody_chooses_who_approves_for_others(self):
        request = self._submit()
        absence = self._stand_in(self.reviewer, self.reviewer)
        with self.assertRaises(AccessError):
            request.with_user(self.reviewer).validate_tier()
        absence.with_user(self.manager).substitute_id = self.clerk
        self.env.invalidate_all()
        absence.with_user(self.reviewer).substitute_id = self.reviewer
        self.env.invalidate_all()
        for user in (self.reviewer, self.clerk):
            with self.assertRaises(AccessError):
                request.with_user(user).validate_tier()
        with self.assertRaises(AccessError):
            absence.with_user(self.reviewer).write({"is_delegating": True})

    def test_person_chooses_who_approves_for_him(self):
        request = self._submit()
        self._stand_in(self.reviewer, self.manager)
        self._approve(request, self.reviewer, self.finance)
        self.assertEqual(request.state, "done")

    def test_substitutes_are_not_slipped_in(self):
        request = self._submit()
        absence = self._stand_in(self.reviewer, self.reviewer)
        absence.with_user(self.manager).date_to += timedelta(days=1)
        with self.assertRaises(AccessError):
            request.with_user(self.reviewer).validate_tier()

    def test_substitutes_decide_in_time_only(self):
        request = self._submit()
        absence = self._stand_in(self.reviewer, self.manager)
        self.assertIn(self.reviewer, request.reviewer_ids)
        self.env.flush_all()
        self.env.cr.execute(  # as time passes
            SQL(
                "UPDATE crm_resource_absence SET date_from = date_from - 9,"
                " date_to = date_to - 9 WHERE id = %s",
                absence.id,
            )
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            request.with_user(self.reviewer).validate_tier()

    def test_who_wrote_the_terms_does_not_approve_them(self):
        request = self._make_request()
        request.with_user(self.manager).new_discount = 30
        with self.assertRaisesRegex(UserError, "Nobody else could approve"):
            request.request_validation()

    def test_requester_is_no_substitute(self):
        today = fields.Date.context_today(self.customer)
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.manager.id,
                "date_from": today,
                "date_to": today,
                "substitute_id": self.salesperson.id,
            }
        )
        request = self._submit()
        with self.assertRaises(AccessError):
            request.validate_tier()

    def test_reminder(self):
        request = self._submit()
        review = request.sudo().review_ids.filtered(lambda r: r.status == "pending")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE tier_review SET create_date = create_date - INTERVAL '3 days'"
                " WHERE id = %s",
                review.id,
            )
        )
        review.invalidate_recordset(["create_date"])
        self.env["tier.definition"]._cron_send_review_reminder()
        self.assertTrue(review.last_reminder_date)
        notices = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.manager.partner_id.id)]
        )
        self.assertTrue(notices)

    def test_waiting_list(self):
        request = self._submit()
        reviews = self.env["tier.review"]
        for user, expected in (
            (
                self.manager,
                request.review_ids.filtered(lambda r: r.status == "pending"),
            ),
            (self.finance, reviews),
        ):
            found = reviews.with_user(user).search(
                [("reviewer_ids", "in", user.ids), ("status", "=", "pending")]
            )
            self.assertEqual(found.sudo(), expected.sudo())
            self.assertEqual(
                found.mapped("document_name"), [request.name] if expected else []
            )

    def test_reviews_are_read_with_their_document(self):
        request = self._submit()
        stranger = new_user(
            self.env, "approval_stranger", groups="sales_team.group_sale_salesman"
        )
        internal = new_user(self.env, "approval_internal")
        portal = new_user(self.env, "approval_portal", groups="base.group_portal")
        reviews = self.env["tier.review"]
        domain = [("id", "in", request.review_ids.ids)]
        for user in (stranger, internal):
            self.assertFalse(reviews.with_user(user).search(domain))
        for user in (stranger, internal, portal):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    request.review_ids.with_user(user).read(["comment"])
        self.assertEqual(reviews.with_user(self.salesperson).search_count(domain), 2)

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.finance.company_ids += other
        mine = self.customer.with_company(other)
        request = self._submit(new_payment_term_id=self.term.id)
        self._approve(request, self.manager, self.finance)
        self.assertEqual(self.customer.property_payment_term_id, self.term)
        self.assertFalse(mine.property_payment_term_id)
        stranger = new_user(
            self.env,
            "approval_elsewhere",
            groups="crm_resource.group_reviewer",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(request.with_user(stranger).has_access("read"))
