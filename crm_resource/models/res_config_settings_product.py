from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from .product_category import LEVELS_PARAMETER

# of addons that need not be there
COST_GROUPS = (
    "mrp.group_mrp_user",
    "purchase.group_purchase_user",
    "stock.group_stock_manager",
)


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
        result = super().set_values()
        # whoever may execute settings may write them
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(LEVELS_PARAMETER, str(self.crm_category_levels))
        if not self.group_crm_cost:
            self._keep_costs()
        return result

    def _keep_costs(self):
        """Let those whose work is costs go on to see them, where their addons are."""
        group = self.env.ref("crm_resource.group_cost")
        for xmlid in COST_GROUPS:
            people = self.env.ref(xmlid, raise_if_not_found=False)
            if people:
                # whoever may execute settings may change what groups imply
                people.sudo().implied_ids = [Command.link(group.id)]

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
