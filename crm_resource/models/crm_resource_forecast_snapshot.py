from odoo import api, fields, models
from odoo.tools import SQL

from .unchecked_many2one import UncheckedMany2one


class CrmResourceForecastSnapshot(models.Model):
    """What a company expected at the beginning of a month: the forecasts that were
    striven for then, line by line, which nobody changes any more."""

    _name = "crm.resource.forecast.snapshot"
    _description = "Forecast Snapshot"
    _order = "month desc, id desc"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    date = fields.Date(string="Taken On", required=True, readonly=True)

    # the loser of two jobs waits for the winner, and then takes none
    _month_unique = models.UniqueIndex("(company_id, month)")

    @api.model
    def _cron_take(self):
        """Take this month's snapshot of each company that has none yet."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("active", "=", True)])
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._take(company)
            if not cron._commit_progress(1):
                break

    @api.model
    def _take(self, company, date=None):
        """Keep what a company expects, once a month.

        :param company: `res.company`
        :param date: the day of which it is, today if None
        :return: the new snapshot, empty if the month has one
        """
        date = date or company._get_today()
        self.env.flush_all()
        created = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_resource_forecast_snapshot (
                    company_id, month, date, create_uid, create_date,
                    write_uid, write_date
                )
                VALUES (%(company)s, %(month)s, %(date)s, %(uid)s, %(now)s,
                        %(uid)s, %(now)s)
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                company=company.id,
                month=date.replace(day=1),
                date=date,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        snapshot = self.browse(key for (key,) in created)
        if snapshot:
            snapshot._fill()
        return snapshot

    def _fill(self):
        """Keep the lines of the company's open forecasts; one without products is a
        line of its own."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_forecast_snapshot_line (
                    snapshot_id, forecast_id, user_id, team_id, product_id, categ_id,
                    category, date_expected, probability, quantity, amount,
                    amount_weighted
                )
                SELECT %(snapshot)s, forecast.id, forecast.user_id, forecast.team_id,
                       line.product_id, line.categ_id, forecast.category,
                       forecast.date_expected, forecast.probability, line.product_qty,
                       COALESCE(line.amount_company, forecast.amount_company),
                       ROUND((COALESCE(line.amount_company, forecast.amount_company)
                              * forecast.probability / 100)::numeric, %(digits)s)
                  FROM crm_resource_forecast forecast
                  LEFT JOIN crm_resource_forecast_line line
                    ON line.forecast_id = forecast.id
                 WHERE forecast.state = 'striving'
                   AND forecast.company_id = %(company)s
                 ORDER BY forecast.id
                """,
                snapshot=self.id,
                company=self.company_id.id,
                digits=self.currency_id.decimal_places,
            )
        )
        self.env["crm.resource.forecast.snapshot.line"].invalidate_model()


class CrmResourceForecastSnapshotLine(models.Model):
    """What was expected of a forecast's product, in company currency."""

    _name = "crm.resource.forecast.snapshot.line"
    _description = "Line of a Forecast Snapshot"
    _log_access = False  # written by one statement, never changed
    _order = "snapshot_id desc, date_expected, id"
    _rec_name = "forecast_id"

    snapshot_id = UncheckedMany2one(
        "crm.resource.forecast.snapshot", required=True, readonly=True
    )
    company_id = fields.Many2one(related="snapshot_id.company_id")
    currency_id = fields.Many2one(related="snapshot_id.currency_id")
    month = fields.Date(related="snapshot_id.month")
    forecast_id = UncheckedMany2one(
        "crm.resource.forecast", required=True, readonly=True
    )
    partner_id = fields.Many2one(related="forecast_id.partner_id", string="Customer")
    user_id = UncheckedMany2one("res.users", string="Salesperson", readonly=True)
    team_id = UncheckedMany2one("crm.team", string="Department", readonly=True)
    product_id = UncheckedMany2one("product.product", readonly=True)
    categ_id = UncheckedMany2one(
        "product.category", string="Product Category", readonly=True
    )
    category = fields.Selection(
        lambda self: (
            self.env["crm.resource.forecast"]
            ._fields["category"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    date_expected = fields.Date(string="Expected Signing", readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg", digits=(5, 2))
    quantity = fields.Float(
        string="Quantity in the Product's Unit", readonly=True, digits="Product Unit"
    )
    amount = fields.Monetary(string="Expected Amount", readonly=True)
    amount_weighted = fields.Monetary(string="Weighted Amount", readonly=True)

    # a month's lines are added at once, in the order of forecasts
    _places_idx = models.Index("USING brin (snapshot_id, forecast_id)")

    @api.model
    def _forget(self, name, records):
        """Clear what is about to be deleted from all lines: no key keeps it there.

        :param str name: of the field that links to it
        """
        self.flush_model([name])
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_forecast_snapshot_line SET %(name)s = NULL
                 WHERE %(name)s = ANY(%(ids)s)
                """,
                name=SQL.identifier(name),
                ids=records.ids,
            )
        )
        self.invalidate_model([name])
