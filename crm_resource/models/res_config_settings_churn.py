from odoo import api, fields, models
from odoo.tools import format_date

# how often the customer of the example buys
EXAMPLE_DAYS = 30


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_churn_months = fields.Integer(
        related="company_id.crm_churn_months", readonly=False
    )
    crm_churn_factor = fields.Float(
        related="company_id.crm_churn_factor", readonly=False
    )
    crm_churn_min_purchases = fields.Integer(
        related="company_id.crm_churn_min_purchases", readonly=False
    )
    crm_churn_min_days = fields.Integer(
        related="company_id.crm_churn_min_days", readonly=False
    )
    crm_churn_never_months = fields.Integer(
        related="company_id.crm_churn_never_months", readonly=False
    )
    crm_churn_escalate_days = fields.Integer(
        related="company_id.crm_churn_escalate_days", readonly=False
    )
    crm_churn_explanation = fields.Text(compute="_compute_crm_churn_explanation")

    @api.depends(
        "crm_churn_months",
        "crm_churn_factor",
        "crm_churn_min_days",
        "crm_churn_min_purchases",
        "crm_churn_never_months",
        "crm_churn_escalate_days",
    )
    def _compute_crm_churn_explanation(self):
        today = fields.Date.context_today(self)
        for settings in self:
            settings.crm_churn_explanation = "\n".join(
                settings._explain_churn(today)
            ) or self.env._("Nobody is warned.")

    def _explain_churn(self, today):
        """Return the lines that say what happens to a customer who is entered, or buys
        for the last time, today."""
        words = {"today": format_date(self.env, today)}
        lines = []
        if self.crm_churn_months > 0:
            lines.append(
                self.env._(
                    "Example: who buys for the last time today, %(today)s, is about to "
                    "be lost from %(day)s on.",
                    day=self._get_churn_day(today, months=self.crm_churn_months),
                    **words,
                )
            )
        if self.crm_churn_factor > 0:
            days = max(
                int(self.crm_churn_factor * EXAMPLE_DAYS), self.crm_churn_min_days
            )
            lines.append(
                self.env._(
                    "Example: who has bought on %(count)s days or more, every "
                    "%(rhythm)s days on average, and does so for the last time today, "
                    "is about to be lost from %(day)s on.",
                    count=self.crm_churn_min_purchases,
                    rhythm=EXAMPLE_DAYS,
                    day=self._get_churn_day(today, days=days),
                )
            )
        if self.crm_churn_never_months > 0:
            lines.append(
                self.env._(
                    "Example: who is registered today, %(today)s, and never buys is "
                    "about to be lost from %(day)s on.",
                    day=self._get_churn_day(today, months=self.crm_churn_never_months),
                    **words,
                )
            )
        if lines and self.crm_churn_escalate_days > 0:
            lines.append(
                self.env._(
                    "If the salesperson does not deal with a case, the leader of the "
                    "department is told after %(days)s days.",
                    days=self.crm_churn_escalate_days,
                )
            )
        return lines

    def _get_churn_day(self, today, **span):
        """Return the first day after a time that begins today."""
        end = fields.Date.add(today, **span)
        return format_date(self.env, fields.Date.add(end, days=1))
