from odoo import fields, models


class CrmResourceTargetChange(models.Model):
    """Who changed which target from what to what; nobody writes it by hand."""

    _name = "crm.resource.target.change"
    _description = "Change of a Target"
    _inherit = "crm.resource.target.cell.mixin"
    _order = "create_date desc, id desc"

    figure = fields.Selection(
        [("target", "Target"), ("stretch", "Stretch")], required=True, readonly=True
    )
    operation = fields.Selection(
        [("set", "Set"), ("changed", "Changed"), ("cleared", "Cleared")],
        required=True,
        readonly=True,
    )
    old_value = fields.Monetary(string="From", readonly=True, aggregator=False)
    new_value = fields.Monetary(string="To", readonly=True, aggregator=False)

    _date_idx = models.Index("(company_id, date, measure)")
