from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def action_set_won(self):
        """Enrol the customers of won opportunities, where the settings say so."""
        result = super().action_set_won()
        won = self.filtered(
            lambda lead: (lead.company_id or self.env.company).crm_enrol_on_won
        )
        # the rule enrols, not the person who won the opportunity
        won.sudo().partner_id.action_enrol_customer()
        return result
