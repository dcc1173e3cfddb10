from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmResourcePastMixin(models.AbstractModel):
    """A record that tells of a customer's past: the salesperson who claimed him without
    it is not shown what is older than the claim, unless it is his own."""

    _name = "crm.resource.past.mixin"
    _description = "Record of a Customer's Past"

    _past_partner = "partner_id"
    # it is past if one of these days is; without any of them, always
    _past_dates = ("date",)
    # whose record it is
    _past_user = None

    is_hidden = fields.Boolean(
        compute="_compute_is_hidden",
        search="_search_is_hidden",
        groups=fields.NO_ACCESS,
        help="It is of the time before the salesperson claimed the customer.",
    )

    @api.depends_context("uid")
    @api.depends(
        lambda self: [
            f"{self._past_partner}.commercial_partner_id.user_id",
            f"{self._past_partner}.commercial_partner_id.date_hidden_before",
            *self._past_dates,
            *filter(None, [self._past_user]),
        ]
    )
    def _compute_is_hidden(self):
        # the rule that asks this would ask itself
        hidden = self.with_context(active_test=False)._search(
            Domain("id", "in", self.ids) & Domain("is_hidden", "=", True),
            bypass_access=True,
        )
        hidden = self.browse(hidden)
        for record in self:
            record.is_hidden = record in hidden

    def _search_is_hidden(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        # hardly anybody has such customers: others are not asked row by row
        if not self.env["res.partner"]._has_hidden_past():
            return Domain.FALSE
        return Domain.custom(to_sql=_is_hidden)


def _is_hidden(model, alias, query):
    """Return the condition that a record of somebody else is older than what the user
    is shown of his customer."""
    # what decides is asked, not shown: the reader need not be allowed to read it
    get_sql = partial(model.sudo()._field_to_sql, alias, query=query)
    is_old = [
        SQL(
            "%s < customer.date_hidden_before::%s",
            get_sql(name),
            SQL("date" if model._fields[name].type == "date" else "timestamp"),
        )
        for name in model._past_dates
    ]
    return SQL(
        """
        (%(owner)s IS DISTINCT FROM %(uid)s
         AND EXISTS (
            SELECT FROM res_partner contact
              JOIN res_partner customer ON customer.id = contact.commercial_partner_id
             WHERE contact.id = %(partner)s AND customer.user_id = %(uid)s
               AND customer.date_hidden_before IS NOT NULL AND (%(is_old)s)))
        """,
        owner=get_sql(model._past_user) if model._past_user else SQL("NULL"),
        partner=get_sql(model._past_partner),
        uid=model.env.uid,
        is_old=SQL(" OR ").join(is_old) if is_old else SQL("TRUE"),
    )
