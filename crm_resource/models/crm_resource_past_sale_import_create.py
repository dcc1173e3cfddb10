from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

BATCH_SIZE = 1000
# what the import refers to on behalf of its lines, and the column of the lines
GUARDS = {
    "line_partner_ids": "partner_id",
    "line_product_ids": "product_id",
    "line_currency_ids": "currency_id",
    "line_user_ids": "user_id",
    "line_team_ids": "team_id",
}


class CrmResourcePastSaleImport(models.Model):
    """Writing: customers and products that are missing, then the lines."""

    _inherit = "crm.resource.past.sale.import"

    line_partner_ids = fields.Many2many(
        "res.partner",
        "crm_resource_past_sale_import_partner_rel",
        string="Customers of the Lines",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    line_product_ids = fields.Many2many(
        "product.product",
        "crm_resource_past_sale_import_product_rel",
        string="Products of the Lines",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    line_currency_ids = fields.Many2many(
        "res.currency",
        "crm_resource_past_sale_import_currency_rel",
        string="Currencies of the Lines",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    line_user_ids = fields.Many2many(
        "res.users",
        "crm_resource_past_sale_import_user_rel",
        string="Salespeople of the Lines",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    line_team_ids = fields.Many2many(
        "crm.team",
        "crm_resource_past_sale_import_team_rel",
        string="Departments of the Lines",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )

    def _create_missing_customers(self):
        # reviewers may create any customer: rules need not be asked for each of them
        partners = self.env["res.partner"].sudo().with_company(self.company_id)
        partners = partners.with_context(**self._get_creation_context())
        missing = SQL(
            """SELECT id, key, code, name, country_id, is_code_taken
                 FROM past_sale_customer
                WHERE is_used AND partner_id IS NULL AND same_id IS NULL"""
        )
        for rows in self._fetch_batches(missing):
            values = [self._prepare_customer_values(row) for row in rows]
            with disabling_gc():  # a batch is small enough to be cleaned up afterwards
                created = partners.create(values)
                self.env.flush_all()
            self._link("past_sale_customer", "partner_id", rows, created)
            for row, partner in zip(rows, created, strict=True):
                if not row["key"]:
                    self.anonymous_partner_id = partner
            self._forget()
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_customer customer SET partner_id = same.partner_id
                  FROM past_sale_customer same
                 WHERE same.id = customer.same_id
                """
            )
        )

    def _get_creation_context(self):
        """Nobody wants to follow thousands of customers because he imported them."""
        return {
            **self.env["res.partner"]._get_import_context(),
            "mail_create_nosubscribe": True,
        }

    def _prepare_customer_values(self, row):
        return {
            "name": row["name"] or row["code"] or self.env._("Anonymous customers"),
            "customer_code": not row["is_code_taken"] and row["code"],
            "ref": row["code"],
            "country_id": row["country_id"],
            "customer_state": "approved",
            "is_company": True,
            "user_id": False,  # given, lest it be computed for each of them
            **self._prepare_company_values(),
        }

    def _get_enrollable(self):
        """Return the SELECT of the contacts that were found and become customers, with
        their salespeople; never of the company's own people."""
        return SQL(
            """
            SELECT DISTINCT partner.id, partner.user_id
              FROM past_sale_customer customer
              JOIN res_partner partner ON partner.id = customer.partner_id
             WHERE %s AND customer.is_used AND NOT customer.is_customer
               AND partner.customer_state IS NULL
               AND partner.id NOT IN (SELECT partner_id FROM res_company)
               AND partner.id NOT IN (
                   SELECT partner_id FROM res_users WHERE NOT share)
            """,
            self.is_enrolling,
        )

    def _enrol_found_contacts(self):
        owners = {
            partner: user or False
            for partner, user in self.env.execute_query(self._get_enrollable())
        }
        self.env["res.partner"].browse(owners)._enrol_customers(owners)

    def _create_missing_products(self):
        if self.product_policy != "create":
            return
        # reviewers may import, whether or not they may edit products
        products = self.env["product.product"].sudo().with_company(self.company_id)
        products = products.with_context(**self._get_creation_context())
        missing = SQL(
            """SELECT id, code, name FROM past_sale_product
                WHERE is_used AND product_id IS NULL"""
        )
        common = self._prepare_common_product_values(products)
        for rows in self._fetch_batches(missing):
            values = [{**common, **self._prepare_product_values(row)} for row in rows]
            with disabling_gc():  # as above
                created = products.create(values)
                self.env.flush_all()
            self._link("past_sale_product", "product_id", rows, created)
            self._forget()

    def _prepare_product_values(self, row):
        return {
            "name": (row["name"] or row["code"])[:250],
            "default_code": row["code"],
        }

    def _prepare_common_product_values(self, products):
        """Return what all products have in common, with what would be computed for each
        of them."""
        values = {
            "type": "consu",
            "sale_ok": True,
            "list_price": 0,
            **self._prepare_company_values(),
        }
        product = products.new(values)
        computed = ("invoice_policy", "service_type")
        return {**values, **{name: product[name] for name in computed}}

    def _prepare_company_values(self):
        # none at all for what is shared: a given company has all references checked
        return {} if self.is_shared else {"company_id": self.company_id.id}

    def _fetch_batches(self, query):
        """Yield the rows of a query on a temporary table in lists of dicts."""
        last = 0
        while rows := self.env.execute_query_dict(
            SQL("%s AND id > %s ORDER BY id LIMIT %s", query, last, BATCH_SIZE)
        ):
            yield rows
            last = rows[-1]["id"]

    def _link(self, table, column, rows, records):
        """Tell a temporary table which records were created for its rows."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s missing SET %(column)s = created.record_id
                  FROM UNNEST(%(ids)s, %(records)s) created(id, record_id)
                 WHERE created.id = missing.id
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                ids=[row["id"] for row in rows],
                records=records.ids,
            )
        )

    def _forget(self):
        """Keep memory flat, however many records are created."""
        self.env.invalidate_all()

    def _insert_lines(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_past_sale (
                    import_id, company_id, key, document, row_number, date, partner_id,
                    product_id, name, quantity, price_unit, amount, currency_id,
                    user_id, team_id
                )
                SELECT %(import)s, %(company)s, %(key)s, line.document, line.number,
                       line.date, customer.partner_id, product.product_id, line.name,
                       COALESCE(line.quantity, 0),
                       COALESCE(line.price_unit,
                                line.amount / NULLIF(line.quantity, 0), 0),
                       line.amount, line.currency_id, line.user_id, line.team_id
                  FROM past_sale_line line
                  JOIN past_sale_customer customer ON customer.id = line.customer
                  LEFT JOIN past_sale_product product ON product.id = line.product
                 WHERE line.reason IS NULL AND NOT line.is_known
                """,
                company=self.company_id.id,
                key=self._get_key(),
                **{"import": self.id},
            )
        )
        self._guard_references()
        self.env["crm.resource.past.sale"].invalidate_model()

    def _guard_references(self):
        """Refer to what the lines of this import refer to: see `GuardedMany2one`."""
        customers = SQL("past_sale_customer WHERE is_used")
        products = SQL("past_sale_product WHERE is_used")
        lines = SQL("past_sale_line WHERE reason IS NULL")
        sources = {"partner_id": customers, "product_id": products}
        for name, column in GUARDS.items():
            field = self._fields[name]
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO %(table)s (%(import_id)s, %(record_id)s)
                    SELECT %(import)s, used.id
                      FROM (SELECT DISTINCT %(column)s AS id FROM %(source)s) used
                     WHERE used.id IS NOT NULL
                    """,
                    table=SQL.identifier(field.relation),
                    import_id=SQL.identifier(field.column1),
                    record_id=SQL.identifier(field.column2),
                    column=SQL.identifier(column),
                    source=sources.get(column, lines),
                    **{"import": self.id},
                )
            )
        self.invalidate_recordset(GUARDS)

    @api.model
    def _replace_reference(self, model, sources, target):
        """Have past sales refer to another record.

        :param str model: name of the model
        :param sources: records that will be deleted
        :param target: the record that takes their place
        """
        self.env.flush_all()
        for name, column in GUARDS.items():
            field = self._fields[name]
            if field.comodel_name != model:
                continue
            self.env.cr.execute(
                SQL(
                    """
                    WITH gone AS (
                        DELETE FROM %(table)s WHERE %(record_id)s = ANY(%(sources)s)
                     RETURNING %(import_id)s
                    ), line AS (
                        UPDATE crm_resource_past_sale SET %(column)s = %(target)s
                         WHERE %(column)s = ANY(%(sources)s)
                    )
                    INSERT INTO %(table)s (%(import_id)s, %(record_id)s)
                    SELECT DISTINCT %(import_id)s, %(target)s FROM gone
                        ON CONFLICT DO NOTHING
                    """,
                    table=SQL.identifier(field.relation),
                    import_id=SQL.identifier(field.column1),
                    record_id=SQL.identifier(field.column2),
                    column=SQL.identifier(column),
                    sources=sources.ids,
                    target=target.id,
                )
            )
        self.env["crm.resource.past.sale"].invalidate_model()
