from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestLeadForecast(ForecastCommon):
    def test_made_of_an_opportunity(self):
        lead = self._make_lead()
        action = lead.action_open_forecasts()
        forecast = self.env["crm.resource.forecast"].browse(action["res_id"])
        self.assertRecordValues(
            forecast,
            [
                {
                    "lead_id": lead.id,
                    "partner_id": self.customer.id,
                    "amount": 500,
                    "user_id": self.salesperson.id,
                }
            ],
        )
        self.assertEqual(str(forecast.date_expected), "2026-05-20")
        self.assertEqual(lead.action_open_forecasts()["res_id"], forecast.id)
        self.assertEqual(lead.forecast_count, 1)

    def test_many_at_once_name_what_is_missing(self):
        leads = self._make_lead() | self._make_lead(
            name="Old hall", expected_revenue=0, date_deadline=False
        )
        with self.assertRaisesRegex(
            UserError, "Old hall: Expected Closing, Expected Revenue"
        ):
            leads.action_make_forecasts()
        self.assertFalse(leads.forecast_ids)
        leads[1].write({"expected_revenue": 5, "date_deadline": "2026-06-01"})
        leads.action_make_forecasts()
        leads.action_make_forecasts()
        self.assertEqual(len(leads.forecast_ids), 2)

    @mute_logger("odoo.sql_db")
    def test_one_forecast_for_an_opportunity(self):
        lead = self._make_lead()
        self._make_forecast(lead_id=lead.id)
        with self.assertRaises(IntegrityError):
            self._make_forecast(lead_id=lead.id)

    def test_opportunity_of_the_customer(self):
        stranger = self._make_customer("Sea", user_id=self.salesperson.id)
        lead = self._make_lead(partner_id=stranger.id)
        with self.assertRaisesRegex(UserError, "no opportunity of Lake"):
            self._make_forecast(lead_id=lead.id)

    def test_forecast_follows_the_opportunity(self):
        lead = self._make_lead()
        forecast = self._make_forecast(lead_id=lead.id)
        lead.action_set_lost(lost_reason_id=self.price.id)
        self.assertRecordValues(
            forecast, [{"state": "lost", "lost_reason_id": self.price.id}]
        )
        other = self.env.ref("crm_resource.crm_lost_reason_quality")
        lead.lost_reason_id = other
        self.assertEqual(forecast.lost_reason_id, other)
        lead.action_restore()
        self.assertRecordValues(
            forecast, [{"state": "striving", "lost_reason_id": False}]
        )
        lead.action_set_won()
        self.assertEqual(forecast.state, "signed")
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.assertEqual(forecast.state, "striving")

    def test_won_with_its_order(self):
        lead = self._make_lead()
        forecast = self._make_forecast(lead_id=lead.id)
        order = self._make_order(self.customer, 70, opportunity_id=lead.id)
        lead.action_set_won()
        self.assertRecordValues(
            forecast,
            [{"state": "signed", "order_id": order.id, "is_document_missing": False}],
        )

    def test_opportunity_follows_the_forecast(self):
        lead = self._make_lead()
        forecast = self._make_forecast(lead_id=lead.id)
        forecast._lose(self.price)
        self.assertRecordValues(
            lead, [{"won_status": "lost", "lost_reason_id": self.price.id}]
        )
        forecast.action_reopen()
        self.assertEqual(lead.won_status, "pending")
        self.assertTrue(lead.active)
        forecast._sign(self._make_order(self.customer, 70))
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(forecast.state, "signed")
        with self.assertRaisesRegex(UserError, "opportunity of .* is won"):
            forecast.action_reopen()
