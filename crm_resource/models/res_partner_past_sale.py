from odoo import api, fields, models

from .res_partner_page_count import PageCount

PAST_SALE_GROUPS = (
    "sales_team.group_sale_salesman,crm_resource.group_reviewer,"
    "crm_resource.group_executive"
)


class ResPartner(models.Model):
    """What was sold to a customer before the ERP."""

    _inherit = "res.partner"

    past_sale_ids = fields.One2many(
        "crm.resource.past.sale", "partner_id", readonly=True, groups=PAST_SALE_GROUPS
    )
    past_sale_import_ids = fields.Many2many(
        "crm.resource.past.sale.import",
        "crm_resource_past_sale_import_partner_rel",
        string="Imports of Past Sales",
        readonly=True,
        copy=False,
        groups="crm_resource.group_reviewer",
    )
    past_sale_count = fields.Integer(
        compute="_compute_page_counts", groups=PAST_SALE_GROUPS
    )

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "past_sale_count": PageCount("crm.resource.past.sale", is_of_customer=True),
        }

    def _get_past_sale_domain(self):
        customers = self.commercial_partner_id
        return [("partner_id.commercial_partner_id", "in", customers.ids)]

    @api.readonly
    def action_open_past_sales(self):
        """Open the past sales of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_resource.crm_resource_past_sale_action"
        )
        return {**action, "domain": self._get_past_sale_domain(), "context": {}}
