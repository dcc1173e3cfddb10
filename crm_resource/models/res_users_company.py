from odoo import api, fields, models


class ResUsers(models.Model):
    """Who belongs to which companies, and to all of them."""

    _inherit = "res.users"

    crm_is_everywhere = fields.Boolean(
        compute="_compute_crm_is_everywhere",
        groups=fields.NO_ACCESS,
        help="He belongs to all companies, and may say what holds for all of them.",
    )

    @api.depends("company_ids")
    def _compute_crm_is_everywhere(self):
        for user in self:
            user.crm_is_everywhere = user._is_in_company(self.env["res.company"])

    def _is_in_company(self, company):
        """Return whether the person belongs to a company, or to all if there is none.

        :param company: `res.company` record, empty for all companies
        """
        self.ensure_one()
        # which companies there are, and who belongs to them, is no secret
        own = self.sudo()
        companies = company or own.env["res.company"].search([("active", "=", True)])
        return companies <= own.company_ids
