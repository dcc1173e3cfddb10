from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceCareGift(models.Model):
    """What customers of a level get by a rule of care, and what it may cost."""

    _name = "crm.resource.care.gift"
    _description = "Gift of a Care Rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        "crm.resource.care.rule", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        ondelete="cascade",
        help="Empty: the levels that no other line names.",
    )
    product_id = fields.Many2one("product.product", string="Gift", ondelete="restrict")
    name = fields.Char(string="Description", help="In words, if it is no product.")
    company_id = fields.Many2one(related="rule_id.company_id")
    currency_id = fields.Many2one(related="rule_id.currency_id")
    amount = fields.Monetary(string="Budget", help="For each who gets the gift.")

    _level_unique = models.UniqueIndex(
        "(rule_id, COALESCE(level_id, 0))",
        "The rule says twice what customers of the same level get: leave one line.",
    )
    _check_amount = models.Constraint(
        "CHECK(amount >= 0)", "The budget of a gift cannot be negative."
    )

    @api.constrains("product_id", "name")
    def _check_gift(self):
        for gift in self:
            if not gift.product_id and not gift.name:
                raise ValidationError(
                    self.env._("A gift needs a product or a description: enter one.")
                )

    def _get_label(self):
        """Return in words what is given, empty for no gift."""
        return ", ".join(filter(None, (self.product_id.display_name, self.name)))
