from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestForecastSnapshot(ForecastCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.resource.forecast"].search([]).sudo().line_ids.unlink()
        cls.snapshots = cls.env["crm.resource.forecast.snapshot"]

    def _take(self, day):
        return self.snapshots._take(self.company, date.fromisoformat(day))

    def _get_lines(self, snapshot, forecasts):
        return self.env["crm.resource.forecast.snapshot.line"].search(
            [("snapshot_id", "=", snapshot.id), ("forecast_id", "in", forecasts.ids)]
        )

    def test_keeps_what_is_striven_for(self):
        forecast = self._make_forecast(
            lines=[
                {"product_id": self.product.id, "quantity": 3},
                {"categ_id": self.shades.id, "price_unit": 200},
            ]
        )
        plain, lost = self._make_forecast(), self._make_forecast()
        lost._lose(self.price)
        snapshot = self._take("2026-04-01")
        lines = self._get_lines(snapshot, forecast | plain | lost).sorted("id")
        forecast.amount = 5
        self.assertRecordValues(
            lines.filtered(lambda line: line.forecast_id == forecast).sorted("amount"),
            [
                {
                    "product_id": False,
                    "categ_id": self.shades.id,
                    "amount": 200,
                    "amount_weighted": 130,
                    "user_id": self.salesperson.id,
                    "team_id": self.team.id,
                },
                {
                    "product_id": self.product.id,
                    "categ_id": self.lamps.id,
                    "amount": 300,
                    "amount_weighted": 195,
                    "user_id": self.salesperson.id,
                    "team_id": self.team.id,
                },
            ],
        )
        self.assertEqual(
            lines.filtered(lambda line: line.forecast_id == plain).amount, 1000
        )
        self.assertFalse(lines.filtered(lambda line: line.forecast_id == lost))

    def test_once_a_month(self):
        forecast = self._make_forecast()
        first = self._take("2026-04-01")
        self.assertTrue(first)
        self.assertFalse(self._take("2026-04-17"))
        self.assertTrue(self._take("2026-05-02"))
        self.assertEqual(len(self._get_lines(first, forecast)), 1)

    def test_what_is_deleted_leaves_no_traces(self):
        product = self.env["product.product"].create({"name": "Bulb"})
        forecast = self._make_forecast(
            lines=[{"product_id": product.id, "price_unit": 7}]
        )
        deleted = self._make_forecast()
        line = self._get_lines(self._take("2026-04-01"), forecast)
        deleted.unlink()
        forecast.line_ids.product_id = self.product
        product.unlink()
        self.assertFalse(line.product_id)
        self.assertFalse(self._get_lines(line.snapshot_id, deleted))
        self.assertEqual(line.amount, 7)

    def test_job(self):
        self.snapshots.search([]).unlink()
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_resource.ir_cron_forecast_snapshot"
            ).method_direct_trigger()
            self.env.ref(
                "crm_resource.ir_cron_forecast_snapshot"
            ).method_direct_trigger()
        taken = self.snapshots.search([])
        self.assertEqual(
            sorted(taken.company_id.ids),
            sorted(self.env["res.company"].search([]).ids),
        )
        self.assertEqual(len(taken), len(taken.company_id))

    def test_forecast_against_signed(self):
        forecast = self._make_forecast(
            lines=[{"product_id": self.product.id, "quantity": 10}]
        )
        missed = self._make_forecast(date_expected="2026-04-20")
        self._take("2026-03-01")
        forecast.line_ids.quantity = 8
        self._take("2026-04-01")
        order = self._make_order(self.customer, 600)
        with freeze_time("2026-04-12"):
            forecast._sign(order)
        rows = self.env["crm.resource.forecast.report"]._read_group(
            [
                ("forecast_id", "in", (forecast | missed).ids),
                ("month", "=", "2026-04-01"),
            ],
            ["product_id"],
            [
                "amount_before:sum",
                "amount_forecast:sum",
                "amount_signed:sum",
                "difference:sum",
                "quantity_forecast:sum",
                "quantity_signed:sum",
                "accuracy:avg",
            ],
        )
        found = {product: figures for product, *figures in rows}
        self.assertEqual(found[self.product], [1000, 800, 600, -200, 8, 1, 75])
        nothing = self.env["product.product"]
        self.assertEqual(found[nothing], [1000, 1000, 0, -1000, 0, 0, 0])

    def test_within_reach(self):
        mine = self._make_forecast()
        stranger = self._make_customer("Sea", user_id=self.other.id)
        theirs = self._make_forecast(self.other, partner_id=stranger.id)
        self._take("2026-04-01")
        for model in (
            "crm.resource.forecast.snapshot.line",
            "crm.resource.forecast.report",
        ):
            lines = self.env[model]
            for user, seen in (
                (self.salesperson, mine),
                (self.leader, mine),
                (self.other, theirs),
                (self.executive, mine | theirs),
                (self.reviewer, mine | theirs),
            ):
                found = lines.with_user(user).search(
                    [("forecast_id", "in", (mine | theirs).ids)]
                )
                self.assertEqual(found.sudo().forecast_id, seen, f"{model} {user.name}")
            with self.assertRaises(AccessError):
                lines.with_user(self.clerk).search([])
