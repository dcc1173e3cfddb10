from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

LIMIT = 40
LIMIT_MAX = 200


class ResPartner(models.Model):
    """The timeline: what happened with a customer and his contacts, newest first."""

    _inherit = "res.partner"

    @api.model
    def _get_timeline_sources(self):
        """Hook: what stands on a customer's timeline.

        The record rules of the reader hold for whatever is registered here; a model
        that he may not read contributes nothing.

        :return: list of dicts with the keys

            * ``kind``: a short key by which people filter, ``label`` and ``icon``: how
              it is shown (those of the first source of a kind)
            * ``model``, ``date_field`` and ``partner_field`` (to any partner, or
              several): where the events are, when they were, and whose they are
            * ``title_field``, or ``get_titles``: a function of the records of a page
              that returns a dict of texts by id
            * optional: ``key`` (needed where a model and its date occur twice),
              ``domain``, ``caption`` (what happened, if not the label), ``text_field``,
              ``user_field`` (to a user or a partner), ``amount_field`` and
              ``currency_field``; ``document``: for `mail.message`, the model whose
              messages they are, and ``partner_field`` is that model's; ``group``: a
              name for sources that differ by their ``domain`` only and have no event in
              common, they are asked by one query; ``found_in``: for a report, the model
              and its field to a partner without which it has nothing
        """
        return [
            self._get_meeting_source(),
            *self._get_message_sources(),
            *self._get_opportunity_sources(),
            *self._get_order_sources(),
            *self._get_invoice_sources(),
            self._get_payment_source(),
            self._get_past_sale_source(),
            self._get_level_source(),
            self._get_owner_source(),
            self._get_state_source(),
        ]

    # ------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------

    @api.readonly
    def get_timeline(
        self, kinds=None, date_from=None, date_to=None, cursor=None, limit=LIMIT
    ):
        """Return a page of the customer's timeline, newest first.

        :param list kinds: only these, None: all
        :param str date_from: first day, of the person's time zone, or None
        :param str date_to: last day, or None
        :param list cursor: what the page before returned under this key
        :param int limit: how many events, at most 200
        :return: dict of ``events``, of ``cursor`` (None on the last page) and of
            ``kinds`` that there may be
        :raise AccessError: if the person does not reach the customer
        :raise UserError: if he asks for something else
        """
        self._check_page_access()
        if not self.customer_state:
            return {"events": [], "kinds": [], "cursor": None}
        conditions = self._get_timeline_conditions(date_from, date_to, cursor, limit)
        sources = self._get_readable_sources()
        self.env.flush_all()
        rows = self._fetch_timeline(
            {
                key: source
                for key, source in sources.items()
                if kinds is None or source["kind"] in kinds
            },
            *conditions,
        )
        page, rest = rows[:limit], rows[limit:]
        last = page[-1] if rest else None
        return {
            "events": self._format_timeline(sources, page),
            "cursor": last and [last[0].isoformat(), *last[1:]],
            "kinds": [
                {name: source[name] for name in ("kind", "label", "icon")}
                for source in {
                    source["kind"]: source for source in reversed(sources.values())
                }.values()
            ][::-1],
        }

    @api.model
    def _get_readable_sources(self):
        """Return the sources whose models the person may read, by key."""
        sources = {}
        for source in self._get_timeline_sources():
            models_read = [source["model"], source.get("document")]
            if all(self.env[name].has_access("read") for name in models_read if name):
                key = source.get("key") or f"{source['model']}.{source['date_field']}"
                sources[key] = {"icon": "fa-circle-o", **source}
        return sources

    def _get_timeline_conditions(self, date_from, date_to, cursor, limit):
        """Return the period as times in UTC, the cursor, and the limit, checked."""
        zone = timezone(self._get_timeline_zone())

        def get_midnight(day, shift=0):
            begin = datetime.combine(day + timedelta(days=shift), time.min)
            return zone.localize(begin).astimezone(utc).replace(tzinfo=None)

        try:
            begin = date_from and get_midnight(fields.Date.to_date(date_from))
            end = date_to and get_midnight(fields.Date.to_date(date_to), 1)
            if cursor:
                moment, key, res_id = cursor
                cursor = (datetime.fromisoformat(moment), str(key), int(res_id))
            if not 0 < limit <= LIMIT_MAX:
                raise ValueError(limit)
        except (OverflowError, TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "The timeline does not know such a period or page: reload the "
                    "page, and choose days from the calendar."
                )
            ) from error
        return begin, end, cursor or None, limit

    def _get_timeline_zone(self):
        return self.env.user.tz or "UTC"

    def _fetch_timeline(self, sources, begin, end, cursor, limit):
        """Return rows of date, key of the source, and id; one more than asked for."""
        family = self._get_family()
        messages = self.env["mail.message"].sudo()  # the rules are those of the reader
        # read once for all sources
        rules = Domain(
            self.env["ir.rule"]._compute_domain("mail.message", "read")
        ).optimize_full(messages)
        groups = {}
        for key, source in self._get_filled_sources(sources, family).items():
            asked = source["model"], source.get("group", key)
            groups.setdefault(asked, {})[key] = source
        window = _get_window(begin, end, cursor)
        branches = [
            SQL(
                """
                (SELECT date, key, id
                   -- the rows of a customer are few: not by an index of all dates
                   FROM (%(query)s OFFSET 0) event
                  WHERE %(window)s
                  ORDER BY date DESC, key DESC, id DESC LIMIT %(limit)s)
                """,
                query=query,
                window=window,
                limit=limit + 1,
            )
            for group in groups.values()
            if (query := self._get_timeline_query(group, family, rules))
        ]
        if not branches:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT * FROM (%s) event
                    ORDER BY date DESC, key DESC, id DESC LIMIT %s""",
                SQL(" UNION ALL ").join(branches),
                limit + 1,
            )
        )

    def _get_filled_sources(self, sources, family):
        """Return those of the sources that have anything of these partners, as far as
        one look at all of them can tell."""
        places = {}
        for key, source in sources.items():
            model, name = source.get("found_in") or (
                source.get("document") or source["model"],
                source["partner_field"],
            )
            field = self.env[model]._fields[name]
            if self.env[model]._auto and field.store and field.type == "many2one":
                places[key] = [(model, name, family.ids)]
        empty = places.keys() - self._find_filled(places)
        return {key: source for key, source in sources.items() if key not in empty}

    def _get_timeline_query(self, group, family, rules):
        """Return the SELECT of the events of the sources of a group, None if there are
        none.

        :param dict group: sources by their keys
        """
        source = next(iter(group.values()))
        records = self.env[source["model"]].with_context(active_test=False)
        domains = {
            key: Domain(source.get("domain") or Domain.TRUE)
            for key, source in group.items()
        }
        wanted = Domain.OR(domains.values())
        if source.get("document"):
            query = self._search_timeline_messages(source, family, wanted & rules)
        else:
            query = records._search(
                Domain(source["partner_field"], "in", family.ids)
                & wanted
                & Domain(source["date_field"], "!=", False)
            )
        if query.is_empty():
            return None
        # the fields are the source's, and who may read the records is in the query
        records = records.sudo()
        table = query.table
        date = records._field_to_sql(table, source["date_field"], query)
        if records._fields[source["date_field"]].type == "date":
            # at noon, so that it stands among what happened on that day
            date = SQL(
                "((%s + TIME '12:00') AT TIME ZONE %s) AT TIME ZONE 'UTC'",
                date,
                self._get_timeline_zone(),
            )
        self._hide_timeline_past(records, source, query, date)
        return query.select(
            SQL("%s AS date", date),
            SQL('(%s) COLLATE "C" AS key', _get_key(domains, records, query)),
            SQL("%s AS id", SQL.identifier(table, "id")),
        )

    def _search_timeline_messages(self, source, family, domain):
        """Return the query of messages of documents that the person reads: he reads
        their messages, except where a rule says otherwise.

        The search of messages would check each of them, and page after page again.
        """
        documents = self.env[source["document"]].with_context(active_test=False)
        ids = (
            family.ids
            if documents._name == self._name
            else documents._search(Domain(source["partner_field"], "in", family.ids))
        )
        # rules are part of the domain, access to the documents of the ids
        return (
            self.env["mail.message"]
            .sudo()
            ._search(
                Domain("model", "=", documents._name)
                & Domain("res_id", "in", ids)
                & domain
            )
        )

    def _hide_timeline_past(self, records, source, query, date):
        """Leave out what others did before the salesperson claimed the customer."""
        begin = self._get_past_end()
        if not begin:
            return
        own = SQL("FALSE")
        if name := source.get("user_field"):
            mine = {
                "res.users": self.env.user.id,
                "res.partner": self.env.user.partner_id.id,
            }[records._fields[name].comodel_name]
            own = SQL("%s = %s", records._field_to_sql(query.table, name, query), mine)
        query.add_where(SQL("(%s >= %s OR %s)", date, begin, own))


def _get_key(domains, records, query):
    """Return the SQL of the key of the source of an event: the one whose domain it
    meets."""
    *others, last = domains
    if not others:
        return SQL("%s::text", last)
    whens = [
        SQL(
            "WHEN %s THEN %s",
            domains[key].optimize_full(records)._to_sql(records, query.table, query),
            key,
        )
        for key in others
    ]
    return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), last)


def _get_window(begin, end, cursor):
    """Return the condition that an event is in the period, and after the cursor in the
    order of pages."""
    conditions = [SQL("TRUE")]
    if begin:
        conditions.append(SQL("date >= %s", begin))
    if end:
        conditions.append(SQL("date < %s", end))
    if cursor:
        conditions.append(SQL("(date, key, id) < (%s, %s, %s)", *cursor))
    return SQL(" AND ").join(conditions)
