from odoo import models


class ResPartner(models.Model):
    """What a customer bought."""

    _inherit = "res.partner"

    def action_open_products(self):
        """Open the products that the customer bought."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_product_bought_action"
            ),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
        }
