from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

LEVELS_PARAMETER = "crm_resource.category_levels"
# unless the settings say something else
LEVELS = 3


class ProductCategory(models.Model):
    """Categories of as many levels as the company wants, with what there is to say of
    each."""

    _inherit = "product.category"

    crm_note = fields.Html(
        string="Information",
        translate=True,
        help="What salespeople should know of the products of this category.",
    )

    @api.constrains("parent_id")
    def _check_levels(self):
        # those that come with an addon are as deep as it needs them
        levels = self.env.uid != SUPERUSER_ID and self._get_levels()
        if not levels:
            return
        below = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        for category in below:
            level = category.parent_path.count("/")
            if level > levels:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” would be on level %(level)s, and categories "
                        "have at most %(levels)s: choose another parent.",
                        category=category.complete_name,
                        level=level,
                        levels=levels,
                    )
                )

    @api.model
    def _get_levels(self):
        """Return how many levels categories may have, 0 for any number."""
        # how companies work is no secret
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param(LEVELS_PARAMETER, LEVELS))
