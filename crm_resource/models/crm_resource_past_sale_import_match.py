from odoo import models
from odoo.tools import SQL

# how a contact is found, the first way that leads to one counts
WAYS = (
    "partner.customer_code = given.code",
    "partner.ref = given.code",
    "partner.name = given.name AND partner.commercial_partner_id = partner.id",
)
# Not in the indexes of trigrams, which know equality too: there a code meets all that
# look alike, which takes a thousand times as long. These can only be read by bitmaps.
# Where many are looked up, the pages they are on stay in memory.
LOOK_UP = "SET LOCAL enable_bitmapscan = off; SET LOCAL random_page_cost = 1.1"
LOOK_UP_NO_MORE = (
    "SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL random_page_cost TO DEFAULT"
)


class CrmResourcePastSaleImport(models.Model):
    """Which records of the ERP the texts of a file mean: each different text is looked
    up once."""

    _inherit = "crm.resource.past.sale.import"

    def _match(self):
        """Make the temporary tables of the file's customers and products, with what is
        found of them in the ERP."""
        self.env.flush_all()
        self._create_customers()
        self._match_customers()
        self._create_products()
        self._match_products()
        self.env.cr.execute(SQL("ANALYZE past_sale_customer"))
        self.env.cr.execute(SQL("ANALYZE past_sale_product"))

    # ------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------

    def _get_customer_key(self, row):
        """Return what tells the customers of a file apart: the code, else the name,
        else nothing."""
        return SQL(
            "COALESCE('#' || %s, '@' || %s, '')",
            SQL.identifier(row, "customer_code"),
            SQL.identifier(row, "customer_name"),
        )

    def _create_customers(self):
        """A customer takes the name and country that stand most often with him."""
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE past_sale_customer ON COMMIT DROP AS
                SELECT ROW_NUMBER() OVER (ORDER BY best.place)::int4 AS id,
                       best.key, best.code, best.name, country.country_id,
                       NULL::int4 AS partner_id, NULL::int4 AS same_id,
                       NULL::text AS reason, FALSE AS is_customer,
                       FALSE AS is_code_taken, FALSE AS is_used
                  FROM (
                        SELECT DISTINCT ON (key) *
                          FROM (
                                SELECT %(key)s AS key, row.customer_code AS code,
                                       row.customer_name AS name, row.country,
                                       COUNT(*) AS frequency, MIN(row.number) AS place
                                  FROM past_sale_row row
                                 GROUP BY 1, 2, 3, 4
                               ) given
                         ORDER BY key, name IS NULL, country IS NULL, frequency DESC,
                                  place
                       ) best
                  LEFT JOIN (%(countries)s) country ON country.text = best.country
                """,
                key=self._get_customer_key("row"),
                countries=self._get_countries(),
            )
        )

    def _match_customers(self):
        """Look customers up by customer code, by reference, by exact name; see what is
        to become of those not found, and of lines without a customer."""
        # their number decides whether to look each of them up
        self.env.cr.execute(SQL("ANALYZE past_sale_customer"))
        self.env.cr.execute(SQL(LOOK_UP))
        for way in WAYS:
            self._match_customers_by(SQL(way))
        self._mark_taken_codes()
        self.env.cr.execute(SQL(LOOK_UP_NO_MORE))
        self._match_same_names()
        self._match_anonymous_customer()

    def _match_customers_by(self, way):
        """Look those up that were not found yet."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_customer customer
                   SET partner_id = found.partner_id, is_customer = found.is_customer
                  FROM (
                        SELECT DISTINCT ON (given.id) given.id,
                               entity.id AS partner_id,
                               entity.customer_state IS NOT NULL AS is_customer
                          FROM past_sale_customer given
                          JOIN res_partner partner ON %(way)s
                          JOIN res_partner entity
                            ON entity.id = partner.commercial_partner_id
                         WHERE given.partner_id IS NULL
                           AND partner.active AND entity.active
                           AND (entity.company_id IS NULL
                                OR entity.company_id = ANY(%(companies)s))
                         ORDER BY given.id, entity.customer_state IS NULL,
                                  entity.company_id IS NULL, entity.id
                       ) found
                 WHERE found.id = customer.id
                """,
                way=way,
                companies=self.company_id.parent_ids.ids,
            )
        )

    def _mark_taken_codes(self):
        """A code that an archived customer or another company has cannot be given to a
        new customer."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_customer customer
                   SET is_code_taken = TRUE,
                       reason = CASE WHEN NOT taken.active AND (
                                          taken.company_id IS NULL
                                          OR taken.company_id = ANY(%s))
                                     THEN 'customer_archived' END
                  FROM res_partner taken
                 WHERE taken.customer_code = customer.code
                   AND customer.partner_id IS NULL
                """,
                self.company_id.parent_ids.ids,
            )
        )

    def _match_same_names(self):
        """A name without a code, in a file where another row has both, is that one."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_customer customer
                   SET same_id = same.id, partner_id = same.partner_id,
                       reason = same.reason
                  FROM (SELECT name, MIN(id) AS id, MIN(partner_id) AS partner_id,
                               MIN(reason) AS reason
                          FROM past_sale_customer
                         WHERE code IS NOT NULL AND name IS NOT NULL
                         GROUP BY name HAVING COUNT(*) = 1) same
                 WHERE same.name = customer.name AND customer.code IS NULL
                   AND customer.partner_id IS NULL
                """
            )
        )

    def _match_anonymous_customer(self):
        partner = self.anonymous_partner_id.commercial_partner_id
        self.env.cr.execute(
            SQL(
                """
                UPDATE past_sale_customer
                   SET partner_id = CASE WHEN key = '' THEN %(anonymous)s::int4 END,
                       reason = CASE WHEN reason IS NOT NULL THEN reason
                                     WHEN key = '' THEN %(missing)s
                                     ELSE %(unknown)s END
                 WHERE partner_id IS NULL
                """,
                anonymous=partner.id or None,
                missing="customer_missing"
                if self.anonymous_policy == "refuse"
                else None,
                unknown="customer_unknown"
                if self.customer_policy == "refuse"
                else None,
            )
        )

    # ------------------------------------------------------------
    # Products
    # ------------------------------------------------------------

    def _get_product_key(self, row):
        return SQL(
            "COALESCE('#' || %s, '@' || %s)",
            SQL.identifier(row, "product_code"),
            SQL.identifier(row, "name"),
        )

    def _create_products(self):
        """A product takes the description that stands most often with it."""
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE past_sale_product ON COMMIT DROP AS
                SELECT ROW_NUMBER() OVER (ORDER BY best.place)::int4 AS id,
                       best.key, best.code, best.name, NULL::int4 AS product_id,
                       NULL::text AS reason, FALSE AS is_used
                  FROM (
                        SELECT DISTINCT ON (key) *
                          FROM (
                                SELECT %(key)s AS key, row.product_code AS code,
                                       row.name,
                                       COUNT(*) AS frequency, MIN(row.number) AS place
                                  FROM past_sale_row row
                                 GROUP BY 1, 2, 3
                               ) given
                         WHERE key IS NOT NULL
                         ORDER BY key, name IS NULL, frequency DESC, place
                       ) best
                """,
                key=self._get_product_key("row"),
            )
        )

    def _match_products(self):
        self.env.cr.execute(
            SQL(
                """
                WITH known AS MATERIALIZED (
                    %(known)s
                ), found AS (
                    SELECT DISTINCT ON (id) id, product_id
                      FROM (
                            SELECT product.id, known.id AS product_id, 1 AS way,
                                   known.company_id
                              FROM past_sale_product product
                              JOIN known ON known.default_code = product.code
                         UNION ALL
                            SELECT product.id, known.id, 2, known.company_id
                              FROM past_sale_product product
                              JOIN known ON known.name = product.name
                         UNION ALL
                            SELECT product.id, known.id, 2, known.company_id
                              FROM past_sale_product product
                              JOIN known ON known.local_name = product.name
                           ) candidate
                     ORDER BY id, way, company_id IS NULL, product_id
                )
                UPDATE past_sale_product product
                   SET product_id = found.product_id,
                       reason = CASE WHEN found.product_id IS NULL THEN %(unknown)s END
                  FROM past_sale_product given
                  LEFT JOIN found ON found.id = given.id
                 WHERE given.id = product.id
                """,
                known=self._get_known_products(),
                unknown="product_unknown" if self.product_policy == "refuse" else None,
            )
        )

    def _get_known_products(self):
        return SQL(
            """
            SELECT product.id, product.default_code, template.company_id,
                   template.name ->> 'en_US' AS name,
                   template.name ->> %s AS local_name
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE product.active AND template.active
               AND (template.company_id IS NULL OR template.company_id = ANY(%s))
            """,
            self.env.lang or "en_US",
            self.company_id.parent_ids.ids,
        )
