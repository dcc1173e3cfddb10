from datetime import datetime, time

from pytz import timezone

from odoo import api, models

from .working_share import get_last_day, get_shares


class CrmResourceTarget(models.Model):
    """Which part of a month counts, and which part of it is over, by working days."""

    _inherit = "crm.resource.target"

    @api.model
    def _get_month_shares(self, cells):
        """Return for each cell the share of the month that its target counts, and the
        share that is over today.

        Persons work by their own calendar, departments and companies by the company's;
        holidays of the company are no working days, leaves of single persons are.

        :param cells: iterable of tuples of company, id of the person (or None), month,
            first and last day of the person (or None)
        :return: dict of tuples of two numbers by cell
        """
        cells = set(cells)
        calendars = self._get_calendars({cell[1] for cell in cells} - {None})
        todays = {
            company: company._get_today()
            for company in {company for company, *_cell in cells}
        }
        sought, shares = {}, {}
        for cell in cells:
            company, user, month, date_from, date_to = cell
            is_running = month <= todays[company] < get_last_day(month)
            if not is_running and not date_from and not date_to:
                shares[cell] = (1, float(month <= todays[company]))
                continue
            # by which calendar a company works is no secret
            calendar = calendars.get(user) or company.sudo().resource_calendar_id
            sought.setdefault((company, calendar), []).append(cell)
        for (company, calendar), found in sought.items():
            days = self._get_workdays(company, calendar, {cell[2] for cell in found})
            spans = {cell[2:] for cell in found}
            parts = {
                span: get_shares(days, *span, today=todays[company]) for span in spans
            }
            shares |= {cell: parts[cell[2:]] for cell in found}
        return shares

    @api.model
    def _get_calendars(self, users):
        """Return by which calendars people work.

        :param users: ids of `res.users`
        :return: dict of `resource.calendar` by id
        """
        # by which calendar somebody works is no secret
        resources = (
            self.env["resource.resource"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("user_id", "in", list(users))],
                ["calendar_id", "user_id"],
                order="id desc",
            )
        )
        return {resource.user_id.id: resource.calendar_id for resource in resources}

    @api.model
    def _get_workdays(self, company, calendar, months):
        """Return the working days of a calendar in months, as a set of dates.

        :param months: the first days of the months
        """
        if not calendar:
            return set()
        zone = timezone(calendar.tz or "UTC")
        begin = zone.localize(datetime.combine(min(months), time.min))
        end = zone.localize(datetime.combine(get_last_day(max(months)), time.max))
        intervals = calendar._work_intervals_batch(
            begin,
            end,
            domain=[
                ("time_type", "=", "leave"),
                ("company_id", "in", [False, company.id]),
            ],
            tz=zone,
        )[False]
        return {start.date() for start, _stop, _meta in intervals}
