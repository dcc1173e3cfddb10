from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

# after each failure somebody else has counted: nobody tries so often
TRIES = 100
# rows that one run of the vacuum removes
GC_LIMIT = 10_000


class CrmResourceWebCount(models.Model):
    """How often something happened in a span of time.

    A limit is kept by the statement that counts: it updates the row only if there is
    room. Counted rows of others are not seen under REPEATABLE READ.
    """

    _name = "crm.resource.web.count"
    _description = "Count of Web Posts"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    hits = fields.Integer(required=True, readonly=True)
    date_end = fields.Datetime(required=True, readonly=True, index=True)

    _key_unique = models.Constraint("UNIQUE(key)", "Each is counted once.")

    @api.model
    def _take(self, wanted):
        """Count, in a transaction of its own that ends at once: others who count the
        same hardly wait.

        :param wanted: list of tuples of key, limit and seconds
        :return: how often each was counted; up to the first that is full, for which
            there are the seconds to wait, negative
        """
        for left in reversed(range(TRIES)):
            try:
                with self.env.registry.cursor() as cr:
                    # a count that a crash of the server forgets harms nobody
                    cr.execute("SET LOCAL synchronous_commit TO off")
                    hits = self._count(cr, wanted)
                break
            except SerializationFailure:
                if not left:
                    raise
        return hits

    @api.model
    def _count(self, cr, wanted):
        """Do as `_take`, in the transaction of a cursor."""
        now = fields.Datetime.now()
        counted = []
        for key, limit, seconds in wanted:
            cr.execute(
                self._get_statement(key, limit, seconds, now), log_exceptions=False
            )
            row = cr.fetchone()
            if not row:
                cr.execute(
                    SQL(
                        "SELECT date_end FROM crm_resource_web_count WHERE key = %s",
                        key,
                    )
                )
                (end,) = cr.fetchone()
                counted.append(-max(1, int((end - now).total_seconds())))
                break
            counted.append(row[0])
        return counted

    def _get_statement(self, key, limit, seconds, now):
        return SQL(
            """
            INSERT INTO crm_resource_web_count AS counted (key, hits, date_end)
            VALUES (%(key)s, 1, %(end)s)
            ON CONFLICT (key) DO UPDATE
               SET hits = CASE WHEN counted.date_end <= %(now)s THEN 1
                               ELSE counted.hits + 1 END,
                   date_end = CASE WHEN counted.date_end <= %(now)s
                                   THEN EXCLUDED.date_end ELSE counted.date_end END
             WHERE counted.date_end <= %(now)s OR counted.hits < %(limit)s
            RETURNING hits
            """,
            key=key,
            limit=limit,
            now=now,
            end=now + timedelta(seconds=seconds),
        )

    @api.autovacuum
    def _gc_counts(self):
        """Remove what counts no more."""
        old = self.search([("date_end", "<", fields.Datetime.now())], limit=GC_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_LIMIT
