from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.resource.colleague.mixin"]

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Enrol the customers of opportunities that were just won, where the settings
        say so; whichever way an opportunity is won, it passes here."""
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        won = self.filtered(
            lambda lead: (
                new_status_by_lead.get(lead.id, {}).get("is_won")
                and not old_status_by_lead.get(lead.id, {}).get("is_won")
                and (lead.company_id or self.env.company).crm_enrol_on_won
            )
        )
        # the rule enrols, not the person who won the opportunity
        won.sudo().partner_id._enrol_by_rule()
        return result
