from odoo import api, models
from odoo.tools import SQL

from .crm_resource_contract import BINDING


class CrmResourceRecallRule(models.Model):
    """Whoever has a contract in force is not taken from his salesperson."""

    _inherit = "crm.resource.recall.rule"

    @api.model
    def _get_recall_holds(self):
        return [
            *super()._get_recall_holds(),
            SQL(
                """
                SELECT contract.partner_id,
                       MAX(COALESCE(contract.date_end, 'infinity'::date)) AS date
                  FROM crm_resource_contract contract
                 WHERE contract.state = ANY(%s)
                 GROUP BY contract.partner_id
                """,
                list(BINDING),
            ),
        ]
