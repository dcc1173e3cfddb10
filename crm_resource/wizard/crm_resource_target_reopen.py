from odoo import fields, models


class CrmResourceTargetReopen(models.TransientModel):
    """Why a month of targets is opened again."""

    _name = "crm.resource.target.reopen"
    _description = "Reopen a Month"

    month_id = fields.Many2one("crm.resource.target.month", required=True)
    reason = fields.Char(required=True)

    def action_reopen(self):
        """Reopen the month; it checks who may."""
        self.ensure_one()
        self.month_id._reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
