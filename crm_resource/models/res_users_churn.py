from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_start_blocks(self):
        block = {
            "key": "churn",
            "title": self.env._("Customers about to be lost"),
            "model": "crm.resource.churn",
            "fields": ["partner_id", "cause", "date_last_purchase", "sales_before"],
        }
        block["domain"] = [("user_id", "=", self.env.uid), ("state", "=", "open")]
        return [*super()._get_start_blocks(), block]
