from odoo import api, models
from odoo.tools import SQL


class CrmResourceStanding(models.Model):
    _inherit = "crm.resource.standing"

    @api.model
    def _get_contact_sources(self):
        """Messages of care are contacts; the activities count by themselves."""
        return [
            *super()._get_contact_sources(),
            SQL(
                """
                SELECT care.partner_id, care.date_done AS date, FALSE AS is_planned
                  FROM crm_resource_care care
                 WHERE care.state = 'sent'
                """
            ),
        ]
