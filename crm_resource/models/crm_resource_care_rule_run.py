import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# contacts after which the job commits
BATCH_SIZE = 1000
# days by which a greeting may be late if the job did not run
CATCH_UP = 3


class CrmResourceCareRule(models.Model):
    """The nightly job: it writes down who has an occasion, then does what is to be done
    for them, a commit after each batch."""

    _inherit = "crm.resource.care.rule"

    @api.model
    def _cron_care(self, date=None):
        """Nightly: greet whose occasion has come.

        It may be killed anywhere: the row of the log is unique, and what is sent is
        queued in the transaction that says so in the log.
        """
        date = date or fields.Date.context_today(self)
        cron = self.env["ir.cron"]
        # their own job may have failed
        self.env["crm.resource.standing"]._ensure_refreshed()
        self._skip_stale(date)
        for rule in self.search([("state", "=", "running")]):
            lack = rule._get_responsible_lack()
            if lack:
                rule._halt(lack)
            else:
                rule._plan(date)
            cron._commit_progress()
        planned = self.env["crm.resource.care"].search_count(
            [("state", "=", "planned")]
        )
        cron._commit_progress(remaining=planned)
        while size := self._perform(date):
            if not cron._commit_progress(size):
                break

    def _skip_stale(self, date):
        """Close what an earlier run left to do and is too late, or unwanted by now."""
        self.env.flush_all()
        reason = SQL(" ").join(
            SQL("WHEN care.channel = %s THEN %s", channel, self._get_reason(channel))
            for channel in ("mail", "sms", "activity")
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_care care
                   SET state = 'skipped', reason = stale.reason
                  FROM (
                        SELECT care.id,
                               CASE WHEN care.date_planned < %(earliest)s THEN 'late'
                                    ELSE CASE %(reason)s END END AS reason
                          FROM crm_resource_care care
                          JOIN res_partner receiver ON receiver.id = care.partner_id
                          JOIN res_partner customer ON customer.id = care.customer_id
                         WHERE care.state = 'planned'
                       ) stale
                 WHERE stale.id = care.id AND stale.reason IS NOT NULL
                """,
                earliest=fields.Date.subtract(date, days=CATCH_UP),
                reason=reason,
            )
        )
        self.env["crm.resource.care"].invalidate_model()

    # ------------------------------------------------------------
    # Who has an occasion
    # ------------------------------------------------------------

    def _halt(self, lack):
        """Stop the rule for which nobody answers, and tell market staff."""
        self.ensure_one()
        _logger.warning("Care rule %s stops: %s", self.id, lack)
        self.state = "draft"
        self._tell_staff(
            self.env._(
                "The care rule “%(rule)s” has stopped. %(lack)s Look at its conditions "
                "and its message, and start it anew: it then works with your rights.",
                rule=self.name,
                lack=lack,
            )
        )

    def _plan(self, date):
        """Write down who has an occasion for which something is done up to a day, since
        the day of the last run."""
        self.ensure_one()
        first = date
        if self.date_run:
            first = max(
                fields.Date.add(self.date_run, days=1),
                fields.Date.subtract(date, days=CATCH_UP),
            )
        try:
            query = self._get_due_query(min(first, date), date)
        except UserError as error:
            # the others go on
            _logger.warning("Care rule %s: %s", self.id, error)
            self.message_post(body=error.args[0])
            return
        self.env.flush_all()
        if query is not None:
            self._insert(query)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_resource_care_rule SET date_run = %s WHERE id = %s",
                date,
                self.id,
            )
        )
        self.invalidate_recordset(["date_run", "care_count"])
        self.env["crm.resource.care"].invalidate_model()

    def _insert(self, query):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_care (
                    rule_id, occasion, channel, company_id, currency_id, partner_id,
                    customer_id, user_id, label, date_occasion, date_planned,
                    product_id, gift, amount, state, reason, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(rule)s, %(occasion)s, %(channel)s, %(company)s, %(currency)s,
                       due.partner_id, due.customer_id, due.user_id,
                       NULLIF(due.label, ''), due.date_occasion, due.date_planned,
                       due.product_id, due.gift, due.amount,
                       CASE WHEN due.reason IS NULL THEN 'planned' ELSE 'skipped' END,
                       due.reason, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) due
                    ON CONFLICT (rule_id, partner_id, date_occasion) DO NOTHING
                """,
                rule=self.id,
                occasion=self.occasion,
                channel=self.channel,
                company=self.company_id.id,
                currency=self.currency_id.id,
                query=query,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    # ------------------------------------------------------------
    # What is done for them
    # ------------------------------------------------------------

    @api.model
    def _perform(self, date):
        """Do what is planned for some contacts; others may do the same for others.

        :return: how many there were, 0 if nothing is left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT care.id, care.rule_id
                  FROM crm_resource_care care
                  JOIN crm_resource_care_rule rule ON rule.id = care.rule_id
                 WHERE care.state = 'planned' AND care.date_planned <= %s
                   AND rule.state = 'running' AND rule.active
                 ORDER BY care.rule_id, care.id
                 LIMIT %s
                   FOR UPDATE OF care SKIP LOCKED
                """,
                date,
                BATCH_SIZE,
            )
        )
        by_rule = {}
        for care, rule in rows:
            by_rule.setdefault(rule, []).append(care)
        for rule, ids in by_rule.items():
            rule = self.browse(rule)
            cares = self.env["crm.resource.care"].browse(ids)
            rule._perform_safely(cares, date)
        return len(rows)

    def _perform_safely(self, cares, date):
        """Do what is planned; what fails is kept in the log and does not keep back the
        others."""
        try:
            with self.env.cr.savepoint():
                for channel, group in cares.grouped("channel").items():
                    getattr(self, f"_perform_{channel}")(group, date)
        except psycopg2.Error:  # others were faster, or the connection is gone
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(cares) == 1:
                _logger.warning("Care %s could not be sent", cares.id, exc_info=True)
                cares._close("failed", "error", str(error))
                return
            half = len(cares) // 2
            self._perform_safely(cares[:half], date)
            self._perform_safely(cares[half:], date)
