from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmResourceFilterMixin(models.AbstractModel):
    """A rule, with a name, for the customers of a saved filter."""

    _name = "crm.resource.filter.mixin"
    _description = "Rule for a Saved Filter"

    filter_id = fields.Many2one(
        "ir.filters",
        string="Saved Filter",
        domain=[("model_id", "=", "res.partner"), ("user_ids", "=", False)],
        ondelete="restrict",
        help="A filter of customers that is shared with everybody.",
    )

    def _get_filter_domain(self):
        """Return the domain of the saved filter; without one, everybody.

        :raise ValidationError: if it is not one of customers that everybody shares, or
            no domain
        """
        # shared with everybody, and read by whoever may see the rule
        saved = self.sudo().filter_id
        if not saved:
            return Domain.TRUE
        if saved.model_id != "res.partner" or saved.user_ids:
            raise ValidationError(
                self.env._(
                    "The filter of the rule “%(rule)s” is not one of customers that is "
                    "shared with everybody: choose another one.",
                    rule=self.name,
                )
            )
        try:
            return Domain(saved._get_eval_domain())
        except (ValueError, SyntaxError, TypeError, NameError) as error:
            raise ValidationError(
                self.env._(
                    "The filter of the rule “%(rule)s” cannot be evaluated: use plain "
                    "conditions on fields of the customer.",
                    rule=self.name,
                )
            ) from error
