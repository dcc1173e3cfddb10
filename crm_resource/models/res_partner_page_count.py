from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class PageCount(NamedTuple):
    """What a button on a partner's page counts."""

    model: str
    partner_fields: tuple = ("partner_id",)  # a record counts if one of them is him
    is_of_customer: bool = False  # contacts show what is their customer's
    # where there is something if the model is a report, and takes longer to ask
    found_in: tuple | None = None  # a `PageCount`


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
        places = {}
        for name, source in sources.items():
            asked = source.found_in or source
            people = self._get_page_people(asked.is_of_customer)
            places[name] = [
                (asked.model, field, people) for field in asked.partner_fields
            ]
        return self._find_filled(places)

    def _get_page_people(self, is_of_customer):
        """Return the array of whose records count."""
        if not is_of_customer:
            return SQL("%s", self.ids)
        self.flush_model(["commercial_partner_id"])
        return SQL(
            """
            ARRAY(
                SELECT relative.id FROM res_partner contact
                  JOIN res_partner relative USING (commercial_partner_id)
                 WHERE contact.id = ANY(%s)
            )
            """,
            self.ids,
        )

    @api.model
    def _find_filled(self, places):
        """Return in which of these places there is any record, whoever may see it.

        To ask all tables at once takes less than to ask one of them by the rules, and
        arrays take less time to plan than joins.

        :param dict places: lists of model, its field to a partner, and the array of
            ids of partners, by key
        :return: set of keys
        """
        if not places:
            return set()
        for model, field, _people in sum(places.values(), []):
            self.env[model].flush_model([field])
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s WHERE %s",
                    key,
                    SQL(" OR ").join(
                        SQL(
                            "EXISTS (SELECT FROM %s WHERE %s = ANY(%s))",
                            SQL.identifier(self.env[model]._table),
                            SQL.identifier(field),
                            people,
                        )
                        for model, field, people in asked
                    ),
                )
                for key, asked in places.items()
            )
        )
        return {key for (key,) in rows}

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
