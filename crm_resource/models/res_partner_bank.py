from odoo import api, models


class ResPartnerBank(models.Model):
    """A customer's accounts are among what is approved."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        """Have the customer reviewed anew, if accounts are watched."""
        partners = self.env["res.partner"].browse(
            [vals["partner_id"] for vals in vals_list if vals.get("partner_id")]
        )
        watched = partners._get_watched_by("bank_ids")
        watched._keep_enrolled_values()
        accounts = super().create(vals_list)
        watched._check_approved_values()
        return accounts

    def write(self, vals):
        """As `create`."""
        watched = self.partner_id._get_watched_by("bank_ids")
        watched._keep_enrolled_values()
        result = super().write(vals)
        watched._check_approved_values()
        return result

    def unlink(self):
        """As `create`."""
        watched = self.partner_id._get_watched_by("bank_ids")
        watched._keep_enrolled_values()
        result = super().unlink()
        watched._check_approved_values()
        return result
