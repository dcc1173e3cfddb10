from datetime import date

from odoo import Command

from .common_team import TeamCommon

TODAY = date(2026, 3, 16)


class ForecastCommon(TeamCommon):
    """Forecasts of the salesperson, and orders that sign them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamps, cls.shades = cls.env["product.category"].create(
            [{"name": "Lamps"}, {"name": "Shades"}]
        )
        cls.product.categ_id = cls.lamps
        cls.price = cls.env.ref("crm_resource.crm_lost_reason_price")
        cls.other_reason = cls.env.ref("crm_resource.crm_lost_reason_other")

    @classmethod
    def _make_forecast(cls, user=None, lines=(), **values):
        return (
            cls.env["crm.resource.forecast"]
            .with_user(user or cls.salesperson)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "date_expected": "2026-04-10",
                    "line_ids": [Command.create(line) for line in lines],
                    **({} if lines else {"amount": 1000}),
                    **values,
                }
            )
        )

    @classmethod
    def _make_lead(cls, **values):
        return (
            cls.env["crm.lead"]
            .with_user(cls.salesperson)
            .create(
                {
                    "name": "New hall",
                    "type": "opportunity",
                    "partner_id": cls.customer.id,
                    "user_id": cls.salesperson.id,
                    "team_id": cls.team.id,
                    "expected_revenue": 500,
                    "date_deadline": "2026-05-20",
                    **values,
                }
            )
        )
