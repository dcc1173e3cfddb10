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
    crm_is_lead_assigned = fields.Boolean(
        related="company_id.crm_is_lead_assigned", readonly=False
    )

    crm_obligatory_field_ids = fields.Many2many(
        related="company_id.crm_obligatory_field_ids", readonly=False
    )
    crm_watched_field_ids = fields.Many2many(
        related="company_id.crm_watched_field_ids", readonly=False
    )
    crm_review_user_id = fields.Many2one(
        related="company_id.crm_review_user_id", readonly=False
    )
    crm_gate_order = fields.Selection(
        related="company_id.crm_gate_order", readonly=False, required=True
    )
    crm_gate_invoice = fields.Selection(
        related="company_id.crm_gate_invoice", readonly=False, required=True
    )
    crm_is_quick_customer = fields.Boolean(
        related="company_id.crm_is_quick_customer", readonly=False
    )
    crm_discount_max = fields.Float(
        related="company_id.crm_discount_max", readonly=False
    )
    crm_protection_days = fields.Integer(
        related="company_id.crm_protection_days", readonly=False
    )
    crm_login_days = fields.Integer(related="company_id.crm_login_days", readonly=False)
    crm_payment_term_ids = fields.Many2many(
        related="company_id.crm_payment_term_ids", readonly=False
    )
    crm_announcement_by = fields.Selection(
        related="company_id.crm_announcement_by", readonly=False, required=True
    )
    crm_is_reach_enforced = fields.Boolean(
        string="Customers Within Reach",
        default=lambda self: self.env["crm.resource.audience"]._is_enforced(),
    )

    def set_values(self):
        """Have our rules or the ERP's hold."""
        result = super().set_values()
        audiences = self.env["crm.resource.audience"]
        if self.crm_is_reach_enforced != audiences._is_enforced():
            audiences._enforce(self.crm_is_reach_enforced)
        return result

    def action_open_code_sequence(self):
        """Open the counters of customer codes."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer Codes"),
            "res_model": "ir.sequence",
            "view_mode": "list,form",
            "domain": [("code", "=", "crm.resource.customer")],
        }
