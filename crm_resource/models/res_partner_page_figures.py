from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .res_partner import MONEY_GROUPS

# for how many days before it a recall is near
RECALL_DAYS = 30
# stages of the lifecycle that call for somebody
LOSING = ("at_risk", "lost")


class ResPartner(models.Model):
    """The figures on top of a customer's page."""

    _inherit = "res.partner"

    def _get_standing_figures(self):
        figures = [
            {
                "key": "level",
                "sequence": 10,
                "label": self.env._("Level"),
                "kind": "text",
                # its name stands on the form as well
                "value": self.level_id.sudo().name or "",
                "note": self.date_level
                and self.env._(
                    "since %(day)s", day=format_date(self.env, self.date_level)
                ),
            }
        ]
        if self.lifecycle:
            labels = self._fields["lifecycle"]._description_selection(self.env)
            figures.append(
                {
                    "key": "lifecycle",
                    "sequence": 15,
                    "label": self.env._("Lifecycle"),
                    "kind": "text",
                    "value": dict(labels)[self.lifecycle],
                    "tone": "danger" if self.lifecycle in LOSING else False,
                }
            )
        if self.date_recall:
            tone = self._get_recall_tone()
            figures.append(
                {
                    "key": "recall",
                    "sequence": 80,
                    "label": self.env._("Recalled On"),
                    "kind": "date",
                    "value": fields.Date.to_string(self.date_recall),
                    # what prevents it takes long to find out
                    "note": tone and self.recall_prevention,
                    "tone": tone,
                }
            )
        return figures

    def _get_recall_tone(self):
        """Return how urgent the recall of the customer is."""
        if self.date_recall_warned:
            return "danger"
        is_near = self.date_recall and self.recall_days_left <= RECALL_DAYS
        return "warning" if is_near else False

    def _get_sales_figure(self):
        """Return the sales of the last 12 months against those of the 12 before."""
        today = fields.Date.context_today(self)
        begin = today - relativedelta(years=1) + timedelta(days=1)
        begin_before = begin - relativedelta(years=1)
        shown_from = self._get_past_end()
        is_all_shown = not shown_from or shown_from.date() <= begin_before
        company = self.env.company
        # how companies count sales is no secret
        companies = self.env.companies.sudo()
        [(now, before)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE date >= %(begin)s), 0),
                       COALESCE(SUM(amount) FILTER (WHERE date < %(begin)s), 0)
                  FROM (%(sales)s) sales
                """,
                begin=begin,
                sales=self.env["crm.resource.sales"]._get_query(
                    date_from=begin_before if is_all_shown else shown_from.date(),
                    date_to=today,
                    companies=companies,
                    currency=company.currency_id,
                    partners=self,
                ),
            )
        )
        return {
            "key": "sales",
            "sequence": 20,
            "label": self.env._("Sales, 12 Months"),
            "kind": "money",
            "value": float(now),
            "currency_id": company.currency_id.id,
            "trend": float((now - before) / before)
            if is_all_shown and before > 0
            else None,
            "action": "action_view_sale_order",
            "groups": MONEY_GROUPS,
        }

    def _get_opportunity_figures(self, family):
        """Return the expected revenue of open opportunities that the person reads."""
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return []
        company = self.env.company
        today = fields.Date.context_today(self)
        totals = leads._read_group(
            Domain("partner_id", "any!", family)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending"),
            ["company_id"],
            ["expected_revenue:sum", "__count"],
        )
        value = count = 0
        for owner, revenue, number in totals:
            currency = (owner or company).currency_id
            value += currency._convert(revenue, company.currency_id, company, today)
            count += number
        return [
            {
                "key": "opportunities",
                "sequence": 30,
                "label": self.env._("Open Opportunities"),
                "kind": "money",
                "value": value,
                "currency_id": company.currency_id.id,
                "note": count and self.env._("%(count)s open", count=count),
                "action": "action_view_opportunity",
                "groups": "sales_team.group_sale_salesman",
            }
        ]

    def _get_receivable_figures(self, family):
        """Return what the customer owes to each company of the person, and how much of
        it is overdue: that is of today, whenever it was sold, and no hidden past."""
        companies = self.env.companies
        owed = self._get_owed(family, companies)
        shown = [c for c in companies if c.id in owed] or self.env.company
        figures = []
        for company in shown:
            total, overdue = map(float, owed.get(company.id, (0, 0)))
            late = company.currency_id.compare_amounts(overdue, 0) > 0
            common = {
                "kind": "money",
                "currency_id": company.currency_id.id,
                "note": len(companies) > 1 and company.name,
                "groups": MONEY_GROUPS,
            }
            figures += [
                {
                    **common,
                    "key": f"receivable_{company.id}",
                    "sequence": 40,
                    "label": self.env._("Receivable"),
                    "value": total,
                },
                {
                    **common,
                    "key": f"overdue_{company.id}",
                    "sequence": 41,
                    "label": self.env._("Overdue"),
                    "value": overdue,
                    "tone": "danger" if late else False,
                },
            ]
        return figures

    def _get_owed(self, family, companies):
        """Return the sums that are open and overdue, by id of company."""
        # salespeople have no right to journal items, but whoever reaches the customer
        # is told the sums of his companies
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.company_id, SUM(line.amount_residual),
                       COALESCE(SUM(line.amount_residual)
                                    FILTER (WHERE line.date_maturity < %(today)s), 0)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                 WHERE line.partner_id = ANY(ARRAY(%(family)s))
                   AND line.company_id = ANY(%(companies)s)
                   AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND account.account_type = 'asset_receivable'
                 GROUP BY line.company_id
                """,
                today=fields.Date.context_today(self),
                family=family,
                companies=companies.ids,
            )
        )
        return {company: (total, overdue) for company, total, overdue in rows}

    def _get_contact_figures(self, family):
        """Return the last and the next contact as they are now: those of the standing
        are as of the night."""
        today = fields.Date.context_today(self)
        shown_from = self._get_past_end()
        standings = self.env["crm.resource.standing"]
        [(last, coming)] = self.env.execute_query(
            SQL(
                """
                SELECT MAX(date) FILTER (
                           WHERE date <= %(today)s AND NOT is_planned
                             AND date >= %(shown_from)s),
                       MIN(date) FILTER (
                           WHERE date > %(today)s OR date = %(today)s AND is_planned)
                  FROM (%(sources)s) contact
                 WHERE partner_id = ANY(ARRAY(%(family)s))
                """,
                today=today,
                sources=SQL(" UNION ALL ").join(standings._get_contact_sources()),
                shown_from=shown_from.date() if shown_from else date.min,
                family=family,
            )
        )
        return [
            {
                "key": "last_contact",
                "sequence": 60,
                "label": self.env._("Last Contact"),
                "kind": "date",
                "value": fields.Date.to_string(last),
                "note": last
                and self.env._("%(days)s days ago", days=(today - last).days),
            },
            {
                "key": "next_contact",
                "sequence": 70,
                "label": self.env._("Next Contact"),
                "kind": "date",
                "value": fields.Date.to_string(coming),
                "tone": False if coming else "warning",
            },
        ]
