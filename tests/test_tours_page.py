"""A salesperson's day, in a real browser."""

from odoo import Command
from odoo.tests import tagged

from .common import TourCase, new_role_user


@tagged("post_install", "-at_install")
class TestToursPage(TourCase):
    def test_page(self):
        """He opens My Day, a new customer's page, pins him, logs calls, reads the
        timeline."""
        salesperson = new_role_user(self.env, "salesperson", lang="en_US")
        product = self.env["product.product"].create(
            {"name": "Pump", "type": "service", "list_price": 1, "taxes_id": False}
        )
        customer = self.env["res.partner"].create(
            {
                "name": "无锡时间线机械有限公司",
                "is_company": True,
                "customer_state": "approved",
                "user_id": salesperson.id,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "price_unit": 250,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        helper = new_role_user(self.env, "accountant", lang="en_US")
        self.env["crm.resource.collaborator"].create(
            {"partner_id": customer.id, "user_id": helper.id}
        )
        self.env["crm.resource.grade"].create(
            {
                "partner_id": customer.id,
                "policy_id": self.env["crm.resource.level.policy"]
                .create(
                    {
                        "name": "Turnover of the region",
                        "level_ids": [Command.create({"name": "A"})],
                    }
                )
                .id,
            }
        )
        self.start_tour(
            "/odoo/my-day", "res_partner_page_tour", login=salesperson.login
        )
        self.env.invalidate_all()
        self.assertTrue(customer.with_user(salesperson).is_pinned)
        calls = self.env["mail.activity"].with_context(active_test=False)
        self.assertRecordValues(
            calls.search(
                [("res_model", "=", "res.partner"), ("res_id", "=", customer.id)]
            ),
            [{"user_id": salesperson.id, "active": False}] * 2,
        )
        self.assertRecordValues(
            customer.special_day_ids, [{"name": "Founding", "month": 5, "day": 21}]
        )
        self.assertFalse(customer.collaborator_ids)
