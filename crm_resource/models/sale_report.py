from odoo import fields, models


class SaleReport(models.Model):
    _name = "sale.report"
    _inherit = ["sale.report", "crm.resource.reach.mixin"]

    audience_id = fields.Many2one(compute=None, readonly=True)

    def _select_additional_fields(self):
        return {**super()._select_additional_fields(), "audience_id": "s.audience_id"}

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, s.audience_id"
