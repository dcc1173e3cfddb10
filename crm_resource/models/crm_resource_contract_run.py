from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 200


class CrmResourceContract(models.Model):
    """What the night does: contracts begin and end, and people are reminded."""

    _inherit = "crm.resource.contract"

    is_renewal_told = fields.Boolean(copy=False, groups=fields.NO_ACCESS)

    @api.model
    def _cron_run(self):
        """Let contracts begin, complete those that are over and paid, and remind of
        renewals. Every step commits, and finds nothing when it is repeated."""
        for step in ("_start_due", "_complete_due", "_remind_renewals"):
            while getattr(self, step)():
                if not self.env["ir.cron"]._commit_progress(BATCH):
                    return

    def _take_batch(self, domain):
        """Return some contracts, which no other worker takes at this moment."""
        found = self.search(domain, limit=BATCH)
        return found.try_lock_for_update()

    def _start_due(self):
        today = fields.Date.context_today(self)
        due = self._take_batch(
            Domain("state", "=", "signed") & Domain("date_start", "<=", today)
        )
        due._start(today)
        return len(due)

    def _complete_due(self):
        today = fields.Date.context_today(self)
        unfinished = self.env["crm.resource.contract.instalment"]._search(
            Domain("state", "not in", ("paid", "void"))
            & Domain("contract_id.state", "=", "running")
        )
        due = self._take_batch(
            Domain("state", "=", "running")
            & Domain("date_end", "<", today)
            & Domain("instalment_ids", "not in", unfinished)
        )
        due._complete()
        return len(due)

    def _remind_renewals(self):
        """Give salespeople an activity for each contract that is to be renewed or
        ended, once."""
        today = fields.Date.context_today(self)
        due = self._take_batch(
            self._get_binding_domain()
            & Domain("date_renewal", "<=", today)
            & Domain("date_end", ">=", today)
            & Domain("is_renewal_told", "=", False)
            & Domain("renewal_ids", "=", False)
        )
        for contract in due:
            contract.activity_schedule(
                "mail.mail_activity_data_todo",
                max(contract.date_notice, today),
                user_id=contract.user_id.id,
                summary=self.env._("Renew the contract, or let it end?"),
                note=self.env._(
                    "It ends on %(end)s; notice can be given until %(notice)s.",
                    end=contract.date_end,
                    notice=contract.date_notice,
                ),
            )
        due.is_renewal_told = True
        return len(due)
