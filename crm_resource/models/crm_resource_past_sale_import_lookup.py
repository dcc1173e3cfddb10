from odoo import models
from odoo.tools import SQL

from .past_sale_columns import COUNTRY_ALIASES, CURRENCY_ALIASES, NO_COUNTRY


class CrmResourcePastSaleImport(models.Model):
    """Short lists that a file may refer to: currencies, countries, salespeople,
    departments. Each method returns the SELECT of the texts that mean something."""

    _inherit = "crm.resource.past.sale.import"

    def _get_currencies(self):
        """Return the SELECT of the currencies that the file names: ``text``,
        ``currency_id``, ``has_rate``."""
        return SQL(
            """
            SELECT given.text, currency.id AS currency_id,
                   currency.id = %(own)s OR EXISTS (
                       SELECT FROM res_currency_rate rate
                        WHERE rate.currency_id = currency.id
                          AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                   ) AS has_rate
              FROM (%(given)s) given
              LEFT JOIN (VALUES %(aliases)s) alias(name, code)
                ON alias.name = UPPER(given.text)
              JOIN res_currency currency
                ON currency.name = COALESCE(alias.code, UPPER(given.text))
               AND currency.active
            """,
            given=self._get_given("currency"),
            own=self.company_id.currency_id.id,
            root=self.company_id.root_id.id,
            aliases=_get_values(CURRENCY_ALIASES.items()),
        )

    def _get_countries(self):
        """Return the SELECT of the countries that the file names: ``text`` and
        ``country_id``, which is NULL where the text says that there is none."""
        return SQL(
            """
            SELECT DISTINCT ON (given.text) given.text, country.id AS country_id
              FROM (%(given)s) given
              LEFT JOIN (VALUES %(aliases)s) alias(name, code)
                ON alias.name = UPPER(given.text)
              LEFT JOIN (
                    SELECT country.id, name.value AS name, 2 AS way
                      FROM res_country country, JSONB_EACH_TEXT(country.name) name
                 UNION ALL
                    SELECT id, code, 1 FROM res_country
                   ) country
                ON UPPER(country.name) = COALESCE(alias.code, UPPER(given.text))
             WHERE country.id IS NOT NULL OR UPPER(given.text) = ANY(%(nothing)s)
             ORDER BY given.text, country.way
            """,
            given=self._get_given("country"),
            aliases=_get_values(COUNTRY_ALIASES.items()),
            nothing=list(NO_COUNTRY),
        )

    def _get_salespeople(self):
        """Return the SELECT of salespeople that the file names, by login or name."""
        return SQL(
            """
            SELECT DISTINCT ON (given.text) given.text, person.id AS user_id
              FROM (%(given)s) given
              JOIN (
                    SELECT person.id, LOWER(person.login) AS name, 1 AS way
                      FROM res_users person WHERE person.active AND NOT person.share
                 UNION ALL
                    SELECT person.id, LOWER(partner.name), 2
                      FROM res_users person
                      JOIN res_partner partner ON partner.id = person.partner_id
                     WHERE person.active AND NOT person.share
                   ) person ON person.name = LOWER(given.text)
             ORDER BY given.text, person.way, person.id
            """,
            given=self._get_given("salesperson"),
        )

    def _get_departments(self):
        """Return the SELECT of the departments that the file names, in any language."""
        return SQL(
            """
            SELECT DISTINCT ON (given.text) given.text, team.id AS team_id
              FROM (%(given)s) given
              JOIN (
                    SELECT team.id, team.company_id, name.value AS name
                      FROM crm_team team, JSONB_EACH_TEXT(team.name) name
                     WHERE team.active
                       AND (team.company_id IS NULL
                            OR team.company_id = ANY(%(companies)s))
                   ) team ON LOWER(team.name) = LOWER(given.text)
             ORDER BY given.text, team.company_id IS NULL, team.id
            """,
            given=self._get_given("department"),
            companies=self.company_id.parent_ids.ids,
        )


def _get_values(pairs):
    return SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs)
