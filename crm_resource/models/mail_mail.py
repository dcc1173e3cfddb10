from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Let the log of care and bulk messages say what became of their mails."""
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        reason = failure_type and (failure_reason or labels.get(failure_type))
        # nobody but code writes the log
        cares = self.env["crm.resource.care"].sudo()
        cares = cares.search([("mail_id", "in", self.ids)])
        if failure_type:
            cares._close("failed", "error", reason)
        else:
            cares.filtered(lambda care: care.state == "failed")._close("sent")
        lines = self.env["crm.resource.bulk.message.line"].sudo()  # as above
        lines = lines.search([("mail_id", "in", self.ids)])
        lines._settle(reason)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
