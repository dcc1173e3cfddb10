"""A campaign from its target group to the prize that is handed out, in a real
browser."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_resource.models import crm_resource_draw_run as run

from .common import TourCase, new_role_users

NAME = "无锡活动机械有限公司"
ACTIONS = "/odoo/action-crm_resource"


@tagged("post_install", "-at_install")
class TestToursCampaign(TourCase):
    def test_campaign(self):
        """Market staff makes a group and looks at it, starts the campaign, draws the
        prize, writes to the winner; a clerk redeems his code."""
        reviewer, clerk, salesperson = new_role_users(
            self.env, ["reviewer", "clerk", "salesperson"], lang="en_US"
        )
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"{NAME}{number}",
                    "email": f"pump{number}@example.com",
                    "customer_state": "approved",
                    "user_id": salesperson.id,
                }
                for number in range(2)
            ]
        )
        domain = repr([("id", "in", customers.ids)])
        self.env["ir.default"].set(
            "crm.resource.target.group", "domain", domain, user_id=reviewer.id
        )
        self.start_tour(
            f"{ACTIONS}.crm_resource_target_group_action/new",
            "crm_resource_target_group_tour",
            login=reviewer.login,
        )
        group = self.env["crm.resource.target.group"].search(
            [("name", "=", "Buyers of pumps")]
        )
        self.assertEqual(group.responsible_id, reviewer)
        campaign = (
            self.env["utm.campaign"]
            .with_user(reviewer)
            .create({"title": "Pumps", "crm_target_group_id": group.id})
        )
        self.start_tour(
            f"{ACTIONS}.utm_campaign_action_customer/{campaign.id}",
            "utm_campaign_tour",
            login=reviewer.login,
        )
        self.env.invalidate_all()
        self.assertEqual(campaign.crm_target_ids.customer_id, customers)
        draw = (
            self.env["crm.resource.draw"]
            .with_user(reviewer)
            .create(
                {
                    "name": "Pumps",
                    "campaign_id": campaign.id,
                    "audience": "targeted",
                    "prize_ids": [Command.create({"name": "Pump"})],
                }
            )
        )
        with patch.object(run, "_make_code", return_value="PUMP2345PUMP2345"):
            self.start_tour(
                f"{ACTIONS}.crm_resource_draw_action/{draw.id}",
                "crm_resource_draw_tour",
                login=reviewer.login,
            )
        self.env.invalidate_all()
        message = self.env["crm.resource.bulk.message"].search(
            [("draw_id", "=", draw.id)]
        )
        self.assertEqual(message.line_ids.partner_id, draw.winner_ids.partner_id)
        self.start_tour(
            f"{ACTIONS}.crm_resource_draw_redeem_action",
            "crm_resource_draw_redeem_tour",
            login=clerk.login,
        )
        self.env.invalidate_all()
        self.assertEqual(draw.winner_ids.redeemer_id, clerk)
