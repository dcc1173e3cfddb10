from odoo import api, fields, models

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """How a customer is to be developed."""

    _inherit = "res.partner"

    crm_account_plan_ids = fields.One2many(
        "crm.resource.account.plan",
        "partner_id",
        string="Account Plans",
        groups=INTERNAL,
    )
    account_plan_count = fields.Integer(
        string="Number of Account Plans",
        compute="_compute_page_counts",
        groups=INTERNAL,
    )

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "crm.resource.account.plan"]

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "account_plan_count": PageCount("crm.resource.account.plan"),
        }

    def action_open_account_plans(self):
        """Open the account plans of the customer."""
        self.ensure_one()
        self.check_access("read")
        customer = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_account_plan_action"
            ),
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }
