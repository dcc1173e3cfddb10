from functools import partial

from odoo import fields
from odoo.fields import Domain

# figures of the standing, and the first or last day of what they are made of
VEILED_SINCE = {
    "date_first_purchase": "date_first_purchase",
    "date_last_contact": "date_last_contact",
    "date_last_purchase": "date_last_purchase",
    "level_figure": "date_first_purchase",
    "turnover": "date_first_purchase",
}


class VeiledField(fields.Field):
    """A figure of a customer that the salesperson who claimed him without his past is
    shown only where it is made of what was since: the others are shown it always."""

    def get_depends(self, model):
        """The claim decides, and who looks."""
        depends, context = super().get_depends(model)
        since = f"standing_id.{VEILED_SINCE[self.name]}"
        return [*depends, since, "user_id", "date_hidden_before"], [*context, "uid"]

    def _compute_related(self, records):
        result = super()._compute_related(records)
        since = VEILED_SINCE[self.name]
        for customer in records:
            begin = customer._get_past_end()
            day = begin and customer.standing_id[since]
            if day and day < begin.date():
                customer[self.name] = False
        return result

    def _search_related(self, records, operator, value):
        if not records._has_hidden_past():
            return super()._search_related(records, operator, value)
        # `res.partner` says what the column is for this user
        return Domain.custom(
            to_sql=partial(self._condition_to_sql, self.name, operator, value)
        )


class VeiledDate(VeiledField, fields.Date):
    """See `VeiledField`."""


class VeiledFloat(VeiledField, fields.Float):
    """See `VeiledField`."""


class VeiledMonetary(VeiledField, fields.Monetary):
    """See `VeiledField`."""
