from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, new_user
from .test_crm_resource_change_request import ApprovalCase


@tagged("post_install", "-at_install")
class TestCrmResourcePriceAuthority(ApprovalCase):
    """Orders below what the salesperson may give, and custom-made goods, wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorities = cls.env["crm.resource.price.authority"]
        cls.authorities.search([]).active = False
        cls.authorities.create({"discount_max": 10})
        cls.customer = cls._make_customer("Buyer", user_id=cls.salesperson.id)
        cls.discount = cls.env["product.product"].create(
            {
                "name": "Discount",
                "type": "service",
                "taxes_id": False,
                "list_price": 0,
            }
        )

    def _quote(self, price=100, user=None, **values):
        user = user or self.salesperson
        return (
            self.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "user_id": user.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 2,
                                "price_unit": price,
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    def test_within_authority(self):
        order = self._quote(90)
        self.assertEqual(order.order_line.price_floor, 90)
        self.assertFalse(order.approval_message)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_below_authority(self):
        for values in ({"price_unit": 89.99}, {"discount": 10.1}):
            order = self._quote()
            order.order_line.write(values)
            with self.subTest(values):
                with self.assertRaisesRegex(UserError, "below what the salesperson"):
                    order.action_confirm()
                self.assertEqual(order.state, "draft")

    def test_approved(self):
        order = self._quote(80)
        order.request_validation()
        self.assertEqual(self._get_activity_users(order), self.manager)
        with self.assertRaisesRegex(UserError, "waits for the approval"):
            order.action_confirm()
        self._approve(order, self.manager, self.finance)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_every_way_in(self):
        order = self._quote(80)
        for way in (
            lambda: order.sudo().action_confirm(),
            lambda: order.with_user(self.manager).action_confirm(),
            lambda: order.write({"state": "sale"}),
            lambda: order.sudo().write({"state": "sale"}),
            lambda: order.web_save({"state": "sale"}, {}),
            lambda: self._quote(80, state="sale"),
            lambda: order.with_context(
                skip_validation_check=True, skip_check_state_condition=True
            ).action_confirm(),
        ):
            with self.assertRaisesRegex(UserError, "below what"):
                way()
            self.assertEqual(order.state, "draft")

    def test_portal_offers_nothing_until_approved(self):
        order = self._quote(80, require_signature=True, require_payment=True)
        order.action_quotation_sent()
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())
        order.request_validation()
        self._approve(order, self.manager, self.finance)
        self.assertTrue(order._has_to_be_signed())
        order.sudo().write({"signed_by": "Buyer"})
        self.assertTrue(order._has_to_be_paid())

    def test_what_is_approved_stays(self):
        order = self._quote(80)
        line = order.order_line
        order.request_validation()
        other = self._make_customer("Other", user_id=self.salesperson.id)
        changes = (
            lambda: line.write({"price_unit": 70}),
            lambda: line.sudo().write({"discount": 5}),
            lambda: order.write(
                {"order_line": [Command.update(line.id, {"discount": 5})]}
            ),
            lambda: order.write(
                {"order_line": [Command.create({"product_id": self.product.id})]}
            ),
            line.unlink,
            lambda: line.copy({"order_id": order.id, "price_unit": 1}),
            lambda: order.write({"partner_id": other.id}),
            lambda: order.write({"user_id": self.manager.id}),
            lambda: self._quote().order_line.write({"order_id": order.id}),
            order.action_update_prices,
        )
        for approvers in ((), (self.manager, self.finance)):
            self._approve(order, *approvers)
            for number, change in enumerate(changes):
                with self.subTest(approvers=len(approvers), number=number):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        change()
            self.assertEqual(order.order_line.price_unit, 80)
        order.client_order_ref = "PO 7"
        line.name = "Lamp, as agreed"
        self.assertEqual(order.validation_status, "validated")

    def test_withdrawn_is_asked_anew(self):
        order = self._quote(80)
        order.request_validation()
        self._approve(order, self.manager, self.finance)
        order.restart_validation()
        order.order_line.price_unit = 70
        with self.assertRaisesRegex(UserError, "below what the salesperson"):
            order.action_confirm()

    def test_back_to_quotation(self):
        order = self._quote(80)
        order.request_validation()
        self._approve(order, self.manager, self.finance)
        order.action_confirm()
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.review_ids)
        with self.assertRaisesRegex(UserError, "below what the salesperson"):
            order.action_confirm()

    def test_confirmed_orders_are_not_lowered(self):
        order = self._quote()
        order.action_confirm()
        line = order.order_line
        new = {"product_id": self.product.id, "product_uom_qty": 1}
        for change in (
            lambda: line.write({"price_unit": 80}),
            lambda: line.write({"discount": 20}),
            lambda: order.write(
                {"order_line": [Command.create({**new, "price_unit": 1})]}
            ),
            lambda: order.write(
                {"order_line": [Command.create({**new, "price_unit": -30})]}
            ),
        ):
            with (
                self.assertRaisesRegex(UserError, "brings prices below"),
                self.env.cr.savepoint(),
            ):
                change()
        line.write({"product_uom_qty": 3, "price_unit": 95})
        self.assertEqual(order.amount_untaxed, 285)

    def test_approved_price_stays_when_more_is_sold(self):
        order = self._quote(80)
        order.request_validation()
        self._approve(order, self.manager, self.finance)
        order.action_confirm()
        order.order_line.product_uom_qty = 5
        with self.assertRaisesRegex(UserError, "brings prices below"):
            order.order_line.price_unit = 79

    def test_discount_on_the_whole(self):
        order = self._quote()
        line = {"product_id": self.discount.id, "price_unit": -20}
        order.order_line = [Command.create(line)]
        self.assertFalse(order.is_below_authority)
        order.order_line[1].price_unit = -20.01
        self.assertTrue(order.is_below_authority)

    def test_customers_own_terms(self):
        """What a customer was granted is nobody's concession."""
        self.customer.customer_discount = 15
        self.assertEqual(self._quote().order_line.price_floor, 85)
        self.customer.customer_discount = 0
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        # whatever the order names, the customer's list counts
        order = self._quote(50, pricelist_id=pricelist.id)
        self.assertTrue(order.is_below_authority)
        self.customer.property_product_pricelist = pricelist
        self.assertEqual(self._quote(50).order_line.price_floor, 45)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XAU",
                "symbol": "A",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Gold", "currency_id": currency.id}
        )
        order = self._quote(360, pricelist_id=pricelist.id)
        self.assertEqual(order.order_line.price_floor, 360)
        self.assertFalse(order.is_below_authority)

    def test_unit_of_measure(self):
        order = self._quote()
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertAlmostEqual(order.order_line.price_floor, 1080)

    def test_nobody_gains_by_naming_another(self):
        self.authorities.create({"user_id": self.manager.id, "discount_max": 50})
        order = self._quote(60, user_id=self.manager.id)
        self.assertTrue(order.is_below_authority)
        self.assertFalse(self._quote(60, user=self.manager).is_below_authority)

    def test_most_conditions_win(self):
        parent = self.env["product.category"].create({"name": "Lighting"})
        child = parent.create({"name": "Lamps", "parent_id": parent.id})
        self.product.categ_id = child
        self.customer.manual_level_id = self.large
        self.policy._classify(TODAY)
        self.env.invalidate_all()
        floor = 90
        self.assertEqual(self._quote().order_line.price_floor, floor)
        for values, expected in (
            ({"categ_id": parent.id, "discount_max": 12}, 88),
            ({"categ_id": child.id, "discount_max": 11}, 89),
            ({"level_id": self.large.id, "discount_max": 14}, 86),
            ({"level_id": self.small.id, "discount_max": 60}, 86),
            ({"user_id": self.salesperson.id, "discount_max": 5}, 95),
            (
                {"level_id": self.large.id, "categ_id": parent.id, "discount_max": 20},
                80,
            ),
            (
                {
                    "user_id": self.salesperson.id,
                    "categ_id": parent.id,
                    "discount_max": 2,
                },
                98,
            ),
        ):
            self.authorities.create(values)
            with self.subTest(values):
                self.assertEqual(self._quote().order_line.price_floor, expected)

    def test_without_authorities_nothing_is_limited(self):
        self.authorities.search([]).active = False
        order = self._quote(1)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    @mute_logger("odoo.sql_db")
    def test_conditions_are_unique(self):
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.authorities.create({"discount_max": 20})

    @settings(max_examples=20, deadline=None)
    @given(
        price=st.floats(0.5, 200),
        discount=st.floats(0, 100),
        most=st.floats(0, 100),
    )
    def test_floor_decides(self, price, discount, most):
        """Below authority is exactly what is sold for less than the floor."""
        self.authorities.search([]).discount_max = most
        line = self._quote(price).order_line
        line.discount = discount
        floor = 100 * (1 - self.authorities.search([]).discount_max / 100)
        net = line.price_unit * (1 - line.discount / 100)
        if abs(net - floor) > 0.02:
            self.assertEqual(line.order_id.is_below_authority, net < floor)

    def test_custom_made(self):
        self.product.is_custom_made = True
        order = self._quote()
        with self.assertRaisesRegex(UserError, "custom-made"):
            order.action_confirm()
        order.request_validation()
        self.assertEqual(len(order.review_ids), 1)
        self._approve(order, self.manager)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_rejected(self):
        order = self._quote(80)
        order.request_validation()
        self._reject(order, self.manager, "Too low")
        with self.assertRaisesRegex(UserError, "Too low"):
            order.action_confirm()
        order.restart_validation()
        order.order_line.price_unit = 95
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_salespeople_read_what_binds_them(self):
        stranger = new_user(self.env, "authority_stranger")
        own, other = self.authorities.create(
            [
                {"user_id": user.id, "discount_max": 20}
                for user in (self.salesperson, self.manager)
            ]
        )
        asked = self.authorities.with_user(self.salesperson)
        self.assertIn(own, asked.search([]))
        self.assertNotIn(other, asked.search([]))
        with self.assertRaises(AccessError):
            own.with_user(self.salesperson).discount_max = 90
        with self.assertRaises(AccessError):
            self.authorities.with_user(stranger).search([])

    # ------------------------------------------------------------
    # What was tried to get around it
    # ------------------------------------------------------------

    def _lines(self, *lines):
        values = {"product_id": self.product.id, "product_uom_qty": 2}
        return [Command.create({**values, "price_unit": 100, **line}) for line in lines]

    def test_without_authorities_discounts_are_free(self):
        self.authorities.search([]).active = False
        order = self._quote(order_line=self._lines({}, {"price_unit": -150}))
        order.action_confirm()
        order.order_line = self._lines({"price_unit": -20})
        self.assertEqual(order.state, "sale")

    def test_negative_prices_hide_nothing(self):
        for lines in (
            [{}, {"product_uom_qty": 20, "price_unit": -0.01}],
            [{}, {"product_uom_qty": 20, "discount": 100.01}],
            [{}, {"product_uom_qty": -10, "price_unit": -0.01}, {"price_unit": -50}],
            [{"is_downpayment": True, "price_unit": 1}],
        ):
            with self.subTest(lines):
                order = self._quote(order_line=self._lines(*lines))
                with self.assertRaisesRegex(UserError, "below what"):
                    order.action_confirm()

    def test_status_is_not_written(self):
        order = self._quote(1)
        order.request_validation()
        for method in (order.write, lambda values: order.web_save(values, {})):
            with self.assertRaises(AccessError):
                method({"validation_status": "validated"})
        order.sudo().validation_status = "validated"
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_state_and_content_at_once(self):
        order, approved = self._quote(), self._quote(80)
        approved.request_validation()
        self._approve(approved, self.manager, self.finance)
        new = self._make_customer(
            "New", customer_state="new", user_id=self.salesperson.id
        )
        for document, values in (
            (
                order,
                {"order_line": [Command.update(order.order_line.id, {"discount": 50})]},
            ),
            (
                approved,
                {
                    "order_line": [
                        Command.update(approved.order_line.id, {"price_unit": 1})
                    ]
                },
            ),
            (approved, {"partner_id": self._make_customer("Else").id}),
            (order, {"partner_id": new.id}),
        ):
            for method in (document.write, lambda v, d=document: d.web_save(v, {})):
                with self.subTest(values), self.assertRaises(UserError):
                    with self.env.cr.savepoint():
                        method({"state": "sale", **values})
            self.assertEqual(document.state, "draft")

    def test_confirmed_orders_get_no_other_way(self):
        order = self._quote()
        order.action_confirm()
        line = order.order_line
        dozen = self.env.ref("uom.product_uom_dozen").id
        for number, change in enumerate(
            (
                lambda: line.write({"product_uom_id": dozen, "price_unit": 100}),
                lambda: self._quote(1).order_line.write({"order_id": order.id}),
                lambda: line.write({"state": "draft", "price_unit": 1}),
                lambda: order.write({"order_line": self._lines({"price_unit": -100})}),
            )
        ):
            with self.subTest(number), self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    change()
        line.write({"company_id": False, "state": "draft"})
        self.assertEqual(line.company_id, self.company)
        self.assertEqual(line.state, "sale")

    def test_discount_grows_by_less_goods(self):
        off = {"product_id": self.discount.id, "price_unit": -500}
        order = self._quote(order_line=self._lines({"product_uom_qty": 100}, off))
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "brings prices below"):
            order.order_line[0].product_uom_qty = 11

    def test_unapproved_terms_do_not_count(self):
        plain = self.env["res.partner"].create(
            {"name": "Plain", "is_company": True, "customer_discount": 95}
        )
        self.assertTrue(self._quote(5, partner_id=plain.id).is_below_authority)
        self.customer.with_user(self.salesperson).customer_discount = 95
        self.assertEqual(self.customer.customer_state, "submitted")
        self.assertTrue(self._quote(5).is_below_authority)

    def test_price_list_of_the_customer_is_watched(self):
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        staff = self.env["product.pricelist"].create(
            {
                "name": "Staff",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 99})
                ],
            }
        )
        self.customer.with_user(self.salesperson).property_product_pricelist = staff
        self.assertEqual(self.customer.customer_state, "submitted")
        self.assertTrue(self._quote(1).is_below_authority)

    def test_taxes_in_the_price(self):
        """Taxes in the price are not the company's: prices are compared without."""
        on_top, included = self.env["account.tax"].create(
            [
                {"name": kind, "amount": 50, "price_include_override": kind}
                for kind in ("tax_excluded", "tax_included")
            ]
        )
        for of_product, of_line, floor in (
            (on_top, on_top, 90),
            (on_top, included, 135),
            (included, included, 90),
            (included, on_top, 60),
        ):
            self.product.taxes_id = of_product
            for price, is_below in ((floor, False), (floor - 0.1, True)):
                with self.subTest(of_product.name, line=of_line.name, price=price):
                    order = self._quote(price)
                    order.order_line.tax_ids = of_line
                    self.assertEqual(order.is_below_authority, is_below)

    def test_custom_made_stays_custom_made(self):
        order = self._quote()
        order.action_confirm()
        self.product.is_custom_made = True
        with self.assertRaisesRegex(UserError, "custom-made"):
            order.order_line = self._lines({})
        other = self._quote()
        other.order_line.is_custom_made = False
        with self.assertRaisesRegex(UserError, "custom-made"):
            other.action_confirm()

    def test_manager_does_not_approve_his_own(self):
        self.salesperson.group_ids += self.env.ref("crm_resource.group_reviewer")
        order = self._quote(1, user=self.manager)
        with self.assertRaisesRegex(UserError, "Nobody else"):
            order.with_user(self.salesperson).sudo().request_validation()

    def test_comments_are_their_writers_own(self):
        order = self._quote(1)
        order.request_validation()
        action = order.with_user(self.manager).reject_tier()
        dialog = (
            self.env["comment.wizard"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"comment": "Too low"})
        )
        internal = new_user(self.env, "authority_internal")
        with self.assertRaises(AccessError):
            dialog.with_user(internal).comment = "Fine"
        with self.assertRaises(AccessError):
            dialog.with_user(internal).read(["comment"])

    def test_portal_reads_nothing_of_it(self):
        portal = new_user(self.env, "authority_portal", groups="base.group_portal")
        self.customer.child_ids = portal.partner_id
        order = self._quote(1, partner_id=portal.partner_id.id)
        order.action_quotation_sent()
        self.assertTrue(order.with_user(portal).has_access("read"))
        for name in ("approval_message", "gate_message", "is_below_authority"):
            with self.subTest(name), self.assertRaises(AccessError):
                order.with_user(portal).read([name])

    def test_floor_of_hidden_customers(self):
        hidden = self._make_customer("Hidden", customer_discount=33)
        lines = self.env["sale.order.line"].with_user(self.salesperson)
        values = {
            "order_id": {"partner_id": hidden.id},
            "product_id": self.product.id,
            "product_uom_qty": 1,
        }
        answer = lines.onchange(values, ["product_id"], {"price_floor": {}})
        self.assertFalse(answer["value"].get("price_floor"))

    def test_small_units_and_prices(self):
        self.product.uom_id = self.env.ref("uom.product_uom_kgm")
        self.product.list_price = 4
        gram = self.env.ref("uom.product_uom_gram").id
        for price in (0, 0.0018):
            line = {"product_uom_id": gram, "product_uom_qty": 1e6, "price_unit": price}
            order = self._quote(order_line=self._lines(line))
            self.assertTrue(order.is_below_authority, price)

    def test_contexts_give_nothing(self):
        self.authorities.create({"discount_max": 99, "active": False})
        order = self._quote(5)
        for context in (
            {"active_test": False},
            {"no_variant_attributes_price_extra": -99},
            {"country_code": "KI"},
        ):
            with self.subTest(context), self.assertRaises(UserError):
                order.with_context(**context).action_confirm()

    def test_what_is_delivered_counts(self):
        self.product.invoice_policy = "delivery"
        lines = [{}, {"product_uom_qty": -0.01, "price_unit": 1}]
        order = self._quote(order_line=self._lines(*lines))
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "brings prices below"):
            order.order_line[1].qty_delivered = 100

    def test_prices_of_attributes_count(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Finish",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "Plain"}),
                    Command.create({"name": "Gold", "default_extra_price": 900}),
                ],
            }
        )
        template = self.product.product_tmpl_id
        line = self.env["product.template.attribute.line"].create(
            {
                "product_tmpl_id": template.id,
                "attribute_id": attribute.id,
                "value_ids": [Command.set(attribute.value_ids.ids)],
            }
        )
        gold = line.product_template_value_ids.filtered(lambda v: v.price_extra)
        values = {
            "product_id": template.product_variant_id.id,
            "product_no_variant_attribute_value_ids": [Command.set(gold.ids)],
        }
        order = self._quote(order_line=self._lines(values))
        self.assertEqual(order.order_line.price_floor, 900)

    def test_confirmed_orders_do_not_pass_to_the_unapproved(self):
        new = self._make_customer(
            "New", customer_state="new", user_id=self.salesperson.id
        )
        order = self._quote()
        order.action_confirm()
        for name in ("partner_id", "partner_invoice_id"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "not approved"):
                with self.env.cr.savepoint():
                    order[name] = new

    def test_rules_enrol_no_terms(self):
        self.company.crm_enrol_on_quotation = True
        contacts = self.env["res.partner"].create(
            [
                {"name": "Plain", "is_company": True},
                {"name": "Typed", "is_company": True, "customer_discount": 60},
            ]
        )
        for contact, state in zip(contacts, ("approved", "submitted"), strict=True):
            order = self._quote(40, partner_id=contact.id)
            self.assertEqual(contact.customer_state, state)
            self.assertTrue(order.is_below_authority)

    def test_no_definition_opens_no_door(self):
        self.env["tier.definition"].search([]).active = False
        with self.assertRaisesRegex(UserError, "define who approves"):
            self._quote(1).action_confirm()
