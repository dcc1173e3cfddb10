from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from .crm_resource_target_cell_mixin import MEASURES


class CrmResourceTargetMonth(models.Model):
    """A month of a company that is or was closed: its targets and what was achieved
    stay as they are. Only its buttons and the job write it."""

    _name = "crm.resource.target.month"
    _description = "Month of Targets"
    _inherit = ["mail.thread"]
    _order = "date desc, company_id, id"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(string="Month", required=True, readonly=True)
    is_closed = fields.Boolean(string="Closed", readonly=True, tracking=True)
    date_closed = fields.Datetime(string="Closed On", readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    reopen_reason = fields.Char(string="Reopened Because", readonly=True, tracking=True)

    _unique = models.UniqueIndex(
        "(company_id, date)", "The month is there already: reload the page."
    )

    @api.depends("date")
    def _compute_display_name(self):
        for month in self:
            month.display_name = self._get_month_name(month.date)

    @api.model
    def _get_month_name(self, date):
        return format_date(self.env, date, date_format="MMMM y")

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    @api.model
    def close_month(self, date):
        """Close a month of the user's company.

        :param date: its first day, date or text
        :raise AccessError: if the user is not market staff
        :raise UserError: if the month is not over, or closed already
        """
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(self.env._("Market staff close months: ask one of them."))
        try:
            date = fields.Date.to_date(date)
        except (TypeError, ValueError):
            date = None
        if not date or date.day != 1:
            raise UserError(
                self.env._("Say which month is to be closed: the first day of it.")
            )
        if date + relativedelta(months=1) > self.env.company._get_today():
            raise UserError(
                self.env._(
                    "%(month)s is not over yet: close it afterwards.",
                    month=self._get_month_name(date),
                )
            )
        self._close(self.env.company, date)
        return True

    def action_reopen(self):
        """Ask for the reason, and reopen a month."""
        self._check_may_reopen()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen %(month)s", month=self.display_name),
            "res_model": "crm.resource.target.reopen",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_month_id": self.id},
        }

    def _check_may_reopen(self):
        self.check_access("read")
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("Only an administrator reopens months: ask one of them.")
            )
        for month in self:
            if not month.is_closed:
                raise UserError(
                    self.env._("%(month)s is open.", month=month.display_name)
                )

    # ------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------

    @api.model
    def _close(self, company, date):
        """Freeze the targets and what was achieved in a month.

        :raise UserError: if it is closed already
        """
        # whoever calls has checked who closes it; nobody writes it by hand
        month = self.sudo().search(
            [("company_id", "=", company.id), ("date", "=", date)]
        )
        if month.is_closed:
            raise UserError(
                self.env._("%(month)s is closed already.", month=month.display_name)
            )
        self._freeze(company, date)
        vals = {
            "is_closed": True,
            "date_closed": fields.Datetime.now(),
            "closed_by_id": self.env.uid,
            "reopen_reason": False,
        }
        if month:
            month.write(vals)
        else:
            month = month.create({"company_id": company.id, "date": date, **vals})
        return month

    @api.model
    def _freeze(self, company, date):
        # as above; the whole company's
        targets = self.env["crm.resource.target"].sudo()
        targets = targets.search([("company_id", "=", company.id), ("date", "=", date)])
        for target in targets:
            target.write({"counted_closed": target.counted})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_target_result
                       (company_id, team_id, user_id, date, measure, achieved, kind,
                        currency_id, create_uid, create_date, write_uid, write_date)
                SELECT node.company_id, node.team_id, node.user_id, node.date,
                       node.measure, node.amount,
                       CASE WHEN node.user_id IS NOT NULL THEN 'person'
                            WHEN node.team_id IS NOT NULL THEN 'department'
                            ELSE 'company' END,
                       CASE WHEN node.measure NOT IN ('customers', 'visits')
                            THEN %(currency)s END,
                       %(uid)s, NOW() AT TIME ZONE 'UTC',
                       %(uid)s, NOW() AT TIME ZONE 'UTC'
                  FROM (%(nodes)s) node
                 WHERE node.date = %(date)s
                """,
                currency=company.currency_id.id,
                uid=self.env.uid,
                date=date,
                nodes=targets._get_node_query(
                    targets._get_fact_query(
                        [key for key, _label in MEASURES],
                        company,
                        date,
                        date + relativedelta(months=1, days=-1),
                    )
                ),
            )
        )
        self.env.invalidate_all()

    def _reopen(self, reason):
        """Have targets and results follow the documents again.

        :param str reason: in words
        """
        self._check_may_reopen()
        # checked above; nobody writes it by hand
        for month in self.sudo():
            month.write({"is_closed": False, "reopen_reason": reason})
            domain = [
                ("company_id", "=", month.company_id.id),
                ("date", "=", month.date),
            ]
            month.env["crm.resource.target.result"].search(domain).unlink()
        self.env.invalidate_all()

    @api.model
    def _cron_close(self):
        """Close the months of companies whose settings say so; each for itself."""
        due = self._get_due_months()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for company, date in due:
            self._close(company, date)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _get_due_months(self):
        """Return the companies and months that the settings close by now."""
        due = []
        companies = self.env["res.company"].search([("crm_target_close_days", ">", 0)])
        targets = self.env["crm.resource.target"]
        for company in companies:
            end = company._get_today() - relativedelta(
                days=company.crm_target_close_days, months=1
            )
            dates = {
                date
                for [date] in targets._read_group(
                    [("company_id", "=", company.id), ("date", "<=", end)],
                    ["date:month"],
                )
            }
            closed = targets._get_closed_months({company.id}, dates)
            due += [
                (company, date)
                for date in sorted(dates)
                if (company.id, date) not in closed
            ]
        return due
