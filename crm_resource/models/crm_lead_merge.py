from odoo import models


class CrmLead(models.Model):
    """What goes along when opportunities are merged."""

    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # whoever may merge them takes all of it along
        self.sudo()._take_over(opportunities.sudo())
        return result

    def _take_over(self, others):
        """Move what hangs on other opportunities here, but for what is here already."""
        for name in ("party_ids", "stakeholder_ids"):
            kept = self[name].partner_id
            for record in others[name]:
                if record.partner_id not in kept:
                    kept |= record.partner_id
                    record.lead_id = self
        for name in ("forecast_ids", "plan_step_ids", "visit_ids"):
            others[name].lead_id = self
        self.colleague_ids |= others.colleague_ids - self.user_id
