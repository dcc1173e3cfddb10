from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceForecastReport(models.Model):
    """What was forecast for a month, at its beginning and a month before, against what
    was signed in it: by salesperson, customer and product, in company currency.

    What was signed are the lines of the orders that signed forecasts; forecasts for no
    product compare as a whole.
    """

    _name = "crm.resource.forecast.report"
    _description = "Forecast Against Signed"
    _inherit = "crm.resource.past.mixin"
    _past_dates = ("month",)
    _past_user = "user_id"
    _auto = False
    _order = "month desc, id"
    _rec_name = "forecast_id"

    month = fields.Date(readonly=True, help="Its first day.")
    forecast_id = fields.Many2one("crm.resource.forecast", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_before = fields.Monetary(
        string="Forecast a Month Before",
        readonly=True,
        help="What was expected for the month at the beginning of the month before.",
    )
    amount_forecast = fields.Monetary(
        readonly=True,
        help="What was expected for the month at its beginning.",
    )
    amount_weighted = fields.Monetary(
        string="Weighted Forecast",
        readonly=True,
        help="The forecast times its probability.",
    )
    amount_signed = fields.Monetary(string="Signed", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="What was signed less the forecast."
    )
    quantity_forecast = fields.Float(readonly=True, digits="Product Unit")
    quantity_signed = fields.Float(readonly=True, digits="Product Unit")
    accuracy = fields.Float(
        string="Accuracy (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of a group: 100 less the difference between its forecast and what was "
        "signed, in % of the larger of both.",
    )

    _depends = {
        "crm.resource.forecast": [
            "company_id",
            "contract_id",
            "date_closed",
            "order_id",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "crm.resource.contract": ["currency_rate"],
        "crm.resource.contract.line": [
            "categ_id",
            "contract_id",
            "price_subtotal",
            "product_id",
            "product_qty",
        ],
        "crm.resource.forecast.snapshot": ["company_id", "month"],
        "crm.resource.forecast.snapshot.line": [
            "amount",
            "amount_weighted",
            "categ_id",
            "date_expected",
            "forecast_id",
            "product_id",
            "quantity",
            "snapshot_id",
            "team_id",
            "user_id",
        ],
        "sale.order": ["currency_rate", "state"],
        "sale.order.line": [
            "display_type",
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
        ],
    }

    @property
    def _table_query(self):
        accuracy = self._get_accuracy(SQL("amount_forecast"), SQL("amount_signed"))
        return SQL(
            """
            SELECT rows.*, amount_signed - amount_forecast AS difference,
                   %(accuracy)s AS accuracy
              FROM (%(forecast)s UNION ALL %(signed)s UNION ALL %(contracted)s) rows
            """,
            accuracy=accuracy,
            forecast=self._get_forecast_query(),
            signed=self._get_signed_query(),
            contracted=self._get_contracted_query(),
        )

    @api.model
    def _get_forecast_query(self):
        """Return the SELECT of what was expected at the beginning of the month and of
        the month before; their ids are multiples of 3."""
        return SQL(
            """
            SELECT 3 * line.id AS id,
                   DATE_TRUNC('month', line.date_expected)::date AS month,
                   line.forecast_id, forecast.partner_id, line.user_id, line.team_id,
                   line.product_id, line.categ_id, snapshot.company_id,
                   CASE WHEN is_before THEN line.amount ELSE 0 END AS amount_before,
                   CASE WHEN is_before THEN 0 ELSE line.amount END AS amount_forecast,
                   CASE WHEN is_before THEN 0 ELSE line.amount_weighted
                   END AS amount_weighted,
                   0::numeric AS amount_signed,
                   CASE WHEN is_before THEN 0 ELSE line.quantity
                   END AS quantity_forecast,
                   0::float8 AS quantity_signed
              FROM crm_resource_forecast_snapshot_line line
              JOIN crm_resource_forecast_snapshot snapshot
                ON snapshot.id = line.snapshot_id
              JOIN crm_resource_forecast forecast ON forecast.id = line.forecast_id
             CROSS JOIN LATERAL (
                    SELECT DATE_TRUNC('month', line.date_expected) > snapshot.month
                   ) AS earlier(is_before)
             WHERE DATE_TRUNC('month', line.date_expected) IN (
                    snapshot.month, snapshot.month + INTERVAL '1 month')
            """
        )

    @api.model
    def _get_signed_query(self):
        """Return the SELECT of what orders signed; their ids are multiples of 3, and
        1."""
        return SQL(
            """
            SELECT 3 * line.id + 1 AS id,
                   DATE_TRUNC('month', forecast.date_closed)::date AS month,
                   forecast.id AS forecast_id, forecast.partner_id, forecast.user_id,
                   forecast.team_id, line.product_id, template.categ_id,
                   forecast.company_id, 0::numeric AS amount_before,
                   0::numeric AS amount_forecast, 0::numeric AS amount_weighted,
                   ROUND(
                       line.price_subtotal
                       / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)::numeric,
                       currency.decimal_places
                   ) AS amount_signed,
                   0::float8 AS quantity_forecast,
                   line.product_uom_qty * COALESCE(line_unit.factor, 1)
                       / COALESCE(product_unit.factor, 1) AS quantity_signed
              FROM crm_resource_forecast forecast
              JOIN sale_order ON sale_order.id = forecast.order_id
              JOIN sale_order_line line ON line.order_id = sale_order.id
              JOIN res_company company ON company.id = forecast.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template
                ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
              LEFT JOIN uom_uom product_unit ON product_unit.id = template.uom_id
             WHERE forecast.state = 'signed'
               AND sale_order.state = 'sale'
               AND line.display_type IS NULL
            """
        )

    @api.model
    def _get_contracted_query(self):
        """Return the SELECT of what contracts signed; their ids are multiples of 3, and
        2."""
        return SQL(
            """
            SELECT 3 * line.id + 2 AS id,
                   DATE_TRUNC('month', forecast.date_closed)::date AS month,
                   forecast.id AS forecast_id, forecast.partner_id, forecast.user_id,
                   forecast.team_id, line.product_id, line.categ_id,
                   forecast.company_id, 0::numeric AS amount_before,
                   0::numeric AS amount_forecast, 0::numeric AS amount_weighted,
                   ROUND(
                       line.price_subtotal
                       / COALESCE(NULLIF(contract.currency_rate, 0), 1)::numeric,
                       currency.decimal_places
                   ) AS amount_signed,
                   0::float8 AS quantity_forecast, line.product_qty AS quantity_signed
              FROM crm_resource_forecast forecast
              JOIN crm_resource_contract contract ON contract.id = forecast.contract_id
              JOIN crm_resource_contract_line line ON line.contract_id = contract.id
              JOIN res_company company ON company.id = forecast.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
             WHERE forecast.state = 'signed'
            """
        )

    def _get_accuracy(self, forecast, signed):
        """Return the expression of how close a forecast came, in %.

        :param forecast: SQL of the amount forecast
        :param signed: SQL of the amount signed
        """
        return SQL(
            """(100 * (1 - ABS(%(signed)s - %(forecast)s)
                       / NULLIF(GREATEST(ABS(%(signed)s), ABS(%(forecast)s)), 0)))""",
            forecast=forecast,
            signed=signed,
        )

    def _read_group_select(self, aggregate_spec, query):
        """The accuracy of a group is that of its sums."""
        if aggregate_spec != "accuracy:avg":
            return super()._read_group_select(aggregate_spec, query)
        forecast, signed = (
            SQL("SUM(%s)", self._field_to_sql(self._table, name, query))
            for name in ("amount_forecast", "amount_signed")
        )
        return self._get_accuracy(forecast, signed)
