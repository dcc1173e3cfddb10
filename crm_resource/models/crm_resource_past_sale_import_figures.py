import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

PREVIEW_SIZE = 20
_logger = logging.getLogger(__name__)


class CrmResourcePastSaleImport(models.Model):
    """What the preview and the result show."""

    _inherit = "crm.resource.past.sale.import"

    date_imported = fields.Datetime(string="Imported On", readonly=True, copy=False)
    row_count = fields.Integer(string="Rows in the File", readonly=True, copy=False)
    line_count = fields.Integer(string="New Lines", readonly=True, copy=False)
    known_count = fields.Integer(
        string="Imported Before", readonly=True, copy=False, aggregator=False
    )
    refused_count = fields.Integer(string="Refused Rows", readonly=True, copy=False)
    customer_count = fields.Integer(string="Customers", readonly=True, copy=False)
    new_customer_count = fields.Integer(
        string="New Customers", readonly=True, copy=False
    )
    enrolled_count = fields.Integer(
        string="Contacts Enrolled", readonly=True, copy=False
    )
    product_count = fields.Integer(string="Products", readonly=True, copy=False)
    new_product_count = fields.Integer(string="New Products", readonly=True, copy=False)
    unknown_countries = fields.Char(
        string="Countries Not Found",
        readonly=True,
        copy=False,
        help="Customers that are created get none of these.",
    )
    late_count = fields.Integer(
        string="Lines That Do Not Count",
        readonly=True,
        copy=False,
        help="They are of the day from which the documents of this database count, or "
        "later.",
    )
    date_first = fields.Date(string="First Day", readonly=True, copy=False)
    date_last = fields.Date(string="Last Day", readonly=True, copy=False)
    amounts = fields.Json(readonly=True, copy=False)
    amount_text = fields.Char(string="Amount", compute="_compute_amount_text")
    preview = fields.Json(readonly=True, copy=False)
    preview_html = fields.Html(
        compute="_compute_preview_html", string="First Rows", sanitize=False
    )

    @api.depends("amounts")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for record in self:
            currencies = self.env["res.currency"].browse(
                int(currency) for currency in record.amounts or ()
            )
            record.amount_text = "; ".join(
                currency.format(float(record.amounts[str(currency.id)]))
                for currency in currencies
            )

    @api.depends("preview")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        templates = self._get_reason_templates()
        for record in self:
            rows = [
                {
                    **row,
                    "reason": row["reason"]
                    and templates[row["reason"]] % {"value": row["value"]},
                }
                for row in record.preview or ()
            ]
            record.preview_html = rows and self.env["ir.qweb"]._render(
                "crm_resource.crm_resource_past_sale_preview", {"rows": rows}
            )

    def _get_figures(self):
        """Return the values of the figures, from the temporary tables."""
        figures = self.env.execute_query_dict(
            SQL(
                """
                SELECT COUNT(*) AS row_count,
                       COUNT(reason) AS refused_count
                  FROM past_sale_line
                """
            )
        )[0]
        for query in (self._get_line_figures(), self._get_record_figures()):
            figures.update(self.env.execute_query_dict(query)[0])
        figures["preview"] = self._get_preview()
        return figures

    def _get_line_figures(self):
        return SQL(
            """
            SELECT COUNT(*) FILTER (WHERE is_known) AS known_count,
                   COUNT(*) FILTER (WHERE NOT is_known) AS line_count,
                   COUNT(*) FILTER (WHERE NOT is_known AND date >= %(start)s)
                       AS late_count,
                   MIN(date) FILTER (WHERE NOT is_known) AS date_first,
                   MAX(date) FILTER (WHERE NOT is_known) AS date_last,
                   (SELECT JSON_OBJECT_AGG(currency_id, amount::text)
                      FROM (SELECT currency_id, SUM(amount) AS amount
                              FROM past_sale_line
                             WHERE reason IS NULL AND NOT is_known
                             GROUP BY currency_id) total) AS amounts
              FROM past_sale_line
             WHERE reason IS NULL
            """,
            start=self.company_id.crm_date_sales_start or None,
        )

    def _get_counted(self):
        """Return the SELECT of the new lines that count as sales; customers are their
        own commercial entities."""
        return SQL(
            """
            SELECT customer.partner_id, line.date, line.amount
              FROM past_sale_line line
              JOIN past_sale_customer customer ON customer.id = line.customer
             WHERE line.reason IS NULL AND NOT line.is_known
               AND (line.date < %(start)s) IS NOT FALSE
            """,
            start=self.company_id.crm_date_sales_start or None,
        )

    def _get_record_figures(self):
        return SQL(
            """
            SELECT (SELECT STRING_AGG(LEFT(given.text, 40), ', ')
                      FROM (%(given)s) given
                     WHERE given.text NOT IN (
                           SELECT text FROM (%(countries)s) found)
                   ) AS unknown_countries,
                   COUNT(DISTINCT partner_id)
                   + COUNT(*) FILTER (WHERE partner_id IS NULL) AS customer_count,
                   COUNT(*) FILTER (WHERE partner_id IS NULL) AS new_customer_count,
                   (SELECT COUNT(*) FROM (%(enrollable)s) enrollable)
                       AS enrolled_count,
                   (SELECT COUNT(DISTINCT product_id)
                           + COUNT(*) FILTER (WHERE product_id IS NULL AND %(creating)s)
                      FROM past_sale_product WHERE is_used) AS product_count,
                   (SELECT COUNT(*) FILTER (WHERE product_id IS NULL AND %(creating)s)
                      FROM past_sale_product WHERE is_used) AS new_product_count
              FROM past_sale_customer
             WHERE is_used AND same_id IS NULL
            """,
            given=self._get_given("country"),
            countries=self._get_countries(),
            enrollable=self._get_enrollable(),
            creating=self.product_policy == "create",
        )

    def _get_preview(self):
        """Return what becomes of the first rows, a list of dicts of text."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT line.number, line.document, line.date::text,
                       CASE WHEN customer.key <> '' THEN
                            COALESCE(partner.name, customer.name, customer.code) END
                           AS customer,
                       customer.partner_id IS NULL AS is_new_customer,
                       product.code AS product, line.name, line.quantity::text,
                       line.price_unit::text,
                       ROUND(line.amount, currency.decimal_places)::text AS amount,
                       currency.name AS currency, line.reason, line.value,
                       line.is_known
                  FROM (SELECT * FROM past_sale_line ORDER BY number LIMIT %s) line
                  LEFT JOIN past_sale_customer customer ON customer.id = line.customer
                  LEFT JOIN res_partner partner ON partner.id = customer.partner_id
                  LEFT JOIN past_sale_product product ON product.id = line.product
                  LEFT JOIN res_currency currency ON currency.id = line.currency_id
                 ORDER BY line.number
                """,
                PREVIEW_SIZE,
            )
        )

    def _post_result(self):
        _logger.info(
            "Past sales %s: %s rows, %s new lines, %s known, %s refused,"
            " %s new customers,"
            " %s new products, amounts %s",
            self.name,
            self.row_count,
            self.line_count,
            self.known_count,
            self.refused_count,
            self.new_customer_count,
            self.new_product_count,
            self.amounts,
        )
        figures = [
            (self._fields[name]._description_string(self.env), self[name])
            for name in (
                "row_count",
                "line_count",
                "known_count",
                "refused_count",
                "new_customer_count",
                "enrolled_count",
                "new_product_count",
                "amount_text",
            )
        ]
        items = Markup("").join(
            Markup("<li>%s: %s</li>") % figure for figure in figures if figure[1]
        )
        self.message_post(body=Markup("<ul>%s</ul>") % items)
