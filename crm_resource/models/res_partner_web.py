from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize


class ResPartner(models.Model):
    """Contacts who came from the web."""

    _inherit = "res.partner"

    def _submit_registered(self):
        """Have customers who registered themselves reviewed."""
        self.write(
            {"customer_state": "submitted", "date_submitted": fields.Datetime.now()}
        )
        for partner in self:
            partner._notify_reviewer()

    def _anonymise_documents(self, names, emails):
        """What people posted goes, too."""
        result = super()._anonymise_documents(names, emails)
        same = [email for text in emails if (email := email_normalize(text))]
        self.env["crm.resource.web.submission"].search(
            Domain("partner_id", "in", self.ids) | Domain("email", "in", same)
        ).unlink()
        return result
