from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 50


class CrmResourceContractInstalment(models.Model):
    """Who is late is reminded, as the company wants it."""

    _inherit = "crm.resource.contract.instalment"

    date_dunned = fields.Date(
        string="Reminded of Being Late On", readonly=True, copy=False
    )

    @api.model
    def _cron_run(self):
        """As every night; whoever is late is reminded first."""
        self._dun_overdue()
        return super()._cron_run()

    def _dun_overdue(self):
        """Tell salespeople whose customers are late, and the customers by mail where
        the company wants it; again after as many days."""
        today = fields.Date.context_today(self)
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search(
            [("crm_contract_dun_days", ">", 0)]
        ):
            limit = fields.Date.subtract(today, days=company.crm_contract_dun_days)
            late = self.search(
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "overdue")
                & (
                    Domain("date_dunned", "=", False)
                    | Domain("date_dunned", "<=", limit)
                )
            ).filtered(lambda part, limit=limit: part.date_maturity <= limit)
            for start in range(0, len(late), BATCH):
                batch = late[start : start + BATCH].try_lock_for_update()
                for instalment in batch:
                    instalment._dun(today)
                batch.date_dunned = today
                if not cron._commit_progress(len(batch)):
                    return

    def _dun(self, today):
        amount = self.currency_id.format(self.amount_open)
        self.contract_id.activity_schedule(
            "mail.mail_activity_data_todo",
            today,
            user_id=self.user_id.id,
            summary=self.env._("The customer is late: %(name)s", name=self.name),
            note=self.env._(
                "%(amount)s was payable until %(date)s.",
                amount=amount,
                date=self.date_maturity,
            ),
        )
        template = self.env.ref(
            "crm_resource.mail_template_contract_overdue", raise_if_not_found=False
        )
        address = self.contract_id.partner_invoice_id or self.partner_id
        if self.company_id.crm_contract_is_dunned and template and address.email:
            template.send_mail(self.id)
