"""From an opportunity that is assigned to the target that is achieved, in a real
browser."""

from odoo import Command, fields
from odoo.tests import tagged

from .common import TourCase, new_role_users


@tagged("post_install", "-at_install")
class TestToursSales(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson, cls.leader = new_role_users(
            cls.env, ["salesperson", "leader"], lang="en_US", tz="UTC"
        )
        cls.company = cls.env.company
        cls.company.write({"crm_is_lead_assigned": True, "crm_sales_basis": "order"})
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Tour",
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.salesperson.ids)],
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "无锡项目机械有限公司",
                "is_company": True,
                "customer_state": "approved",
                "user_id": cls.salesperson.id,
                "team_id": cls.team.id,
            }
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Tour pump",
                "type": "service",
                "list_price": 1000,
                "taxes_id": False,
            }
        )

    def test_from_opportunity_to_target(self):
        today = fields.Date.today()
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "Pumps for the tour",
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                    "user_id": self.salesperson.id,
                    "team_id": self.team.id,
                    "expected_revenue": 3000,
                    "date_deadline": fields.Date.end_of(today, "month"),
                }
            )
        )
        self.assertEqual(lead.assignment_state, "unassigned")
        self.env["crm.resource.lead.assign"].with_user(self.leader).create(
            {
                "lead_ids": [Command.set(lead.ids)],
                "user_id": self.salesperson.id,
            }
        ).action_assign()
        target = (
            self.env["crm.resource.target"]
            .with_user(self.leader)
            .create(
                {
                    "team_id": self.team.id,
                    "user_id": self.salesperson.id,
                    "date": fields.Date.start_of(today, "month"),
                    "measure": "orders",
                    "target": 3000,
                }
            )
        )
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_lead_sales_tour", login=self.salesperson.login
        )
        self.env.invalidate_all()
        step = lead.plan_step_ids
        self.assertEqual((step.state, step.effect), ("done", "They want three"))
        forecast = lead.forecast_ids
        order = forecast.order_id
        self.assertEqual(forecast.state, "signed")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_untaxed, 3000)
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(target.achieved, 3000)
        self.assertEqual(target.shortage, 0)
        self.start_tour(
            "/odoo/targets", "crm_lead_target_tour", login=self.salesperson.login
        )

    def test_decision_map(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Pumps for the tour",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
            }
        )
        boss, buyer = self.env["res.partner"].create(
            [
                {"name": f"{name} of the tour", "parent_id": self.customer.id}
                for name in ("Boss", "Buyer")
            ]
        )
        stakeholder = self.env["crm.resource.stakeholder"].create(
            {"lead_id": lead.id, "partner_id": buyer.id}
        )
        self.start_tour(
            f"/odoo/crm/{lead.id}",
            "crm_lead_decision_tour",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertEqual(stakeholder.parent_id.partner_id, boss)
