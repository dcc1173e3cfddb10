from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..models.res_partner_assignment import HELD_FIELDS

# what tells of partners without a foreign key
HISTORIES = ("crm.resource.assignment", "crm.resource.level.change")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _get_fk_on(self, table):
        """Histories move to the partner that remains, too."""
        links = super()._get_fk_on(table)
        if table == "res_partner":
            links += [(self.env[model]._table, "partner_id") for model in HISTORIES]
        return links

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """What belonged to the partners that are gone is reached like the one that
        remains."""
        partners = self.env["res.partner"].browse(partner_ids)
        self._check_mergeable(partners)
        # a request is for the customer that it saw, whoever merges him
        self.env["crm.resource.change.request"].sudo().search(
            [("partner_id", "in", partner_ids), ("state", "=", "submitted")]
        )._set_state("overtaken")
        # whoever may merge customers brings their cases together
        self.env["crm.resource.churn"].sudo()._keep_one(partners)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        customers = partners.exists().commercial_partner_id
        customers._refresh_audiences(customers)
        self.env["crm.resource.standing"]._refresh_lifecycles(customers)
        return result

    def _check_mergeable(self, partners):
        """Check that nobody gets customers of others, or their past, by a merge.

        :raise AccessError: if somebody would
        """
        user = self.env.user
        if (
            self.env.su
            or user.has_group("crm_resource.group_reviewer")
            or user.has_group("sales_team.group_sale_salesman_all_leads")
        ):
            return
        partners.check_access("write")
        customers = partners.commercial_partner_id
        if len(customers) > 1 and any(customers.mapped("customer_state")):
            raise AccessError(
                self.env._(
                    "Customers are merged by market staff: ask a customer reviewer to "
                    "merge %(customers)s.",
                    customers=", ".join(customers.mapped("name")),
                )
            )

    def _update_values(self, src_partners, dst_partner):
        """A code is unique: it passes on only once those who had it have let it go.

        What was approved is what the customer who remains held before.
        """
        dst_partner._keep_enrolled_values()
        # where the customer who remains is does not change
        src_partners.sudo().write(dict.fromkeys(HELD_FIELDS, False))
        code = (dst_partner | src_partners.sorted("id", reverse=True)).mapped(
            "customer_code"
        )
        src_partners.customer_code = False
        src_partners.flush_recordset(["customer_code"])
        result = super()._update_values(src_partners, dst_partner)
        dst_partner.customer_code = next(filter(None, code), False)
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Who had the partners that are gone joins the history of the one that remains,
        which only he goes on; what was asked for them falls with them."""
        # whoever merges decides that there is but one customer
        self.env["crm.resource.recall.extension"].sudo().search(
            [("partner_id", "in", src_partners.ids), ("state", "=", "asked")]
        ).state = "withdrawn"
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_assignment SET date_end = %s
                 WHERE partner_id = ANY(%s) AND date_end IS NULL
                """,
                fields.Datetime.now(),
                src_partners.ids,
            )
        )
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """Past sales have no foreign keys of their own either."""
        self.env["crm.resource.past.sale.import"]._replace_reference(
            model, src_records, dst_record
        )
        return super()._update_foreign_keys_generic(model, src_records, dst_record)
