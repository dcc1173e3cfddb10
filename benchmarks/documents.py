"""Orders, invoices and leads of a generated database."""

from odoo.tools import SQL

from .copying import get_last_id, insert_like

MONTHS = 24


def fill_orders(cr, templates, today):
    """94 % of the orders are confirmed; each has 1 to 5 lines."""
    order = templates["order"]
    last = get_last_id(cr, "sale_order")
    last_line = get_last_id(cr, "sale_order_line")
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_order AS
            SELECT k, %(last)s + k AS id, partner_id, user_id, team_id,
                   DATE %(today)s - pg_temp.pick(k, 51, %(days)s)
                   + INTERVAL '1 minute' * pg_temp.pick(k, 52, 1440) AS date,
                   pg_temp.chance(k, 53) < 0.94 AS is_confirmed,
                   pg_temp.chance(k, 54) < 0.64 AS is_invoiced,
                   1 + pg_temp.pick(k, 55, 5) AS lines
              FROM (SELECT ROW_NUMBER() OVER (ORDER BY n, number) AS k,
                           id AS partner_id, user_id, team_id
                      FROM bench_customer, GENERATE_SERIES(1, orders) number) orders;
            CREATE TEMP TABLE bench_line AS
            SELECT *, price * quantity AS amount
              FROM (SELECT %(last_line)s + ROW_NUMBER() OVER (ORDER BY place) AS id,
                           k, place.number, product.id AS product_id, product.price,
                           1 + pg_temp.pick(place, 57, 10) AS quantity
                      FROM (SELECT k, number, k * 8 + number AS place
                              FROM bench_order
                             CROSS JOIN GENERATE_SERIES(1, lines) number) place
                      JOIN bench_product product
                        ON product.number = pg_temp.pick(place, 56, %(products)s)
                   ) line;
            CREATE TEMP TABLE bench_total AS
            SELECT bench_order.*, total.amount
              FROM (SELECT k, SUM(amount) AS amount FROM bench_line GROUP BY k) total
              JOIN bench_order USING (k);
            ANALYZE bench_total; ANALYZE bench_line;
            """,
            last=last,
            last_line=last_line,
            today=str(today),
            days=MONTHS * 365 // 12,
            products=len(templates["products"]),
        )
    )
    insert_like(cr, "sale_order", order.id, _ORDER, "bench_total total")
    insert_like(
        cr,
        "sale_order_line",
        order.order_line.id,
        _ORDER_LINE,
        "bench_line line JOIN bench_total total USING (k)",
    )


_STATE = "CASE WHEN total.is_confirmed THEN 'sale' ELSE 'draft' END"
_INVOICED = "CASE WHEN is_confirmed AND is_invoiced THEN line.{0} ELSE 0 END"
_TO_INVOICE = "CASE WHEN is_confirmed AND NOT is_invoiced THEN line.{0} ELSE 0 END"
_INVOICE_STATUS = """CASE WHEN NOT is_confirmed THEN 'no'
                          WHEN is_invoiced THEN 'invoiced' ELSE 'to invoice' END"""

_ORDER = {
    "id": "total.id",
    "name": "'B' || LPAD(total.k::text, 7, '0')",
    "state": _STATE,
    "partner_id": "total.partner_id",
    "partner_invoice_id": "total.partner_id",
    "partner_shipping_id": "total.partner_id",
    "user_id": "total.user_id",
    "team_id": "total.team_id",
    "date_order": "total.date",
    "create_date": "total.date",
    "access_token": "NULL",
    "invoice_status": _INVOICE_STATUS,
    "amount_untaxed": "total.amount",
    "amount_tax": "0",
    "amount_total": "total.amount",
}

_ORDER_LINE = {
    "id": "line.id",
    "order_id": "total.id",
    "sequence": "9 + line.number",
    "state": _STATE,
    "order_partner_id": "total.partner_id",
    "salesman_id": "total.user_id",
    "product_id": "line.product_id",
    "product_uom_qty": "line.quantity",
    "price_unit": "line.price",
    "technical_price_unit": "line.price",
    "price_subtotal": "line.amount",
    "price_total": "line.amount",
    "price_tax": "0",
    "price_reduce_taxexcl": "line.price",
    "price_reduce_taxinc": "line.price",
    "qty_delivered": "0",
    "qty_invoiced": _INVOICED.format("quantity"),
    "qty_to_invoice": _TO_INVOICE.format("quantity"),
    "untaxed_amount_invoiced": _INVOICED.format("amount"),
    "untaxed_amount_to_invoice": _TO_INVOICE.format("amount"),
    "invoice_status": _INVOICE_STATUS,
}


def fill_invoices(cr, templates):
    """Three in five orders are invoiced, at the day of the order; nothing is paid."""
    invoice = templates["invoice"]
    product = invoice.line_ids.filtered(lambda line: line.display_type == "product")
    term = invoice.line_ids - product
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_invoice AS
            SELECT ROW_NUMBER() OVER (ORDER BY total.k) AS number,
                   %(last)s + ROW_NUMBER() OVER (ORDER BY total.k) AS move_id, total.*
              FROM bench_total total WHERE is_confirmed AND is_invoiced;
            CREATE TEMP TABLE bench_item AS
            SELECT %(last_line)s + ROW_NUMBER() OVER (ORDER BY line.id) AS item_id,
                   line.*, invoice.move_id
              FROM bench_line line JOIN bench_invoice invoice USING (k);
            ANALYZE bench_invoice; ANALYZE bench_item;
            """,
            last=get_last_id(cr, "account_move"),
            last_line=get_last_id(cr, "account_move_line"),
        )
    )
    insert_like(cr, "account_move", invoice.id, _INVOICE, "bench_invoice invoice")
    source = "bench_item item JOIN bench_invoice invoice USING (move_id)"
    insert_like(cr, "account_move_line", product.id, _PRODUCT_ITEM, source)
    last = get_last_id(cr, "account_move_line")
    values = {**_TERM_ITEM, "id": f"{last} + invoice.number"}
    insert_like(cr, "account_move_line", term.id, values, "bench_invoice invoice")
    cr.execute(
        SQL(
            """INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
               SELECT id, item_id FROM bench_item"""
        )
    )


_NUMBER = "'BINV/' || LPAD(invoice.number::text, 7, '0')"

_INVOICE = {
    "id": "invoice.move_id",
    "name": _NUMBER,
    "payment_reference": _NUMBER,
    "sequence_prefix": "'BINV/'",
    "sequence_number": "invoice.number",
    "partner_id": "invoice.partner_id",
    "commercial_partner_id": "invoice.partner_id",
    "partner_shipping_id": "invoice.partner_id",
    "invoice_partner_display_name": "NULL",
    "invoice_origin": "'B' || LPAD(invoice.k::text, 7, '0')",
    "invoice_user_id": "invoice.user_id",
    "team_id": "invoice.team_id",
    "date": "invoice.date::date",
    "invoice_date": "invoice.date::date",
    "invoice_date_due": "invoice.date::date + 30",
    "access_token": "NULL",
    "amount_tax": "0",
    "amount_tax_signed": "0",
    **dict.fromkeys(
        (
            "amount_untaxed",
            "amount_total",
            "amount_residual",
            "amount_untaxed_signed",
            "amount_untaxed_in_currency_signed",
            "amount_total_signed",
            "amount_total_in_currency_signed",
            "amount_residual_signed",
        ),
        "invoice.amount",
    ),
}

_ITEM = {
    "move_id": "invoice.move_id",
    "move_name": _NUMBER,
    "partner_id": "invoice.partner_id",
    "date": "invoice.date::date",
    "invoice_date": "invoice.date::date",
}

_PRODUCT_ITEM = {
    **_ITEM,
    "id": "item.item_id",
    "product_id": "item.product_id",
    "quantity": "item.quantity",
    "price_unit": "item.price",
    "price_subtotal": "item.amount",
    "price_total": "item.amount",
    "credit": "item.amount",
    "balance": "-item.amount",
    "amount_currency": "-item.amount",
}

_TERM_ITEM = {
    **_ITEM,
    "name": _NUMBER,
    "date_maturity": "invoice.date::date + 30",
    "debit": "invoice.amount",
    "balance": "invoice.amount",
    "amount_currency": "invoice.amount",
    "amount_residual": "invoice.amount",
    "amount_residual_currency": "invoice.amount",
}


def fill_leads(cr, templates):
    """One for each customer; one in ten is another salesperson's."""
    values = {
        "id": f"{get_last_id(cr, 'crm_lead')} + customer.n",
        "name": "'Lead of ' || customer.name",
        "partner_id": "customer.id",
        "partner_name": "customer.company_name",
        "email_from": "customer.email",
        "email_normalized": "customer.email",
        "phone": "customer.phone",
        "phone_sanitized": "REPLACE(customer.phone, ' ', '')",
        "country_id": "customer.country_id",
        "city": "customer.city",
        "user_id": "salesperson.user_id",
        "team_id": "salesperson.team_id",
        "priority": "pg_temp.pick(customer.n, 61, 4)::text",
        "expected_revenue": "100 * pg_temp.pick(customer.n, 62, 1000)",
    }
    source = """
        bench_customer customer JOIN bench_user salesperson ON
        CASE WHEN pg_temp.chance(customer.n, 63) < 0.1
             THEN salesperson.number = pg_temp.pick(customer.n, 64, 50)
             ELSE salesperson.user_id = customer.user_id END"""
    insert_like(cr, "crm_lead", templates["lead"].id, values, source)
