from odoo import api, models
from odoo.tools import SQL


class CrmResourceStanding(models.Model):
    _inherit = "crm.resource.standing"

    @api.model
    def _get_contact_sources(self):
        """Visits that took place are contacts, those planned are contacts to come."""
        return [
            *super()._get_contact_sources(),
            SQL(
                """
                SELECT visit.partner_id, visit.date_start::date AS date,
                       visit.state <> 'done' AS is_planned
                  FROM crm_resource_visit visit
                 WHERE visit.state IN ('planned', 'checked_in', 'done')
                """
            ),
        ]
