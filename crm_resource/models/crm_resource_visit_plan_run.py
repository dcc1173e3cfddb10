import logging
from collections import Counter
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

# visits after which the job commits
BATCH_SIZE = 200
# days within which a visit finds a working day
SEARCHED_DAYS = 14


class CrmResourceVisitPlan(models.Model):
    """The nightly job that makes the visits of the next weeks."""

    _inherit = "crm.resource.visit.plan"

    @api.model
    def _cron_plan(self):
        """Nightly: make the visits that are missing.

        It may be killed anywhere: for each customer and day of a plan there is one
        visit, which a unique index says.
        """
        cron = self.env["ir.cron"]
        for plan in self.search([("state", "=", "running")]):
            lack = plan._get_responsible_lack()
            if lack:
                plan._halt(lack)
                cron._commit_progress()
                continue
            try:
                plan._make_visits(cron)
            except UserError as error:
                # the others go on
                _logger.warning("Plan of visits %s: %s", plan.id, error)
                plan.message_post(body=error.args[0])

    def _halt(self, lack):
        """Stop a plan for which nobody answers, and tell market staff."""
        self.state = "draft"
        self._tell_staff(
            self.env._(
                "The plan of visits “%(plan)s” has stopped. %(lack)s Look at whom it "
                "is for, and start it anew: it then works with your rights.",
                plan=self.name,
                lack=lack,
            )
        )

    def _make_visits(self, cron=None):
        """Make the visits that are missing up to the days ahead.

        :param cron: the `ir.cron` that commits after each batch, None: one transaction
        """
        self.ensure_one()
        today = self.company_id._get_today()
        days = self._get_days(
            today + timedelta(days=1), today + timedelta(days=self.days_ahead)
        )
        if not days:
            return
        rows = self._get_missing(days)
        visits = self.env["crm.resource.visit"].with_context(tracking_disable=True)
        for batch in split_every(BATCH_SIZE, rows, list):
            visits.create(batch)
            if cron is not None and not cron._commit_progress(len(batch)):
                return

    def _get_missing(self, days):
        """Return the values of the visits that are to be made."""
        customers = self._as_responsible(self.env["res.partner"]).search_fetch(
            self._get_customer_domain(), ["user_id"], order="user_id, id"
        )
        there = self._get_made(days)
        working = self._get_working_days(days)
        absent = self._get_absences(customers.user_id, days)
        missing = []
        for day in days:
            ranks = Counter()
            for customer in customers:
                person = customer.user_id
                rank = ranks[person]
                ranks[person] += 1
                start = self._get_start(day, rank, working)
                if (customer.id, day) in there or not start:
                    continue
                if not any(a <= start.date() <= b for a, b in absent.get(person, ())):
                    missing.append(self._get_visit_values(customer, day, start))
        return missing

    def _get_made(self, days):
        """Return for whom and which days there are visits, cancelled ones too."""
        self.env.flush_all()
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT partner_id, plan_date FROM crm_resource_visit
                     WHERE plan_id = %s AND plan_date = ANY(%s)
                    """,
                    self.id,
                    days,
                )
            )
        )

    def _get_working_days(self, days):
        """Return the days on which the company works, in order."""
        begin, end = days[0], days[-1] + timedelta(days=SEARCHED_DAYS)
        calendar = self.company_id.resource_calendar_id
        if not calendar:
            span = range((end - begin).days + 1)
            return [begin + timedelta(days=shift) for shift in span]
        zone = timezone(calendar.tz or "UTC")
        intervals = calendar._work_intervals_batch(
            zone.localize(datetime.combine(begin, time.min)),
            zone.localize(datetime.combine(end, time.max)),
        )[False]
        return sorted({start.date() for start, _stop, _meta in intervals})

    def _get_absences(self, people, days):
        """Return the spans of days on which people are away, by `res.users`."""
        end = days[-1] + timedelta(days=SEARCHED_DAYS)
        spans = {}
        for absence in self.env["crm.resource.absence"].search(
            Domain("user_id", "in", people.ids)
            & Domain("date_from", "<=", end)
            & Domain("date_to", ">=", days[0])
        ):
            spans.setdefault(absence.user_id.id, []).append(
                (absence.date_from, absence.date_to)
            )
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("resource_id.user_id", "in", people.ids)
            & Domain("date_from", "<=", fields.Datetime.end_of(end, "day"))
            & Domain("date_to", ">=", fields.Datetime.to_datetime(days[0]))
        )
        for leave in leaves:
            spans.setdefault(leave.resource_id.user_id.id, []).append(
                (leave.date_from.date(), leave.date_to.date())
            )
        return {person: spans.get(person.id, ()) for person in people}

    def _get_start(self, day, rank, working):
        """Return when the visit of a rank begins, in the company's time: so many fit
        in a working day, the others follow on the next ones."""
        shift, slot = divmod(rank, self.per_day)
        coming = [d for d in working if d >= day][: shift + 1]
        if len(coming) <= shift:
            return None
        begin = datetime.combine(coming[shift], time.min)
        return begin + timedelta(hours=self.hour + slot * self.type_id.duration)

    def _get_visit_values(self, customer, day, start):
        zone = timezone(self.company_id._get_sales_timezone())
        begin = zone.localize(start).astimezone(utc).replace(tzinfo=None)
        return {
            "plan_id": self.id,
            "plan_date": day,
            "partner_id": customer.id,
            "company_id": self.company_id.id,
            "user_id": customer.user_id.id,
            "type_id": self.type_id.id,
            "purpose_id": self.purpose_id.id,
            "subject": self.subject,
            "date_start": begin,
            "date_end": begin + timedelta(hours=self.type_id.duration),
        }
