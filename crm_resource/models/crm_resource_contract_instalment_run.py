import logging

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

BATCH = 50

_logger = logging.getLogger(__name__)


class CrmResourceContractInstalment(models.Model):
    """What the night does: it invoices what is due, and reminds of what will be."""

    _inherit = "crm.resource.contract.instalment"

    date_failed = fields.Date(
        string="Not Invoiced On",
        readonly=True,
        copy=False,
        help="The last night on which invoicing it failed.",
    )
    failure = fields.Char(string="Why Not Invoiced", readonly=True, copy=False)
    date_reminded = fields.Date(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.model
    def _cron_run(self):
        """Invoice what is due where companies want it, and remind of what will be."""
        if self._invoice_due():
            self._remind_due()

    # ------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------

    def _invoice_due(self):
        """Invoice what is due. Each batch is committed; whoever is stopped in between,
        repeats it, or does the same at the same time, makes no invoice twice.

        :return: whether there is time left
        """
        today = fields.Date.context_today(self)
        due = self.search(
            Domain("company_id.crm_contract_is_invoiced", "=", True)
            & Domain("state", "=", "due")
            & Domain("is_settled", "=", False)
            & (Domain("date_failed", "=", False) | Domain("date_failed", "<", today))
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for batch in split_every(BATCH, due.ids, self.browse):
            free = batch.try_lock_for_update()
            # since they were found, somebody may have invoiced them
            free = free.filtered(lambda part: not part._get_invoice_refusal())
            free._invoice_safely(today)
            if not cron._commit_progress(len(batch)):
                return False
        return True

    def _invoice_safely(self, today):
        """Invoice; what fails is reported and does not keep back the others."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._create_invoices()
                self.write({"date_failed": False, "failure": False})
        except psycopg2.Error:  # others were faster, or the connection is gone
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(self) == 1:
                _logger.info("Instalment %s was not invoiced", self.id, exc_info=True)
                self._report_failure(str(error), today)
                return
            half = len(self) // 2
            self[:half]._invoice_safely(today)
            self[half:]._invoice_safely(today)

    def _report_failure(self, reason, today):
        """Tell the salesperson, once as long as it is the same reason."""
        if self.failure != reason:
            self.contract_id.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=self.user_id.id,
                summary=self.env._("An instalment could not be invoiced"),
                note=f"{self.name}: {reason}",
            )
        self.write({"date_failed": today, "failure": reason})

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    def _remind_due(self):
        """Give salespeople an activity for each instalment that is due soon, once."""
        today = fields.Date.context_today(self)
        soon = (
            self._get_open_domain()
            & Domain("date_remind", "<=", today)
            & Domain("date_planned", ">=", today)
            & Domain("date_reminded", "=", False)
        )
        cron = self.env["ir.cron"]
        while batch := self.search(soon, limit=BATCH).try_lock_for_update():
            for instalment in batch.filtered(lambda part: not part.is_settled):
                instalment.contract_id.activity_schedule(
                    "mail.mail_activity_data_todo",
                    instalment.date_planned,
                    user_id=instalment.user_id.id,
                    summary=self.env._(
                        "Instalment due: %(name)s", name=instalment.name
                    ),
                    note=instalment.milestone or "",
                )
            batch.date_reminded = today
            if not cron._commit_progress(len(batch)):
                return
