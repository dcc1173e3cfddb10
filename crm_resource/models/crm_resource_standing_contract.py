from odoo import api, models
from odoo.tools import SQL

from .crm_resource_contract import BINDING


class CrmResourceStanding(models.Model):
    """Whoever has a contract in force is signed, whether or not he has bought."""

    _inherit = "crm.resource.standing"

    @api.model
    def _get_signed_sources(self):
        return [
            *super()._get_signed_sources(),
            SQL(
                "SELECT partner_id FROM crm_resource_contract WHERE state = ANY(%s)",
                list(BINDING),
            ),
        ]
