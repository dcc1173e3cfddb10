from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestForecastOrder(ForecastCommon):
    def _sign(self, forecast, order):
        action = forecast.action_sign()
        dialog = (
            self.env["crm.resource.forecast.sign"]
            .with_user(forecast.env.user)
            .with_context(**action["context"])
            .create({"order_id": order.id})
        )
        dialog.action_sign()

    def test_signed_needs_a_confirmed_order_of_the_customer(self):
        forecast = self._make_forecast()
        stranger = self._make_customer("Sea", user_id=self.salesperson.id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        refused = [
            self._make_order(stranger, 100),
            self.env["sale.order"].create({"partner_id": self.customer.id}),
            self._make_order(self.customer, 100),
        ]
        refused[2].sudo().company_id = company
        for order in refused:
            with self.assertRaisesRegex(UserError, "cannot sign"):
                forecast._sign(order)
        self.assertEqual(forecast.state, "striving")

    def test_sign(self):
        forecast = self._make_forecast()
        order = self._make_order(self.customer, 900, user_id=self.salesperson.id)
        self._sign(forecast, order)
        self.assertRecordValues(
            forecast,
            [{"state": "signed", "order_id": order.id, "probability": 100}],
        )
        self.assertEqual(str(forecast.date_closed), "2026-03-16")

    @mute_logger("odoo.sql_db")
    def test_an_order_signs_one_forecast(self):
        order = self._make_order(self.customer, 900, user_id=self.salesperson.id)
        self._sign(self._make_forecast(), order)
        second = self._make_forecast()
        with self.assertRaises(IntegrityError):
            self._sign(second, order)
            self.env.flush_all()

    def test_quotation_has_all_lines(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        forecast = self._make_forecast(
            lines=[
                {"product_id": self.product.id, "quantity": 3, "discount": 10},
                {
                    "product_id": self.product.id,
                    "quantity": 2,
                    "product_uom_id": dozen.id,
                    "price_unit": 1111,
                },
            ]
        )
        action = forecast.action_make_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertRecordValues(
            order.order_line,
            [
                {"product_uom_qty": 3, "price_unit": 100, "discount": 10},
                {"product_uom_qty": 2, "price_unit": 1111, "discount": 0},
            ],
        )
        self.assertEqual(order.amount_untaxed, forecast.amount)
        self.assertEqual(order.user_id, self.salesperson)
        self.assertEqual(forecast.order_count, 1)

    def test_quotation_names_lines_without_product(self):
        forecast = self._make_forecast(
            lines=[{"categ_id": self.shades.id, "price_unit": 5}]
        )
        with self.assertRaisesRegex(UserError, "Shades"):
            forecast.action_make_quotation()
        self.assertFalse(forecast.order_ids)

    def test_confirming_signs_and_cancelling_reopens(self):
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 1}]
        )
        forecast.action_make_quotation()
        order = forecast.order_ids
        order.action_confirm()
        self.assertRecordValues(forecast, [{"state": "signed", "order_id": order.id}])
        order._action_cancel()
        self.assertRecordValues(forecast, [{"state": "striving", "order_id": False}])

    def test_orders_belong_to_forecasts_of_their_customer(self):
        forecast = self._make_forecast()
        stranger = self._make_customer("Sea", user_id=self.salesperson.id)
        order = self.env["sale.order"].with_user(self.salesperson)
        with self.assertRaisesRegex(ValidationError, "no forecast of Sea"):
            order.create({"partner_id": stranger.id, "forecast_id": forecast.id})

    def test_catalog(self):
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 1}]
        )
        second = self.env["product.product"].create({"name": "Bulb", "list_price": 7})
        action = forecast.action_add_from_catalog()
        self.assertEqual(action["context"]["product_catalog_order_id"], forecast.id)
        info = forecast._get_product_catalog_order_line_info(
            [self.product.id, second.id]
        )
        self.assertEqual(info[self.product.id]["quantity"], 1)
        self.assertEqual(info[second.id]["price"], 7)
        self.assertEqual(forecast._update_order_line_info(second.id, 4), 7)
        self.assertEqual(forecast.amount, 128)
        forecast._update_order_line_info(second.id, 0)
        self.assertEqual(forecast.line_ids.product_id, self.product)

    def test_won_without_an_order(self):
        lead = self._make_lead()
        forecast = self._make_forecast(lead_id=lead.id)
        lead.action_set_won()
        self.assertRecordValues(
            forecast, [{"state": "signed", "is_document_missing": True}]
        )
        self.assertEqual(forecast.activity_ids.user_id, self.salesperson)
        found = forecast.search([("is_document_missing", "=", True)])
        self.assertIn(forecast, found)
        order = self._make_order(self.customer, 100, user_id=self.salesperson.id)
        self._sign(forecast, order)
        self.assertFalse(forecast.is_document_missing)

    def test_cancelled_order_of_a_won_opportunity(self):
        lead = self._make_lead()
        forecast = self._make_forecast(
            lead_id=lead.id, lines=[{"product_id": self.product.id, "quantity": 1}]
        )
        forecast.action_make_quotation()
        order = forecast.order_ids
        self.assertEqual(order.opportunity_id, lead)
        order.action_confirm()
        self.assertEqual(lead.won_status, "won")
        order._action_cancel()
        self.assertRecordValues(
            forecast, [{"state": "signed", "is_document_missing": True}]
        )

    def test_lines_of_the_order_are_typed_anew(self):
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 1}]
        )
        forecast.action_make_quotation()
        forecast.order_ids.order_line = [
            Command.update(forecast.order_ids.order_line.id, {"product_uom_qty": 5})
        ]
        self.assertEqual(forecast.line_ids.quantity, 1)
