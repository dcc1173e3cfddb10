from odoo import fields, models
from odoo.tools import SQL


class CrmResourceProductBought(models.Model):
    """What customers bought: by product, from confirmed orders and from the sales
    before the ERP; without the time before a claim for who is not shown it."""

    _name = "crm.resource.product.bought"
    _description = "Product Bought"
    _auto = False
    _order = "date_last desc, id desc"
    _rec_name = "product_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_last = fields.Date(string="Last Bought", readonly=True)
    price_last = fields.Monetary(
        string="Last Price",
        readonly=True,
        aggregator=None,
        help="Untaxed and after discount, for the unit that was sold.",
    )
    quantity = fields.Float(
        string="Quantity Ever", readonly=True, digits="Product Unit"
    )
    quantity_year = fields.Float(
        string="Quantity of 12 Months", readonly=True, digits="Product Unit"
    )
    order_count = fields.Integer(string="Orders", readonly=True)

    _depends = {
        "crm.resource.past.sale": [
            "amount",
            "company_id",
            "currency_id",
            "date",
            "document",
            "partner_id",
            "product_id",
            "quantity",
        ],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id", "date_hidden_before", "user_id"],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
        "sale.order.line": [
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
        ],
        "uom.uom": ["factor"],
    }

    @property
    def _table_query(self):
        customers = self.env["res.partner"]
        is_veiled = not self.env.su and customers._has_hidden_past()
        return SQL(
            """
            SELECT MIN(sales.key) AS id, sales.partner_id, sales.product_id,
                   sales.company_id, MIN(template.categ_id) AS categ_id,
                   MAX(sales.date) AS date_last,
                   SUM(sales.quantity) AS quantity,
                   COALESCE(SUM(sales.quantity) FILTER (
                       WHERE sales.date > %(today)s::date - INTERVAL '1 year'
                   ), 0) AS quantity_year,
                   COUNT(DISTINCT sales.document) AS order_count,
                   (ARRAY_AGG(sales.price ORDER BY sales.date DESC, sales.key DESC))[1]
                       AS price_last,
                   (ARRAY_AGG(sales.currency_id
                              ORDER BY sales.date DESC, sales.key DESC))[1]
                       AS currency_id
              FROM (%(orders)s UNION ALL %(past)s) sales
              JOIN product_product product ON product.id = sales.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE %(shown)s
             GROUP BY sales.partner_id, sales.product_id, sales.company_id
            """,
            today=fields.Date.context_today(self),
            orders=self._get_order_query(),
            past=self._get_past_query(),
            shown=SQL(
                """
                NOT EXISTS (
                    SELECT FROM res_partner customer
                     WHERE customer.id = sales.partner_id AND customer.user_id = %s
                       AND sales.date < customer.date_hidden_before::date)
                """,
                self.env.uid,
            )
            if is_veiled
            else SQL("TRUE"),
        )

    def _get_order_query(self):
        """Return the lines of confirmed orders; their keys are even."""
        return SQL(
            """
            SELECT 2 * line.id AS key, partner.commercial_partner_id AS partner_id,
                   line.product_id, sale.company_id, sale.date_order::date AS date,
                   line.product_uom_qty * unit.factor / own.factor AS quantity,
                   line.price_subtotal / line.product_uom_qty AS price,
                   sale.currency_id, sale.name AS document
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN res_partner partner ON partner.id = sale.partner_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
             WHERE sale.state = 'sale' AND line.product_uom_qty > 0
               AND line.display_type IS NULL
            """
        )

    def _get_past_query(self):
        """Return the sales from before the ERP; their keys are odd."""
        return SQL(
            """
            SELECT 2 * past.id + 1, partner.commercial_partner_id, past.product_id,
                   past.company_id, past.date, past.quantity,
                   past.amount / past.quantity, past.currency_id, past.document
              FROM crm_resource_past_sale past
              JOIN res_partner partner ON partner.id = past.partner_id
             WHERE past.quantity > 0 AND past.product_id IS NOT NULL
            """
        )

    def action_lookup(self):
        """Open past orders, papers and stock of the product."""
        self.ensure_one()
        self.check_access("read")
        return self.product_id._lookup(self.partner_id)
