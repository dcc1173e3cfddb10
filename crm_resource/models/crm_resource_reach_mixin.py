import json
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# PostgreSQL plans with each of the constants of a list: from about here on, it takes
# longer than to look them up row by row
LONG_LIST = 400


class CrmResourceReachMixin(models.AbstractModel):
    """A record that only its audience reaches.

    Record rules ask ``is_readable`` and ``is_editable``. The audience is stored: rules
    by paths or with several ways in are several times as slow.
    """

    _name = "crm.resource.reach.mixin"
    _description = "Record With an Audience"

    # whether it is reached like a document, or like a customer
    _reach_is_document = True

    audience_id = fields.Many2one(
        "crm.resource.audience",
        compute="_compute_audience_id",
        store=True,
        copy=False,
        index=True,
        ondelete="restrict",
        groups=fields.NO_ACCESS,
    )
    is_readable = fields.Boolean(
        compute="_compute_is_readable",
        search="_search_is_readable",
        groups=fields.NO_ACCESS,
    )
    is_editable = fields.Boolean(
        compute="_compute_is_editable",
        search="_search_is_editable",
        groups=fields.NO_ACCESS,
    )

    def _compute_audience_id(self):
        owners = {record: record._get_owners() for record in self}
        audiences = self._get_audiences({*owners.values()})
        for record in self:
            record.audience_id = audiences[owners[record]]

    @api.depends_context("uid")
    @api.depends("audience_id")
    def _compute_is_readable(self):
        reached = set(self._get_reached_ids("read"))
        for record in self:
            record.is_readable = record.audience_id.id in reached

    @api.depends_context("uid")
    @api.depends("audience_id")
    def _compute_is_editable(self):
        reached = set(self._get_reached_ids("write"))
        for record in self:
            record.is_editable = record.audience_id.id in reached

    def _search_is_readable(self, operator, value):
        return self._search_reached("read", operator)

    def _search_is_editable(self, operator, value):
        return self._search_reached("write", operator)

    @api.model
    def _search_reached(self, operation, operator):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        reached = self._get_reached_ids(operation)
        return Domain.custom(to_sql=partial(_is_among, ids=reached))

    @api.model
    def _get_reached_ids(self, operation):
        # what waits to be computed may bring another audience
        self.flush_model(["audience_id"])
        return self.env["crm.resource.audience"]._get_reached_ids(
            operation, is_document=self._reach_is_document
        )

    # ------------------------------------------------------------
    # Whose a record is
    # ------------------------------------------------------------

    def _get_owners(self):
        """Return whose a record is, as a tuple of the values that decide it."""
        raise NotImplementedError

    @api.model
    def _get_owners_source(self, partners):
        """Return the SELECT of the ``id`` of many records and of their ``owners``: what
        `_get_owners` returns, as the text of a JSON array.

        :param partners: only what belongs to these `res.partner`, None: everything
        """
        raise NotImplementedError

    @api.model
    def _get_reaches(self, owners):
        """Return the people who reach records.

        :param owners: iterable of what `_get_owners` returns
        :return: dict of `Reach` by the same, None for those who are open to all
        """
        raise NotImplementedError

    @api.model
    def _get_audiences(self, owners):
        """Return the ids of audiences by whose records they are for."""
        reaches = self._get_reaches(owners)
        audiences = self.env["crm.resource.audience"]._get_audiences(
            {*reaches.values()} - {None}
        )
        return {
            owners: reach and audiences[reach].id for owners, reach in reaches.items()
        }

    @api.model
    def _refresh_audiences(self, partners=None):
        """Set the audience of many records.

        :param partners: only what belongs to these `res.partner`, None: everything
        """
        self._refresh_audiences_of([self._name], partners)

    @api.model
    def _refresh_audiences_of(self, models, partners):
        """Set the audience of many records of several models; one look finds the models
        that have any.

        :param models: names of models
        :param partners: only what belongs to these `res.partner`, None: everything
        """
        self.env.flush_all()
        sources = {name: self.env[name]._get_owners_source(partners) for name in models}
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL("SELECT DISTINCT %s, owners FROM (%s) source", name, source)
                for name, source in sources.items()
            )
        )
        found = {}
        for name, text in rows:
            found.setdefault(name, {})[freeze(json.loads(text))] = text
        for name, texts in found.items():
            self.env[name]._write_audiences(sources[name], texts)

    @api.model
    def _write_audiences(self, source, texts):
        """Set the audience of the records of a SELECT, where it differs.

        :param source: as `_get_owners_source` returns it
        :param dict texts: its ``owners`` by what they are as tuples
        """
        audiences = self._get_audiences(texts)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s record SET audience_id = audience.id
                  FROM (%(source)s) source
                  JOIN UNNEST(%(owners)s::text[], %(ids)s::int4[]) audience(owners, id)
                 USING (owners)
                 WHERE source.id = record.id
                   AND record.audience_id IS DISTINCT FROM audience.id
                """,
                table=SQL.identifier(self._table),
                source=source,
                owners=[texts[owners] for owners in audiences],
                ids=list(audiences.values()),
            )
        )
        self.invalidate_model(["audience_id"])


def _is_among(model, alias, query, ids):
    """Return the condition that the audience is one of these; of many it is planned
    like of one."""
    audience = model._field_to_sql(alias, "audience_id", query)
    # one literal is read faster than a list of as many constants
    literal = f"{{{','.join(str(key) for key in ids if key)}}}"
    if len(ids) <= LONG_LIST:
        among = SQL("%s = ANY(%s::int4[])", audience, literal)
    else:
        among = SQL(
            "(%s IN (SELECT UNNEST(%s::int4[]) OFFSET 0)) IS TRUE", audience, literal
        )
    return SQL("(%s OR %s IS NULL)", among, audience) if False in ids else among


def freeze(value):
    """Return a JSON array as a tuple of tuples."""
    return tuple(map(freeze, value)) if isinstance(value, list) else value
