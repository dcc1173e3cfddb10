from odoo import models

CLEARED = (
    "cancel_reason",
    "intentions",
    "needs",
    "next_step",
    "report",
    "subject",
    "worries",
)


class CrmResourceVisit(models.Model):
    """What remains of visits to people who are forgotten."""

    _inherit = "crm.resource.visit"

    def _anonymise(self):
        """Remove what was said, meetings, messages and pictures."""
        self.event_id.unlink()
        cleared = dict.fromkeys(CLEARED, False)
        self.write({**cleared, "visit_properties": {}})
        of_visits = [("model", "=", self._name), ("res_id", "in", self.ids)]
        self.env["mail.message"].search(of_visits).unlink()
        self.activity_ids.unlink()
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
