from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class PageCount(NamedTuple):
    """What a button on a partner's page counts."""

    model: str
    partner_fields: tuple = ("partner_id",)  # a record counts if one of them is him
    is_of_customer: bool = False  # contacts show what is their customer's


class ResPartner(models.Model):
    """The numbers on the buttons of a partner's page: one statement looks behind which
    of them there is anything, and only that is counted as far as the reader may see it.
    """

    _inherit = "res.partner"

    @api.model
    def _get_page_counts(self):
        """Hook: what the buttons count.

        Whoever adds a button adds an Integer with ``compute="_compute_page_counts"``,
        and says here what it counts: that costs the page no query as long as there is
        nothing. A list on a tab is best the widget ``crm_resource_records``: it costs
        nothing until somebody opens the tab.

        :return: dict of `PageCount` by the name of the field
        """
        return {}

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_page_counts(self):
        sources = self._get_page_counts()
        found = self._find_page_counts(sources)
        for name, source in sources.items():
            if name not in found:
                self[name] = 0
                continue
            counts = self._count_page_records(source)
            for partner in self:
                partner[name] = counts.get(partner._get_counted(source)._origin, 0)

    def _find_page_counts(self, sources):
        """Return behind which of these counts there is anything at all."""
        if not self.ids:
            return set()
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s WHERE %s",
                    name,
                    SQL(" OR ").join(
                        self._get_page_records(source, field)
                        for field in source.partner_fields
                    ),
                )
                for name, source in sources.items()
            )
        )
        return {name for (name,) in rows}

    def _get_page_records(self, source, field):
        """Return the condition that there are records."""
        records = self.env[source.model]
        records.flush_model([field])
        people = SQL("SELECT UNNEST(%s)", self.ids)
        if source.is_of_customer:
            self.flush_model(["commercial_partner_id"])
            people = SQL(
                """
                SELECT relative.id FROM res_partner contact
                  JOIN res_partner relative USING (commercial_partner_id)
                 WHERE contact.id = ANY(%s)
                """,
                self.ids,
            )
        return SQL(
            "EXISTS (SELECT FROM %s WHERE %s IN (%s))",
            SQL.identifier(records._table),
            SQL.identifier(field),
            people,
        )

    def _get_counted(self, source):
        return self.commercial_partner_id if source.is_of_customer else self

    def _count_page_records(self, source):
        """Return how many records the reader may see, by partner."""
        records = self.env[source.model]
        if not records.has_access("read"):
            return {}
        path = ".commercial_partner_id" if source.is_of_customer else ""
        counts = {}
        for *people, count in records._read_group(
            Domain.OR(
                Domain(f"{name}{path}", "in", self._get_counted(source).ids)
                for name in source.partner_fields
            ),
            source.partner_fields,
            ["__count"],
        ):
            for partner in {person._get_counted(source) for person in people}:
                counts[partner] = counts.get(partner, 0) + count
        return counts
