from odoo import fields, models

LIFECYCLES = [
    ("prospect", "Prospect"),
    ("active", "Active"),
    ("at_risk", "At Risk"),
    ("lost", "Lost"),
    ("terminated", "Terminated"),
]


class CrmResourceLifecycleChange(models.Model):
    _name = "crm.resource.lifecycle.change"
    _description = "Change of a Customer's Lifecycle"
    _inherit = "crm.resource.past.mixin"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False  # a row is never changed

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    lifecycle_from = fields.Selection(LIFECYCLES, string="Before", readonly=True)
    lifecycle_to = fields.Selection(LIFECYCLES, string="After", readonly=True)
    date = fields.Date(required=True, readonly=True)
