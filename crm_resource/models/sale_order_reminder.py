from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

BATCH = 200


class SaleOrder(models.Model):
    """Quotations without an answer remind their salesperson once."""

    _inherit = "sale.order"

    date_sent = fields.Datetime(
        string="Sent On", readonly=True, copy=False, help="For the last time."
    )
    date_answer_reminded = fields.Date(
        string="Reminded of the Answer On", readonly=True, copy=False
    )
    is_unanswered = fields.Boolean(
        string="Without an Answer",
        compute="_compute_is_unanswered",
        search="_search_is_unanswered",
        help="Sent for longer than the company waits, and neither confirmed nor "
        "expired.",
    )

    _unanswered_idx = models.Index("(company_id, date_sent) WHERE state = 'sent'")

    @api.depends("state", "date_sent", "validity_date", "company_id")
    def _compute_is_unanswered(self):
        unanswered = self.filtered_domain(self._get_unanswered_domain())
        for order in self:
            order.is_unanswered = order in unanswered

    def _search_is_unanswered(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_unanswered_domain()

    @api.model
    def _get_unanswered_domain(self):
        """Return the condition of quotations that wait for an answer for longer than
        their company does."""
        now = fields.Datetime.now()
        today = fields.Date.context_today(self)
        # how long companies wait is no secret
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        return (
            Domain("state", "=", "sent")
            & (
                Domain("validity_date", "=", False)
                | Domain("validity_date", ">=", today)
            )
            & Domain.OR(
                Domain("company_id", "in", waiting.ids)
                & Domain("date_sent", "<", now - timedelta(days=days))
                for days, waiting in companies.grouped("crm_quotation_days").items()
                if days
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Keep when quotations were sent that are so from the beginning, as imported
        ones are."""
        return super().create(
            [
                {**vals, "date_sent": fields.Datetime.now()}
                if vals.get("state") == "sent"
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        """Keep when quotations are sent; what is sent again reminds again."""
        if vals.get("state") == "sent":
            vals = {
                **vals,
                "date_sent": fields.Datetime.now(),
                "date_answer_reminded": False,
            }
        return super().write(vals)

    @api.model
    def _cron_remind_unanswered(self):
        """Plan one activity for each quotation that waits too long for an answer."""
        cron = self.env["ir.cron"]
        domain = self._get_unanswered_domain() & Domain(
            "date_answer_reminded", "=", False
        )
        cron._commit_progress(remaining=self.search_count(domain))
        while orders := self._lock_unanswered(domain):
            orders._remind_unanswered()
            if not cron._commit_progress(len(orders)):
                break

    @api.model
    def _lock_unanswered(self, domain):
        """Return the next batch, which no other job works on."""
        query = self._search(domain, order="id")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM sale_order WHERE id IN %s
                 ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
                """,
                query.subselect(),
                BATCH,
            )
        )
        return self.browse(key for (key,) in rows)

    def _remind_unanswered(self):
        for order in self:
            lang = order.user_id.lang or self.env.lang
            order.with_context(lang=lang).activity_schedule(
                "mail.mail_activity_data_call",
                user_id=order.user_id.id or self.env.uid,
                summary=order.with_context(lang=lang).env._(
                    "No answer to the quotation yet"
                ),
            )
        self.date_answer_reminded = fields.Date.context_today(self)
