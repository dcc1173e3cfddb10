"""What people do, in a real browser."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .common import TourCase, new_role_user


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer = new_role_user(cls.env, "reviewer", lang="en_US")
        cls.salesperson = new_role_user(cls.env, "salesperson")
        cls.product = cls.env["product.product"].create(
            {"name": "Pump", "type": "service", "list_price": 1, "taxes_id": False}
        )

    def _make_order(self, partner, amount):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _make_policy(self):
        policies = self.env["crm.resource.level.policy"]
        policies.search([("is_leading", "=", True)]).is_leading = False
        self.env.flush_all()
        return policies.create(
            {
                "name": "Tour policy",
                "is_leading": True,
                "level_ids": [
                    Command.create(
                        {"name": "Tour large", "sequence": 1, "limit_from": 1000}
                    ),
                    Command.create(
                        {"name": "Tour new", "sequence": 2, "limit_to": 1000}
                    ),
                ],
            }
        )

    def test_classify(self):
        """A reviewer finds a customer, previews, applies, and sees the change."""
        policy = self._make_policy()
        buyer, other = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "customer_state": "approved"}
                for name in ("上海浦江水务", "Tour Pumps Ltd")
            ]
        )
        self._make_order(buyer, 1500)
        large, new = policy.level_ids
        self.assertEqual((buyer | other).mapped("level_id"), new)
        self.start_tour(
            "/odoo/customer-resources",
            "crm_resource_level_policy_tour",
            login=self.reviewer.login,
        )
        self.env.invalidate_all()
        self.assertEqual(buyer.level_id, large)
        self.assertEqual(buyer.turnover, 1500)
        self.assertEqual(other.level_id, new)

    def test_enter_customer(self):
        """A clerk enters a customer with a contact: new, coded, with a standing."""
        clerk = new_role_user(self.env, "clerk", lang="en_US")
        self.start_tour(
            "/odoo/customer-resources",
            "res_partner_customer_tour",
            login=clerk.login,
        )
        customer = self.env["res.partner"].search([("name", "=", "苏州试验有限公司")])
        self.assertRecordValues(
            customer,
            [
                {
                    "customer_state": "new",
                    "is_company": True,
                    "annual_purchasing_power": 250000,
                    "create_uid": clerk.id,
                }
            ],
        )
        self.assertTrue(customer.customer_code)
        self.assertTrue(customer.standing_id)
        self.assertRecordValues(
            customer.child_ids,
            [
                {
                    "name": "王小明",
                    "department": "Purchasing",
                    "crm_mobile": "+86 139 5550 3001",
                    "customer_state": False,
                }
            ],
        )

    def test_enrol(self):
        """A reviewer enrols contacts with orders after a preview."""
        buyer, stranger = self.env["res.partner"].create(
            [{"name": "Tour buyer"}, {"name": "Tour stranger"}]
        )
        self._make_order(buyer, 10)
        self.start_tour(
            "/odoo/customer-resources",
            "crm_resource_customer_enrol_tour",
            login=self.reviewer.login,
        )
        self.assertRecordValues(
            buyer | stranger,
            [
                {"customer_state": "approved", "user_id": self.salesperson.id},
                {"customer_state": False, "user_id": False},
            ],
        )

    def test_review(self):
        """A clerk enters, a reviewer sends back, the clerk corrects, the reviewer
        approves on conditions, a salesperson orders."""
        company = self.env.company
        company.crm_obligatory_field_ids = company._get_customer_fields(["phone"])
        clerk = new_role_user(self.env, "clerk", lang="en_US")
        self.salesperson.lang = "en_US"
        actions = "/odoo/action-crm_resource.res_partner_action_"
        for user, action, step in (
            (clerk, "entry", "enter"),
            (self.reviewer, "review", "return"),
            (clerk, "review", "correct"),
            (self.reviewer, "review", "approve"),
        ):
            self.start_tour(
                f"{actions}{action}",
                f"res_partner_review_{step}_tour",
                login=user.login,
            )
            self.env.invalidate_all()
        customer = self.env["res.partner"].search(
            [("name", "=", "杭州评审机械有限公司")]
        )
        self.assertRecordValues(
            customer,
            [
                {
                    "customer_state": "approved",
                    "create_uid": clerk.id,
                    "vat": "91330100MA27X0001X",
                    "credit_limit": 5000,
                    "reviewed_by_id": self.reviewer.id,
                }
            ],
        )
        customer.user_id = self.salesperson
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": self.salesperson.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "res_partner_review_order_tour",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")

    def _make_pool(self, *people):
        """Create a pool for some people, with a rule by which customers come to it."""
        for model in ("pool", "recall.rule", "allocation.rule", "holding.limit"):
            self.env[f"crm.resource.{model}"].search([]).active = False
        pool = self.env["crm.resource.pool"].create(
            {
                "name": "Tour pool",
                "user_ids": [Command.set([user.id for user in people])],
                "claim_limit": 2,
                "hidden_field_ids": [
                    Command.link(
                        self.env["ir.model.fields"]
                        ._get("crm.resource.pool.customer", "phone")
                        .id
                    )
                ],
            }
        )
        self.env["crm.resource.holding.limit"].create({"customer_limit": 5})
        self.env["crm.resource.recall.rule"].create(
            {
                "name": "Tour recall",
                "pool_id": pool.id,
                "contact_days": 20,
                "warn_days": 0,
                "escalate_days": 0,
            }
        )
        return pool

    def _recall(self):
        """Run the nightly job without its commits."""
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", return_value=float("inf")):
            self.env["crm.resource.recall.rule"]._cron_recall()
        self.env.invalidate_all()

    def test_pool(self):
        """A customer is recalled, claimed, worked on, given back, and allocated."""
        self.salesperson.lang = "en_US"
        first, second = (
            new_role_user(
                self.env, "salesperson", name=name, login=name, email=f"{name}@a.test"
            )
            for name in ("tour_first", "tour_second")
        )
        pool = self._make_pool(self.salesperson, second)
        customer = self.env["res.partner"].create(
            {
                "name": "宁波回收机械有限公司",
                "is_company": True,
                "customer_state": "approved",
                "phone": "+86 574 5550 4101",
                "user_id": first.id,
            }
        )
        customer.date_held_from = fields.Datetime.subtract(
            fields.Datetime.now(), months=6
        )
        self._recall()
        self.assertRecordValues(customer, [{"user_id": False, "pool_id": pool.id}])

        self.start_tour(
            "/odoo/customer-resources",
            "crm_resource_pool_claim_tour",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            customer,
            [
                {
                    "user_id": False,
                    "pool_id": pool.id,
                    "annual_purchasing_power": 120000,
                    "activity_ids": [],
                }
            ],
        )

        self.env["crm.resource.allocation.rule"].create(
            {
                "name": "Tour rule",
                "member_ids": [Command.create({"user_id": second.id})],
            }
        )
        self.start_tour(
            "/odoo/customer-resources",
            "crm_resource_pool_allocate_tour",
            login=self.reviewer.login,
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            customer.assignment_ids.sorted("id")[1:],
            [
                {"kind": "recall", "user_from_id": first.id, "pool_to_id": pool.id},
                {
                    "kind": "claim",
                    "user_from_id": False,
                    "pool_to_id": False,
                },
                {
                    "kind": "give_back",
                    "user_from_id": self.salesperson.id,
                    "pool_to_id": pool.id,
                },
                {"kind": "allocate", "user_from_id": False, "pool_to_id": False},
            ],
        )
        self.assertEqual(customer.user_id, second)
