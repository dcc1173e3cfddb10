from odoo import models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def write(self, vals):
        """Let the log of care say what became of its messages."""
        result = super().write(vals)
        if "state" in vals:
            # nobody but code writes the log
            cares = self.env["crm.resource.care"].sudo()
            cares = cares.search([("sms_id", "in", self.ids)])
            if vals["state"] in ("error", "canceled"):
                labels = dict(
                    self._fields["failure_type"]._description_selection(self.env)
                )
                cares._close("failed", "error", labels.get(vals.get("failure_type")))
            else:
                cares.filtered(lambda care: care.state == "failed")._close("sent")
        return result
