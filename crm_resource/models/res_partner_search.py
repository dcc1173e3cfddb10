import re

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from ..hooks import CJK

# one index each; a search asks each of them and reads what any of them finds
SEARCHED_COLUMNS = ("complete_name", "customer_code", "phone", "email", "vat")
# letters that an index of groups of three finds quickly
SHORTEST_PIECE = 4
# New rows queue up before they enter such an index, and every search reads the whole
# queue: 256 kB of it instead of 4 MB, else an import makes searches five times as slow;
# shorter still, and whatever changes thousands of customers takes half as long again
SHORT_QUEUE = "WITH (gin_pending_list_limit = 256)"


def _trigram_index(column):
    """Return the index that serves ``ilike`` on a column, if there is an extension."""

    def definition(registry):
        if not registry.has_trigram:
            return ""
        return f"USING gin ({registry.unaccent(column)} gin_trgm_ops) {SHORT_QUEUE}"

    return models.Index(definition)


class ResPartner(models.Model):
    """The search for customers, fast among hundreds of thousands of them."""

    _inherit = "res.partner"

    customer_search = fields.Char(
        string="Customer",
        store=False,
        search="_search_customer_search",
        help="Searches name, code, phone, e-mail and tax id.",
    )
    contact_search = fields.Char(
        string="Contact Person", store=False, search="_search_contact_search"
    )

    _complete_name_trigram_idx = _trigram_index("complete_name")
    _customer_code_trigram_idx = _trigram_index("customer_code")
    _phone_trigram_idx = _trigram_index("phone")
    _email_trigram_idx = _trigram_index("email")
    _vat_trigram_idx = _trigram_index("vat")
    # the ERP's own search looks here as well, and one column without an index makes
    # PostgreSQL read all contacts
    _ref_trigram_idx = _trigram_index("ref")
    _company_registry_trigram_idx = _trigram_index("company_registry")
    _complete_name_bigram_idx = models.Index(
        f"USING gin (crm_resource_bigrams(complete_name)) {SHORT_QUEUE}"
        f" WHERE complete_name ~ '{CJK}'"
    )
    # those who wait for a review are few, and asked for by every start page
    _customer_submitted_idx = models.Index(
        "(date_submitted) WHERE customer_state = 'submitted'"
    )

    def _search_customer_search(self, operator, value):
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        # only names contain Chinese, and only names have an index for it
        columns = SEARCHED_COLUMNS[:1] if re.search(CJK, value) else SEARCHED_COLUMNS
        self.flush_model(columns)

        def contains(model, alias, query):
            found = (model._get_contains(alias, column, value) for column in columns)
            return SQL("(%s)", SQL(" OR ").join(found))

        return Domain.custom(to_sql=contains)

    def _search_contact_search(self, operator, value):
        """The index is on the complete name, which contains the name."""
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        self.flush_model(["complete_name", "name", "commercial_partner_id"])
        found = SQL(
            """SELECT found.commercial_partner_id FROM res_partner found
                WHERE found.commercial_partner_id <> found.id AND %s AND %s""",
            self._get_contains("found", "complete_name", value),
            self._get_contains("found", "name", value),
        )
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), found
            )
        )

    def _get_contains(self, alias, column, value):
        """Return the condition that a column contains a text, so that an index of the
        column can answer it."""
        field = SQL.identifier(alias, column)
        contains = self._get_ilike(field, value)
        person, at, _domain = value.partition("@")
        if at and len(person) >= SHORTEST_PIECE:
            # three letters each cost a look into the index: what comes before the @ is
            # enough for it, and an expression keeps the whole address out of it
            contains = SQL(
                "%s AND %s",
                self._get_ilike(field, person),
                self._get_ilike(SQL("(%s || '')", field), value),
            )
        pieces = [
            run[place : place + 2]
            for run in re.findall(f"{CJK}+", value)
            for place in range(max(len(run) - 1, 1))
        ]
        if not pieces or column != "complete_name":
            return contains
        return SQL(
            "%(name)s ~ %(cjk)s"
            " AND crm_resource_bigrams(%(name)s) @> %(pieces)s::text[]"
            " AND %(contains)s",
            name=SQL.identifier(alias, column),
            cjk=CJK,
            pieces=pieces,
            contains=contains,
        )

    def _get_ilike(self, expression, value):
        unaccent = self.env.registry.unaccent
        pattern = f"%{escape_psql(value)}%"
        return SQL("%s ILIKE %s", unaccent(expression), unaccent(SQL("%s", pattern)))
