from odoo import fields, models


class CrmResourceRetention(models.Model):
    """What was done to keep a customer, until when, and what came of it."""

    _name = "crm.resource.retention"
    _description = "Retention"
    _inherit = "crm.resource.past.mixin"
    _past_dates = ("date", "create_date")
    _past_user = "user_id"
    _order = "id desc"

    name = fields.Char(string="Number", required=True, readonly=True)
    churn_id = fields.Many2one(
        "crm.resource.churn",
        string="Churn Case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="churn_id.company_id", store=True)
    method_id = fields.Many2one(
        "crm.resource.retention.method",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    title = fields.Char(string="What Is Done", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    date = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="Until", required=True, readonly=True)
    outcome = fields.Selection(
        [
            ("running", "Running"),
            ("succeeded", "Won Back"),
            ("ended", "Without Effect"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    result = fields.Text(readonly=True, help="What came of it, in words.")
