from odoo import api, models

# the ERP's own: rules add up, so these rest while ours hold, lest they give back what
# ours withhold
RESTING = (
    "crm.crm_activity_report_rule_personal_activities",
    "crm.crm_rule_personal_lead",
    "sale.account_invoice_line_rule_see_personal",
    "sale.account_invoice_report_rule_see_personal",
    "sale.account_invoice_rule_see_personal",
    "sale.account_invoice_send_batch_rule_see_personal",
    "sale.account_invoice_send_single_rule_see_personal",
    "sale.sale_order_line_personal_rule",
    "sale.sale_order_personal_rule",
    "sale.sale_order_report_personal_rule",
)


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _is_reach_enforced(self):
        """Return whether people see the customers and documents within their reach
        only, or as the ERP has it."""
        return self.env.ref("crm_resource.res_partner_rule_reach_read").active

    @api.model
    def _enforce_reach(self, is_enforced):
        """Have either our rules or the ERP's own say who sees what.

        Ours are recognised by ``_rule_reach`` in their external ids.
        """
        data = self.env["ir.model.data"].search(
            [
                ("model", "=", "ir.rule"),
                ("module", "=like", "crm_resource%"),
                ("name", "like", r"\_rule\_reach"),
            ]
        )
        self.browse(data.mapped("res_id")).active = is_enforced
        for name in RESTING:
            self.env.ref(name).active = not is_enforced
