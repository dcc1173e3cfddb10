from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .product_category import LEVELS_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_category_levels = fields.Integer(string="Levels of Product Categories")
    group_crm_cost = fields.Boolean(
        string="Everybody Sees Costs", implied_group="crm_resource.group_cost"
    )

    @api.model
    def get_values(self):
        """Read what `set_values` writes."""
        levels = self.env["product.category"]._get_levels()
        return {**super().get_values(), "crm_category_levels": levels}

    def set_values(self):
        """Keep 0, too, which a parameter does not by itself."""
        super().set_values()
        # whoever may execute settings may write them
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(LEVELS_PARAMETER, str(self.crm_category_levels))

    @api.constrains("crm_category_levels")
    def _check_crm_category_levels(self):
        for settings in self:
            if settings.crm_category_levels < 0:
                raise ValidationError(
                    self.env._(
                        "The levels of product categories cannot be negative: enter 0 "
                        "for any number."
                    )
                )
