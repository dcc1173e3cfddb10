from odoo import api, models
from odoo.tools import SQL

from .veiled_field import VEILED_SINCE

# key of what a transaction, and no longer, remembers: which users have customers of
# whose past they are not shown all
HAVING_HIDDEN = "crm_resource.having_hidden_past"
# what decides whether there is one
HIDING_FIELDS = {"date_hidden_before", "user_id"}
# who sees all customers, and their past
SEEING_ALL = (
    "crm_resource.group_executive",
    "crm_resource.group_reviewer",
    "sales_team.group_sale_salesman_all_leads",
)


class ResPartner(models.Model):
    """What is hidden from the salesperson who claimed a customer without his past."""

    _inherit = "res.partner"

    def write(self, vals):
        """Whoever comes or goes may leave a hidden past, or end it."""
        result = super().write(vals)
        if not HIDING_FIELDS.isdisjoint(vals):
            self._forget_hidden_past()
        return result

    @api.model
    def _is_all_past_shown(self):
        return any(self.env.user.has_group(group) for group in SEEING_ALL)

    @api.model
    def _has_hidden_past(self):
        """Return whether the user has customers of whose past he is not shown all."""
        if self._is_all_past_shown():
            return False
        known = self.env.cr.cache.setdefault(HAVING_HIDDEN, {})
        if self.env.uid not in known:
            self.flush_model(HIDING_FIELDS)
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT FROM res_partner
                     WHERE user_id = %s AND date_hidden_before IS NOT NULL LIMIT 1
                    """,
                    self.env.uid,
                )
            )
            known[self.env.uid] = bool(rows)
        return known[self.env.uid]

    @api.model
    def _forget_hidden_past(self):
        """Have it looked up again who has such customers: some changed hands."""
        self.env.cr.cache.pop(HAVING_HIDDEN, None)

    def _get_past_end(self):
        """Return since when the user is shown what was done with the customer; False:
        everything."""
        customer = self.sudo()  # not for him to read
        if customer.user_id != self.env.user or self._is_all_past_shown():
            return False
        return customer.date_hidden_before

    def _field_to_sql(self, alias, field_expr, query=None):
        """As the veiled fields show it: nobody finds, sorts or adds up what he does not
        see."""
        value = super()._field_to_sql(alias, field_expr, query)
        name = field_expr.partition(".")[0]
        if name not in VEILED_SINCE:
            return value
        # the ORM does not ask for the groups of what is another model's
        self._check_field_access(self._fields[name], "read")
        if not self._has_hidden_past():
            return value
        get_sql = super(ResPartner, self.sudo())._field_to_sql  # as in `_get_past_end`
        return SQL(
            """
            (CASE WHEN %(owner)s = %(uid)s AND %(since)s < %(begin)s::date
                  THEN NULL ELSE %(value)s END)
            """,
            owner=get_sql(alias, "user_id", query),
            uid=self.env.uid,
            since=get_sql(alias, VEILED_SINCE[name], query),
            begin=get_sql(alias, "date_hidden_before", query),
            value=value,
        )
