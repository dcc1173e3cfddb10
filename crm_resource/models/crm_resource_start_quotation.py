from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """Which quotations of a person wait for an answer."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "quotations",
                "sequence": 56,
                "title": self.env._("Quotations Without an Answer"),
                "icon": "fa-question-circle-o",
                "empty": self.env._("Every quotation was answered in time."),
                "method": "_get_unanswered",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.sale_order_action_unanswered",
            },
        ]

    def _get_unanswered(self):
        orders = self.env["sale.order"].search_fetch(
            Domain("user_id", "=", self.env.uid) & Domain("is_unanswered", "=", True),
            ["amount_untaxed", "currency_id", "date_sent", "name", "partner_id"],
            order="date_sent, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": order.id,
                    "model": "sale.order",
                    # whoever sees the quotation sees whom it is for
                    "title": order.sudo().partner_id.display_name,
                    "text": " · ".join(
                        [
                            order.name,
                            format_amount(
                                self.env, order.amount_untaxed, order.currency_id
                            ),
                        ]
                    ),
                    "date": fields.Datetime.to_string(order.date_sent),
                    "tone": "warning",
                    # as above
                    "partner_id": order.sudo().partner_id.commercial_partner_id.id,
                }
                for order in orders
            ]
        }
