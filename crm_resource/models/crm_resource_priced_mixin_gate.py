from odoo import api, models
from odoo.exceptions import AccessError, UserError


class CrmResourcePricedMixin(models.AbstractModel):
    """What people may enter in documents with prices: where one stands follows from
    its steps, its sums from its products, and what is settled stays as it was."""

    _inherit = "crm.resource.priced.mixin"

    # what only steps write, with what it is at first
    _step_values = {"name": "New"}
    # what is computed, and is nobody's to say
    _derived_fields = frozenset({"amount_lines", "currency_id", "currency_rate"})
    # what a settled document said
    _settled_fields = frozenset(
        {"company_id", "lead_id", "line_ids", "partner_id", "pricelist_id"}
    )
    # what else only those change who decide on the document
    _actor_fields = frozenset({"team_id", "user_id"})

    @api.model_create_multi
    def create(self, vals_list):
        """Number documents; only their steps say where they stand, whoever calls."""
        documents = super().create([self._prepare_values(vals) for vals in vals_list])
        if not self.env.su:
            documents._check_people()
        documents._number()
        return documents

    def write(self, vals):
        """As `create`; what is settled is not changed."""
        if self.env.su:
            return super().write(self._of_customer(vals))
        self._check_written(vals)
        result = super().write(self._of_customer(vals))
        if "user_id" in vals:
            self._check_people()
        if "partner_id" in vals:
            # rules ask whose a record is before it is written
            self.check_access("write")
        return result

    @api.model
    def default_get(self, fields):
        """As `create`: whoever calls chooses the context."""
        values = super().default_get(fields)
        if not self.env.su:
            values |= {k: v for k, v in self._step_values.items() if k in values}
            values = self._without_derived(values)
            self._check_lead(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """As `create`: the answer holds names."""
        values = {k: v for k, v in values.items() if k not in self._step_values}
        self._check_lead(values)
        return super().onchange(values, field_names, fields_spec)

    def _without_derived(self, values):
        return {k: v for k, v in values.items() if k not in self._derived_fields}

    def _prepare_values(self, vals):
        """Return the values of a new document: of the customer, not of the contact who
        was named for him, and where it stands."""
        if self.env.su:
            return self._of_customer(vals)
        self._check_lead(vals)
        return self._of_customer({**self._without_derived(vals), **self._step_values})

    def _check_written(self, vals):
        """Check that the person may write these values.

        :raise AccessError: if they follow from something else, or are others' matter
        :raise UserError: if the document is settled
        """
        if not (self._step_values.keys() | self._derived_fields).isdisjoint(vals):
            raise AccessError(self._get_step_message())
        if not (self._actor_fields | self._settled_fields).isdisjoint(vals):
            self._check_actor()
        self._check_lead(vals)
        if not self._settled_fields.isdisjoint(vals):
            for document in self:
                if document._is_readonly():
                    raise UserError(document._get_settled_message())

    def _get_step_message(self):
        """Return why nobody writes where a document stands, and what to do instead."""
        raise NotImplementedError

    def _get_settled_message(self):
        """Return why a settled document is not changed, and what to do instead."""
        raise NotImplementedError
