from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestForecast(ForecastCommon):
    def test_begins_as_the_company_says(self):
        self.assertEqual(self._make_forecast().probability, 65)
        self.company.crm_forecast_striving = 40
        forecast = self._make_forecast()
        self.assertEqual(forecast.probability, 40)
        self.assertEqual(forecast.state, "striving")
        self.assertTrue(forecast.name.startswith("FC/2026/"))
        self.assertEqual(forecast.team_id, self.team)

    def test_each_has_its_own_probability(self):
        forecast = self._make_forecast(probability=80)
        self.assertEqual(forecast.amount_weighted, 800)
        forecast.probability = 25
        self.assertEqual(forecast.amount_weighted, 250)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            forecast.probability = 101
            forecast.flush_recordset()

    def test_products_add_up(self):
        forecast = self._make_forecast(
            lines=[
                {"product_id": self.product.id, "quantity": 3, "discount": 10},
                {"categ_id": self.shades.id, "quantity": 2, "price_unit": 45.5},
            ]
        )
        self.assertRecordValues(
            forecast.line_ids,
            [
                {"categ_id": self.lamps.id, "price_unit": 100, "price_subtotal": 270},
                {"categ_id": self.shades.id, "price_unit": 45.5, "price_subtotal": 91},
            ],
        )
        self.assertEqual(forecast.amount, 361)

    def test_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        forecast = self._make_forecast(
            lines=[
                {
                    "product_id": self.product.id,
                    "product_uom_id": dozen.id,
                    "quantity": 2,
                }
            ]
        )
        line = forecast.line_ids
        self.assertEqual(line.product_qty, 24)
        self.assertEqual(line.price_unit, 1200)
        self.assertEqual(forecast.amount, 2400)

    def test_price_of_the_customer(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "XFC",
                "symbol": "x",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Abroad",
                "currency_id": foreign.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 50,
                        }
                    )
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 3}]
        )
        self.assertEqual(forecast.currency_id, foreign)
        self.assertEqual(forecast.amount, 600)  # 3 x 50, 4 foreign units each
        self.assertEqual(forecast.amount_company, 150)
        self.assertEqual(forecast.amount_weighted, 97.5)
        self.assertEqual(forecast.line_ids.amount_company, 150)

    def test_typed_prices_stay(self):
        with Form(
            self.env["crm.resource.forecast"].with_user(self.salesperson)
        ) as form:
            form.partner_id = self.customer
            form.date_expected = "2026-04-01"
            with form.line_ids.new() as line:
                line.product_id = self.product
                self.assertEqual(line.price_unit, 100)
                line.price_unit = 90
                line.quantity = 10
                self.assertEqual(line.price_unit, 90)
        forecast = form.save()
        self.assertEqual(forecast.amount, 900)

    def test_expected_amount_may_differ(self):
        forecast = self._make_forecast(
            lines=[
                {"product_id": self.product.id, "quantity": 1},
                {"categ_id": self.shades.id, "price_unit": 200},
            ]
        )
        forecast.amount = 100
        self.assertEqual(forecast.amount_lines, 300)
        self.assertEqual(forecast.line_ids.mapped("amount_company"), [33.33, 66.67])
        forecast.line_ids[0].quantity = 2
        self.assertEqual(forecast.amount, 400)

    def test_putting_off_is_counted_and_logged(self):
        forecast = self._make_forecast().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.cr.flush()  # what is new is not tracked
        forecast.date_expected = "2026-04-28"
        self.assertEqual(forecast.push_count, 0)
        forecast.date_expected = "2026-05-02"
        forecast.date_expected = "2026-04-30"
        forecast.date_expected = "2026-07-01"
        self.assertEqual(forecast.push_count, 2)
        forecast.amount = 1200
        self.cr.flush()
        tracked = forecast.sudo().message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("date_expected", tracked)
        self.assertIn("amount", tracked)

    def test_obligatory_items_are_named(self):
        with self.assertRaisesRegex(ValidationError, "Expected Amount"):
            self._make_forecast(amount=0)
        self.company.crm_forecast_products = True
        with self.assertRaisesRegex(ValidationError, "Products"):
            self._make_forecast()
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 1}]
        )
        with self.assertRaisesRegex(ValidationError, "Products"):
            forecast.line_ids = [Command.clear()]

    def test_lines_name_something(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._make_forecast(lines=[{"price_unit": 5}])

    def test_lose(self):
        forecasts = self._make_forecast() | self._make_forecast()
        dialog = self._get_dialog(forecasts.action_lose())
        dialog.reason_id = self.price
        dialog.action_lose()
        self.assertRecordValues(
            forecasts,
            [
                {
                    "state": "lost",
                    "lost_reason_id": self.price.id,
                    "probability": 0,
                    "amount_weighted": 0,
                }
            ]
            * 2,
        )

    def test_other_reasons_need_words(self):
        forecast = self._make_forecast()
        dialog = self._get_dialog(forecast.action_lose())
        dialog.reason_id = self.other_reason
        with self.assertRaisesRegex(UserError, "write in words"):
            dialog.action_lose()
        self.assertEqual(forecast.state, "striving")
        dialog.note = "The hall burnt down"
        dialog.action_lose()
        self.assertEqual(forecast.lost_note, "The hall burnt down")

    def test_reopen(self):
        forecast = self._make_forecast(probability=80)
        forecast._lose(self.price)
        forecast.action_reopen()
        self.assertRecordValues(
            forecast,
            [
                {
                    "state": "striving",
                    "lost_reason_id": False,
                    "date_closed": False,
                    "probability": 65,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "is “Striving”"):
            forecast.action_reopen()

    def test_closed_is_kept(self):
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 1}]
        )
        forecast._lose(self.price)
        for values in (
            {"amount": 5},
            {"date_expected": "2026-06-01"},
            {"line_ids": [Command.clear()]},
        ):
            with self.assertRaisesRegex(UserError, "is closed"):
                forecast.write(values)
        with self.assertRaisesRegex(UserError, "is closed"):
            forecast.line_ids.quantity = 7
        with self.assertRaisesRegex(UserError, "is closed"):
            forecast.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "is closed"):
            forecast.unlink()

    def test_only_steps_say_where_it_stands(self):
        order = self._make_order(self.customer, 100)
        forecast = self._make_forecast(state="signed", order_id=order.id, push_count=9)
        self.assertRecordValues(
            forecast, [{"state": "striving", "order_id": False, "push_count": 0}]
        )
        for values in (
            {"state": "signed"},
            {"order_id": order.id},
            {"lost_note": "x"},
            {"amount_weighted": 5},
            {"name": "FC/1"},
        ):
            with self.assertRaises(AccessError):
                forecast.write(values)

    def test_managers_amount(self):
        forecast = self._make_forecast()
        with self.assertRaisesRegex(AccessError, "manager's amount|Manager's amount"):
            forecast.write({"is_adjusted": True, "amount_adjusted": 1})
        managed = forecast.with_user(self.leader)
        managed.write(
            {"is_adjusted": True, "amount_adjusted": 600, "adjust_note": "Too high"}
        )
        self.assertRecordValues(
            forecast,
            [
                {
                    "amount": 1000,
                    "amount_manager": 600,
                    "amount_weighted": 650,
                    "adjuster_id": self.leader.id,
                }
            ],
        )
        managed.is_adjusted = False
        self.assertEqual(forecast.amount_manager, 1000)
        self.assertFalse(forecast.adjuster_id)

    def test_contacts_stand_for_their_customer(self):
        forecast = self._make_forecast(partner_id=self.contact.id)
        self.assertEqual(forecast.partner_id, self.customer)

    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        prices=st.lists(
            st.floats(0, 99999, allow_nan=False, width=32), min_size=1, max_size=7
        ),
        amount=st.integers(1, 10_000_000),
    )
    def test_shares_add_up(self, prices, amount):
        forecast = self._make_forecast(
            amount=amount / 100,
            lines=[
                {"categ_id": self.lamps.id, "price_unit": price} for price in prices
            ],
        )
        forecast.amount = amount / 100
        shares = forecast.line_ids.mapped("amount_company")
        self.assertAlmostEqual(sum(shares), forecast.amount_company, places=4)
        self.assertGreaterEqual(min(shares), 0)

    def _get_dialog(self, action):
        return (
            self.env[action["res_model"]]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create(
                {"reason_id": self.price.id}
                if action["res_model"].endswith("lose")
                else {}
            )
        )
