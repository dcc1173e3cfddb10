from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_sales_basis = fields.Selection(
        related="company_id.crm_sales_basis", readonly=False, required=True
    )
    crm_date_sales_start = fields.Date(
        related="company_id.crm_date_sales_start", readonly=False
    )
    crm_code_scheme = fields.Selection(
        related="company_id.crm_code_scheme", readonly=False, required=True
    )
    crm_enrol_on_quotation = fields.Boolean(
        related="company_id.crm_enrol_on_quotation", readonly=False
    )
    crm_enrol_on_won = fields.Boolean(
        related="company_id.crm_enrol_on_won", readonly=False
    )

    def action_open_code_sequence(self):
        """Open the counters of customer codes."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer Codes"),
            "res_model": "ir.sequence",
            "view_mode": "list,form",
            "domain": [("code", "=", "crm.resource.customer")],
        }
