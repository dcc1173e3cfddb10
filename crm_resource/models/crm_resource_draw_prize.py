from odoo import api, fields, models


class CrmResourceDrawPrize(models.Model):
    """What can be won, and how many of it."""

    _name = "crm.resource.draw.prize"
    _description = "Prize"
    _order = "draw_id, sequence, id"

    draw_id = fields.Many2one(
        "crm.resource.draw", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    product_id = fields.Many2one("product.product", ondelete="restrict")
    quantity = fields.Integer(required=True, default=1)

    _check_quantity = models.Constraint(
        "CHECK(quantity BETWEEN 1 AND 10000)",
        "There are 1 to 10000 of a prize: correct the quantity.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Prizes are fixed with the participants."""
        prizes = super().create(vals_list)
        prizes.draw_id._check_draft()
        return prizes

    def write(self, vals):
        """As `create`."""
        self.draw_id._check_draft()
        result = super().write(vals)
        self.draw_id._check_draft()
        return result

    def _update_field_translations(self, *args, **kwargs):
        """As `write`, which this does not call."""
        self.draw_id._check_draft()
        return super()._update_field_translations(*args, **kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.draw_id._check_draft()
