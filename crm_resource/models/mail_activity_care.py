from odoo import models


class MailActivity(models.Model):
    """The log of care follows the activities it gave to salespeople."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        self._get_cares()._close("done")
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def unlink(self):
        """Whoever cancels the activity does not care."""
        self._get_cares()._close("skipped", "canceled")
        return super().unlink()

    def _get_cares(self):
        """Return the rows of the log of care for which activities are to be done."""
        # nobody but code writes the log, and the person only his activities
        cares = self.env["crm.resource.care"].sudo()
        return cares.search(
            [("activity_id", "in", self.ids), ("state", "=", "assigned")]
        )
