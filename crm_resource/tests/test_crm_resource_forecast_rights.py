from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_resource.models.crm_resource_assignment import Holder

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestForecastRights(ForecastCommon):
    def test_reach(self):
        forecast = self._make_forecast()
        forecasts = self.env["crm.resource.forecast"]
        domain = [("id", "=", forecast.id)]
        for user in (self.salesperson, self.leader, self.reviewer, self.executive):
            self.assertTrue(forecasts.with_user(user).search(domain), user.name)
        self.assertFalse(forecasts.with_user(self.other).search(domain))
        with self.assertRaises(AccessError):
            forecast.with_user(self.executive).amount = 5
        with self.assertRaises(AccessError):
            forecast.with_user(self.other).action_lose()

    def test_whoever_gets_the_customer_reaches_it(self):
        forecast = self._make_forecast()
        self.env["crm.resource.assignment"]._assign(
            {self.customer.id: Holder(self.other.id)}, "allocate"
        )
        found = forecast.with_user(self.other).search([("id", "=", forecast.id)])
        self.assertTrue(found)

    def test_customers_of_others(self):
        stranger = self._make_customer("Sea", user_id=self.other.id)
        with self.assertRaises(AccessError):
            self._make_forecast(partner_id=stranger.id)
        forecasts = self.env["crm.resource.forecast"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            forecasts.with_context(default_partner_id=stranger.id).default_get(
                ["partner_id"]
            )

    def test_forecasts_for_others(self):
        with self.assertRaisesRegex(AccessError, "for yourself"):
            self._make_forecast(user_id=self.other.id)
        forecast = self._make_forecast(self.leader, user_id=self.salesperson.id)
        self.assertEqual(forecast.user_id, self.salesperson)
        with self.assertRaises(AccessError):
            self._make_forecast().user_id = self.other

    def test_collaborators_do_not_decide(self):
        forecast = self._make_forecast()
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.other.id,
                "access": "edit",
            }
        )
        shared = forecast.with_user(self.other)
        shared.check_access("write")
        for step in (
            lambda: shared.write({"amount": 1}),
            lambda: shared.write({"line_ids": [(0, 0, {"categ_id": self.lamps.id})]}),
            shared.action_lose,
            lambda: shared._lose(self.price),
            shared.unlink,
        ):
            with self.assertRaisesRegex(AccessError, "the matter of"):
                step()

    def test_opportunities_of_others(self):
        lead = self._make_lead()
        lead.sudo().write({"user_id": self.other.id, "partner_id": False})
        with self.assertRaises(AccessError):
            self._make_forecast(lead_id=lead.id)
        forecasts = self.env["crm.resource.forecast"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            forecasts.onchange({"lead_id": lead.id}, ["lead_id"], {"lead_id": {}})

    def test_dialogs_are_their_users(self):
        forecast = self._make_forecast()
        dialogs = self.env["crm.resource.forecast.lose"]
        dialog = dialogs.with_user(self.salesperson).create(
            {"forecast_ids": forecast.ids, "reason_id": self.price.id}
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.other).read(["reason_id"])
        with self.assertRaises(AccessError):
            dialogs.with_user(self.other).create(
                {"forecast_ids": forecast.ids, "reason_id": self.price.id}
            )

    def test_hand_over(self):
        kinds = self.env["res.users"]._get_handover_models()
        self.assertIn("forecast", [kind.key for kind in kinds])

    def test_page_and_start(self):
        self._make_forecast(amount=1000)
        customer = self.customer.with_user(self.salesperson)
        figures = {figure["key"]: figure for figure in customer.get_page_figures()}
        self.assertEqual(figures["forecast"]["value"], 1000)
        start = self.env["crm.resource.start"].with_user(self.salesperson)
        with freeze_time("2026-04-16"):
            [row] = start._get_forecasts()["rows"]
        self.assertEqual(row["tone"], "danger")
        self.assertEqual(row["title"], "Lake")
