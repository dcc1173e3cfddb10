from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    _inherit = "crm.lead.lost"

    competitor_id = fields.Many2one(
        "crm.resource.competitor", string="Lost to Competitor"
    )

    def action_lost_reason_apply(self):
        """Remember to whom the opportunities were lost."""
        if self.competitor_id:
            self.lead_ids.competitor_id = self.competitor_id
        return super().action_lost_reason_apply()
