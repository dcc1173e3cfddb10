from odoo import models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def write(self, vals):
        """Let the log of care and bulk messages say what became of their messages."""
        result = super().write(vals)
        if "state" in vals:
            # nobody but code writes the logs
            cares = self.env["crm.resource.care"].sudo()
            cares = cares.search([("sms_id", "in", self.ids)])
            lines = cares.env["crm.resource.bulk.message.line"]
            lines = lines.search([("sms_id", "in", self.ids)])
            if vals["state"] in ("error", "canceled"):
                field = self._fields["failure_type"]
                labels = dict(field._description_selection(self.env))
                reason = labels.get(vals.get("failure_type"))
                cares._close("failed", "error", reason)
                lines._settle(reason or self.env._("The SMS was not sent."))
            else:
                cares.filtered(lambda care: care.state == "failed")._close("sent")
                lines._settle()
        return result
