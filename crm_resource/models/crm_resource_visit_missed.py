from datetime import datetime, time

from pytz import timezone, utc

from odoo import api, models
from odoo.tools import SQL

# visits after which the job commits
BATCH_SIZE = 1000
# how many visits a message names
NAMED_IN_MESSAGE = 10


class CrmResourceVisit(models.Model):
    """The nightly job that finds plans whose day is over."""

    _inherit = "crm.resource.visit"

    @api.model
    def _cron_miss(self):
        """Nightly: mark what was planned for a day that is over where the company
        works, and tell whose visits they are.

        It may be killed anywhere: what is marked is told in the same transaction.
        """
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            midnight = datetime.combine(company._get_today(), time.min)
            zone = timezone(company._get_sales_timezone())
            begin = zone.localize(midnight).astimezone(utc).replace(tzinfo=None)
            while size := self._miss(company, begin):
                if not cron._commit_progress(size):
                    return

    @api.model
    def _miss(self, company, begin):
        """Mark some visits of a company that were to end before a moment.

        :return: how many there were
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_resource_visit visit
                   SET state = 'missed', write_date = %(now)s, write_uid = %(uid)s
                  FROM (
                        SELECT id FROM crm_resource_visit
                         WHERE state = 'planned' AND company_id = %(company)s
                           AND date_end < %(begin)s
                         ORDER BY user_id, id
                         LIMIT %(size)s
                           FOR UPDATE SKIP LOCKED
                       ) missed
                 WHERE visit.id = missed.id
             RETURNING visit.id, visit.event_id
                """,
                company=company.id,
                begin=begin,
                size=BATCH_SIZE,
                now=self.env.cr.now(),
                uid=self.env.uid,
            )
        )
        # what did not take place is no contact: its meeting goes
        self.env.cr.execute(
            SQL(
                "UPDATE calendar_event SET active = FALSE WHERE id = ANY(%s)",
                [event for _visit, event in rows if event],
            )
        )
        self.env.invalidate_all(flush=False)
        visits = self.browse(sorted(visit for visit, _event in rows))
        for person, missed in visits.grouped("user_id").items():
            missed._tell_missed(person)
        return len(rows)

    def _tell_missed(self, person):
        """Tell a person once which visits he missed."""
        names = ", ".join(self[:NAMED_IN_MESSAGE].mapped("display_name"))
        if len(self) > NAMED_IN_MESSAGE:
            names += " …"
        texts = self.with_context(lang=person.lang).env
        self[0].message_notify(
            partner_ids=person.partner_id.ids,
            subject=texts._("Missed visits"),
            body=texts._(
                "Planned, and not made (%(count)s): %(visits)s. Log what took place, "
                "and plan or cancel the rest.",
                count=len(self),
                visits=names,
            ),
        )
