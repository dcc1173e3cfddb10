from odoo import fields, models


class CrmResourceVisitCancel(models.TransientModel):
    """Why visits do not take place."""

    _name = "crm.resource.visit.cancel"
    _description = "Cancel Visits"

    visit_ids = fields.Many2many(
        "crm.resource.visit",
        "crm_resource_visit_cancel_rel",
        string="Visits",
        required=True,
    )
    reason = fields.Char(required=True)

    def action_cancel(self):
        """Cancel the visits; they check who may."""
        self.ensure_one()
        self.visit_ids._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
