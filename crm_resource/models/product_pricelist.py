from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """Put the pricelist of the customer's level before those that are for all, and
        after one that was chosen for the customer."""
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return result
        partners = self.env["res.partner"].with_context(active_test=False)
        # the level is read for a price, whoever asks for it; no record is shown
        for partner in partners.browse(partner_ids).sudo():
            pricelist = partner.commercial_partner_id.level_id.pricelist_id
            if (
                pricelist.active
                and pricelist.company_id
                in (self.env.company, pricelist.company_id.browse())
                and not partner.specific_property_product_pricelist.active
            ):
                result[partner.id] = pricelist.with_env(self.env)
        return result
