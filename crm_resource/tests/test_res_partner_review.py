from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CrmResourceCommon


class ReviewCase(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_obligatory_field_ids = cls.company._get_customer_fields(
            ["phone"]
        )
        cls.company.crm_review_user_id = cls.reviewer
        cls.entered = (
            cls.env["res.partner"]
            .with_user(cls.clerk)
            .create(
                {
                    "name": "Pujiang Lamps",
                    "is_company": True,
                    "customer_state": "new",
                    "phone": "+86 21 5555 0100",
                }
            )
        )

    def _review(self, customer, decision, user=None, **values):
        dialog = (
            self.env["crm.resource.customer.review"]
            .with_user(user or self.reviewer)
            .create(
                {"partner_ids": customer.ids, "decision": decision, **values},
            )
        )
        dialog.action_decide()

    def _submit_and_approve(self):
        self.entered.action_submit_customer()
        self.entered.with_user(self.reviewer).action_approve_customer()
        return self.entered.sudo()


@tagged("post_install", "-at_install")
class TestReview(ReviewCase):
    def test_enter_return_correct_approve(self):
        customer = self.entered
        customer.action_submit_customer()
        self.assertEqual(customer.customer_state, "submitted")
        self.assertEqual(customer.submitted_by_id, self.clerk)
        activity = customer.sudo().activity_ids
        self.assertEqual(activity.user_id, self.reviewer)
        self._review(customer, "return", note="The tax id is missing.")
        self.assertEqual(customer.customer_state, "returned")
        self.assertFalse(activity.active)
        activity = customer.sudo().activity_ids
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn("tax id", activity.note)
        customer.vat = "123"
        customer.action_submit_customer()
        self._review(customer, "approve")
        self.assertEqual(customer.sudo().customer_state, "approved")
        self.assertEqual(customer.sudo().reviewed_by_id, self.reviewer)

    def test_approve_with_conditions(self):
        term = self.env["account.payment.term"].create({"name": "7 days"})
        pricelist = self.env["product.pricelist"].create({"name": "Beginners"})
        self.entered.action_submit_customer()
        self._review(
            self.entered,
            "approve",
            credit_limit=5000,
            payment_term_id=term.id,
            pricelist_id=pricelist.id,
            level_id=self.small.id,
            note="Prepayment for the first order",
        )
        customer = self.entered.sudo()
        self.assertEqual(customer.customer_state, "approved")
        self.assertEqual(customer.credit_limit, 5000)
        self.assertTrue(customer.use_partner_credit_limit)
        self.assertEqual(customer.property_payment_term_id, term)
        self.assertEqual(customer.specific_property_product_pricelist, pricelist)
        self.assertEqual(customer.level_id, self.small)
        for text in ("7 days", "Beginners", "Prepayment"):
            self.assertIn(text, customer.review_note)
        self.assertFalse(customer.is_reapproval)

    def test_reasons_are_obligatory(self):
        self.entered.action_submit_customer()
        for decision in ("return", "reject"):
            with self.assertRaises(UserError):
                self._review(self.entered, decision, note=" ")
        self.assertEqual(self.entered.customer_state, "submitted")

    def test_reject_and_reopen(self):
        self.entered.action_submit_customer()
        self._review(self.entered, "reject", note="We know them.")
        with self.assertRaises(AccessError):
            self.entered.phone = "1"
        with self.assertRaises(AccessError):
            self.entered.action_reopen_customer()
        self.entered.with_user(self.reviewer).action_reopen_customer()
        self.assertEqual(self.entered.customer_state, "new")
        self.entered.phone = "1"

    def test_obligatory_fields(self):
        self.entered.phone = False
        with self.assertRaisesRegex(UserError, "Pujiang"):
            self.entered.action_submit_customer()
        self.assertEqual(self.entered.customer_state, "new")

    def test_who_decides(self):
        self.entered.action_submit_customer()
        for call in (
            self.entered.action_approve_customer,
            lambda: self._review(self.entered, "approve", self.clerk),
            lambda: self.entered.write({"customer_state": "approved"}),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(self.entered.customer_state, "submitted")

    def test_what_tells_of_a_review_is_not_written(self):
        for values in (
            {"reviewed_by_id": self.reviewer.id},
            {"review_note": "Forged"},
            {"date_terminated": "2026-01-01"},
            {"is_reapproval": True},
            {"submitted_by_id": self.reviewer.id},
        ):
            with self.subTest(values=values):
                before = self.entered.read(list(values))
                with self.assertRaises(AccessError):
                    self.entered.web_save(values, {})
                with self.assertRaises(AccessError):
                    self.entered.create({"name": "Sly", "is_company": True, **values})
                self.assertEqual(self.entered.read(list(values)), before)

    def test_decided_once(self):
        self._submit_and_approve()
        with self.assertRaises(UserError):
            self._review(self.entered, "reject", note="Too late")
        with self.assertRaises(UserError):
            self.entered.sudo().action_submit_customer()

    def test_who_edits_when(self):
        customer = self.entered
        customer.sudo().user_id = self.salesperson
        own = customer.with_user(self.salesperson)
        editors = {
            "new": {self.clerk, self.salesperson, self.reviewer},
            "submitted": {self.reviewer},
            "returned": {self.clerk, self.salesperson, self.reviewer},
            "rejected": {self.reviewer},
            "approved": {self.salesperson, self.reviewer},
        }
        for state, allowed in editors.items():
            customer.sudo().customer_state = state
            for user in (self.clerk, self.salesperson, self.reviewer):
                with self.subTest(state=state, user=user.login):
                    asked = customer.with_user(user)
                    if user in allowed:
                        asked.street = f"{state} {user.login}"
                        self.assertTrue(asked.is_customer_editable)
                    else:
                        with self.assertRaises(AccessError):
                            asked.street = "No"
        self.assertTrue(own.activity_schedule("mail.mail_activity_data_todo"))

    def test_terminated_customers_are_reopened_first(self):
        customer = self._submit_and_approve()
        customer.user_id = self.salesperson
        self._review(customer, "terminate", note="Bankrupt")
        for user in (self.salesperson, self.reviewer):
            with self.assertRaisesRegex(AccessError, "Pujiang"):
                customer.with_user(user).street = "No"
        self.assertTrue(customer._get_gate_message())
        customer.with_user(self.reviewer).action_reopen_customer()
        customer.with_user(self.salesperson).street = "Yes"
        self.assertFalse(customer._get_gate_message())

    def test_terms_in_the_company_s_range(self):
        self.company.crm_discount_max = 10
        allowed, other = self.env["account.payment.term"].create(
            [{"name": "Cash"}, {"name": "A year"}]
        )
        self.company.crm_payment_term_ids = allowed
        self.entered.customer_discount = 10
        for discount in (10.01, -1):
            with self.assertRaises(ValidationError):
                self.entered.customer_discount = discount
        self.entered.sudo().property_payment_term_id = allowed
        with self.assertRaisesRegex(ValidationError, "Cash"):
            self.entered.sudo().property_payment_term_id = other

    def test_discount_on_orders(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        customer = self._make_customer(customer_discount=10)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": customer.id}
        )
        line = self._make_order(contact, 100).order_line
        self.assertEqual((line.discount, line.price_subtotal), (10, 90))

    def test_quick_entry(self):
        Partner = self.env["res.partner"].with_user(self.salesperson)
        quick = Partner.with_context(res_partner_search_mode="customer")
        self.assertFalse(quick.create({"name": "Contact"}).customer_state)
        self.company.crm_is_quick_customer = True
        customer = quick.browse(quick.name_create("Quick")[0])
        self.assertEqual(customer.customer_state, "new")
        self.assertEqual(customer.user_id, self.salesperson)
        contact = quick.create({"name": "Person", "parent_id": customer.id})
        self.assertFalse(contact.customer_state)
        self.assertFalse(Partner.create({"name": "Vendor"}).customer_state)


@tagged("post_install", "-at_install")
class TestApproved(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_watched_field_ids = cls.company._get_customer_fields(
            ["vat", "bank_ids", "credit_limit", "property_payment_term_id"]
        )
        cls.customer = cls._make_customer(
            "Approved", vat="1", user_id=cls.salesperson.id, phone="1"
        )
        cls.own = cls.customer.with_user(cls.salesperson)

    def test_a_change_asks_anew_and_back_is_approved(self):
        self.own.vat = "2"
        self.assertEqual(self.customer.customer_state, "submitted")
        self.assertTrue(self.customer.is_reapproval)
        self.assertTrue(self.customer._get_gate_message())
        self.assertIn(self.reviewer, self.customer.activity_ids.user_id)
        self.own.vat = "1"
        self.assertEqual(self.customer.customer_state, "approved")
        self.assertFalse(self.customer.is_reapproval)
        self.assertFalse(self.customer.activity_ids)

    def test_a_rejected_change_is_not_approved_by_changing_it_back(self):
        self.own.vat = "2"
        self._review(self.customer, "reject", note="Not theirs")
        with self.assertRaises(AccessError):
            self.own.vat = "1"
        self.customer.vat = "1"
        self.assertEqual(self.customer.customer_state, "rejected")

    def test_who_says_approved_again_approves_nothing(self):
        self.own.write({"customer_state": "approved", "vat": "2"})
        self.assertEqual(self.customer.customer_state, "submitted")
        self.assertTrue(self.customer.is_reapproval)

    def test_a_state_that_is_written_is_a_decision(self):
        self.own.vat = "2"
        self.customer.with_user(self.reviewer).customer_state = "rejected"
        self.customer.vat = "1"
        self.assertEqual(self.customer.customer_state, "rejected")

    def test_same_value_and_other_fields_ask_nobody(self):
        self.own.write({"vat": "1", "street": "Elsewhere"})
        self.assertEqual(self.customer.customer_state, "approved")

    def test_reviewers_approve_what_they_change(self):
        self.customer.with_user(self.reviewer).vat = "2"
        self.assertEqual(self.customer.customer_state, "approved")
        self.own.vat = "1"
        self.assertEqual(self.customer.customer_state, "submitted")
        self.customer.with_user(self.reviewer).action_approve_customer()
        self.assertEqual(self.customer.customer_state, "approved")
        self.own.vat = "2"
        self.assertEqual(self.customer.customer_state, "submitted")

    def test_whoever_changes_it(self):
        """A change in the portal is made for a person who may not read the state."""
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "review_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.customer.with_user(portal).sudo().vat = "3"
        self.assertEqual(self.customer.customer_state, "submitted")

    def test_enrolled_customers(self):
        contact = self.env["res.partner"].create(
            {"name": "Enrolled", "is_company": True, "vat": "1"}
        )
        contact._enrol_customers({contact.id: self.salesperson.id})
        contact.with_user(self.salesperson).vat = "2"
        self.assertEqual(contact.customer_state, "submitted")

    def test_bank_accounts(self):
        accounts = self.env["res.partner.bank"].with_user(
            self._make_user("account.group_account_invoice")
        )
        account = accounts.create({"acc_number": "1", "partner_id": self.customer.id})
        self.assertEqual(self.customer.customer_state, "submitted")
        account.unlink()
        self.assertEqual(self.customer.customer_state, "approved")
        self.customer.with_user(self.reviewer)._keep_approved_values()

    def test_terms_of_each_company(self):
        term = self.env["account.payment.term"].create({"name": "Cash"})
        accountant = self._make_user("account.group_account_invoice")
        self.customer.with_user(accountant).property_payment_term_id = term
        self.assertEqual(self.customer.customer_state, "submitted")
        self.customer.with_user(self.reviewer).action_approve_customer()
        self.customer.with_user(accountant).property_payment_term_id = term
        self.assertEqual(self.customer.customer_state, "approved")

    def test_unwatched(self):
        self.company.crm_watched_field_ids = False
        self.own.vat = "2"
        self.assertEqual(self.customer.customer_state, "approved")

    def _make_user(self, group):
        return self.env["res.users"].create(
            {
                "name": group,
                "login": group,
                "group_ids": [
                    Command.set(
                        (
                            self.env.ref(group)
                            | self.env.ref("base.group_partner_manager")
                        ).ids
                    )
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestDuplicates(ReviewCase):
    """Everybody is warned of customers whom he may not see, and learns no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._make_customer(
            "Huangpu Lighting Co., Ltd.",
            vat="BE0477472701",
            phone="+86 21 5555 0199",
            email="buy@huangpu-lighting.example",
            user_id=cls.reviewer.id,
        )
        cls.chinese = cls._make_customer("上海浦江灯具有限公司")

    def _find(self, **values):
        partner = self.entered.new(
            {"name": "Zzz", "customer_state": "new", **values}
        ).with_user(self.clerk)
        message = partner.duplicate_message or ""
        return {
            customer
            for customer in (self.other, self.chinese)
            if customer.name in message
        }, message

    def test_what_is_found(self):
        for values, expected in (
            ({"name": "Huangpu Lighting"}, self.other),
            ({"name": "HUANGPU LIGHTNING Limited"}, self.other),
            ({"name": "浦江灯具"}, self.chinese),
            ({"name": "上海浦江灯饰股份有限公司"}, self.chinese),
            ({"vat": "be0477472701"}, self.other),
            ({"phone": "+862155550199"}, self.other),
            ({"email": "sell@huangpu-lighting.example"}, self.other),
            ({"name": "Lighting Partners"}, None),
            ({"name": "北京有限公司"}, None),
            ({"email": "sell@lighting.example"}, None),
            ({"name": "100%_'; DROP TABLE x;--"}, None),
        ):
            with self.subTest(values=values):
                found, _message = self._find(**values)
                self.assertEqual(found, set(expected or ()))

    def test_what_is_told(self):
        self.assertFalse(self.other.with_user(self.clerk).has_access("read"))
        _found, message = self._find(name="Huangpu Lighting")
        self.assertIn("Huangpu Lighting Co., Ltd. (somebody's)", message)
        for secret in (self.other.vat, self.reviewer.name, self.other.email):
            self.assertNotIn(secret, message)
        _found, message = self._find(name="浦江灯具")
        self.assertIn("(nobody's)", message)

    def test_not_of_other_companies(self):
        self.other.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self._find(name="Huangpu Lighting")[0], set())

    def test_missing_items_are_named(self):
        self.entered.phone = False
        self.assertTrue(self.entered.missing_message)
        self.entered.phone = "1"
        self.assertFalse(self.entered.missing_message)
