from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """Money that customers owe of a person's contracts, and contracts to be renewed."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "overdue_instalments",
                "sequence": 60,
                "title": self.env._("Overdue Instalments"),
                "icon": "fa-money",
                "empty": self.env._("No customer of yours is late with a payment."),
                "method": "_get_overdue_instalments",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_contract_instalment_action",
            },
            {
                "key": "renewals",
                "sequence": 61,
                "title": self.env._("Contracts To Renew"),
                "icon": "fa-handshake-o",
                "empty": self.env._("No contract of yours is to be renewed now."),
                "method": "_get_renewals",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_contract_action",
            },
        ]

    def _get_overdue_instalments(self):
        instalments = self.env["crm.resource.contract.instalment"].search(
            Domain("user_id", "=", self.env.uid) & Domain("state", "=", "overdue"),
            order="date_due, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": instalment.id,
                    "model": "crm.resource.contract.instalment",
                    # whoever sees the contract sees whose it is
                    "title": instalment.sudo().partner_id.name,
                    "text": " · ".join(
                        [
                            instalment.contract_id.name,
                            format_amount(
                                self.env, instalment.amount_open, instalment.currency_id
                            ),
                        ]
                    ),
                    "date": fields.Date.to_string(instalment.date_maturity),
                    "tone": "danger",
                    # as above
                    "partner_id": instalment.sudo().partner_id.id,
                }
                for instalment in instalments
            ]
        }

    def _get_renewals(self):
        today = fields.Date.context_today(self)
        model = self.env["crm.resource.contract"]
        contracts = model.search(
            Domain("user_id", "=", self.env.uid)
            & model._get_binding_domain()
            & Domain("date_renewal", "<=", today)
            & Domain("renewal_ids", "=", False),
            order="date_end, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": contract.id,
                    "model": "crm.resource.contract",
                    # whoever sees the contract sees whose it is
                    "title": contract.sudo().partner_id.name,
                    "text": contract.display_name,
                    "date": fields.Date.to_string(contract.date_end),
                    "tone": "danger" if contract.date_notice < today else False,
                    # as above
                    "partner_id": contract.sudo().partner_id.id,
                }
                for contract in contracts
            ]
        }
