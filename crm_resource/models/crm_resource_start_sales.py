from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL


class CrmResourceStart(models.AbstractModel):
    """What a person sells."""

    _inherit = "crm.resource.start"

    def _get_sales_blocks(self):
        return [
            {
                "key": "sales",
                "sequence": 60,
                "title": self.env._("My Sales"),
                "icon": "fa-line-chart",
                "empty": "",
                "method": "_get_sales",
                "groups": "sales_team.group_sale_salesman",
            },
        ]

    def _get_sales(self):
        """The person's sales of this month, and of the days before to the same day of
        the month before."""
        today = fields.Date.context_today(self)
        month = today.replace(day=1)
        company = self.env.company
        # how companies count sales is no secret
        companies = self.env.companies.sudo()
        before = month - relativedelta(months=1)
        self.env.flush_all()
        [(now, then, last)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE date >= %(month)s), 0),
                       COALESCE(SUM(amount) FILTER (WHERE date <= %(until)s), 0),
                       COALESCE(SUM(amount) FILTER (WHERE date < %(month)s), 0)
                  FROM (%(sales)s) sales
                 WHERE user_id = %(user)s
                """,
                month=month,
                until=today - relativedelta(months=1),
                user=self.env.uid,
                sales=self.env["crm.resource.sales"]._get_query(
                    date_from=before,
                    date_to=today,
                    companies=companies,
                    currency=company.currency_id,
                ),
            )
        )
        figure = {"kind": "money", "currency_id": company.currency_id.id}
        return {
            "figures": [
                {
                    **figure,
                    "key": "month",
                    "label": self.env._("This Month"),
                    "value": float(now),
                    "trend": float((now - then) / then) if then > 0 else None,
                    "note": self.env._("to the same day of last month"),
                },
                {
                    **figure,
                    "key": "last_month",
                    "label": self.env._("Last Month"),
                    "value": float(last),
                },
            ]
        }
