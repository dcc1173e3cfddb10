from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _get_fk_on(self, table):
        """The history of levels, which has no foreign key, moves to the partner that
        remains."""
        links = super()._get_fk_on(table)
        if table == "res_partner":
            links.append(("crm_resource_level_change", "partner_id"))
        return links

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """What belonged to the partners that are gone is reached like the one that
        remains."""
        partners = self.env["res.partner"].browse(partner_ids)
        # a request is for the customer that it saw, whoever merges him
        self.env["crm.resource.change.request"].sudo().search(
            [("partner_id", "in", partner_ids), ("state", "=", "submitted")]
        )._set_state("overtaken")
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        customers = partners.exists().commercial_partner_id
        customers._refresh_audiences(customers)
        return result

    def _update_values(self, src_partners, dst_partner):
        """A code is unique: it passes on only once those who had it have let it go.

        What was approved is what the customer who remains held before.
        """
        dst_partner._keep_enrolled_values()
        code = (dst_partner | src_partners.sorted("id", reverse=True)).mapped(
            "customer_code"
        )
        src_partners.customer_code = False
        src_partners.flush_recordset(["customer_code"])
        result = super()._update_values(src_partners, dst_partner)
        dst_partner.customer_code = next(filter(None, code), False)
        return result

    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """Past sales have no foreign keys of their own either."""
        self.env["crm.resource.past.sale.import"]._replace_reference(
            model, src_records, dst_record
        )
        return super()._update_foreign_keys_generic(model, src_records, dst_record)
