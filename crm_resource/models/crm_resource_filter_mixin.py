from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmResourceFilterMixin(models.AbstractModel):
    """Conditions on customers that may come from a saved filter, too."""

    _name = "crm.resource.filter.mixin"
    _description = "Conditions With a Saved Filter"
    _inherit = "crm.resource.responsible.mixin"

    filter_id = fields.Many2one(
        "ir.filters",
        string="Saved Filter",
        domain=[("model_id", "=", "res.partner"), ("user_ids", "=", False)],
        ondelete="restrict",
        help="A filter of customers that is shared with everybody.",
    )

    @api.constrains("domain", "filter_id", "responsible_id")
    def _check_domain(self):
        return super()._check_domain()

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | {"filter_id"}

    def _get_typed_domain(self):
        """Add the conditions of the saved filter."""
        domain = super()._get_typed_domain()
        # shared with everybody, and read by whoever may see the record
        saved = self.sudo().filter_id
        if not saved:
            return domain
        if saved.model_id != "res.partner" or saved.user_ids:
            raise ValidationError(
                self.env._(
                    "The filter of “%(name)s” is not one of customers that is shared "
                    "with everybody: choose another one.",
                    name=self.name,
                )
            )
        try:
            return domain & Domain(saved._get_eval_domain())
        except (ValueError, SyntaxError, TypeError, NameError) as error:
            raise ValidationError(
                self.env._(
                    "The filter of “%(name)s” cannot be evaluated: use plain "
                    "conditions on fields of the customer.",
                    name=self.name,
                )
            ) from error
