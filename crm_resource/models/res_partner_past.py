from odoo import api, models
from odoo.tools import SQL

from .veiled_field import VEILED_SINCE

# who sees all customers, and their past
SEEING_ALL = (
    "crm_resource.group_executive",
    "crm_resource.group_reviewer",
    "sales_team.group_sale_salesman_all_leads",
)


class ResPartner(models.Model):
    """What is hidden from the salesperson who claimed a customer without his past."""

    _inherit = "res.partner"

    @api.model
    def _is_all_past_shown(self):
        return any(self.env.user.has_group(group) for group in SEEING_ALL)

    @api.model
    def _has_hidden_past(self):
        """Return whether the user has customers of whose past he is not shown all."""
        if self._is_all_past_shown():
            return False
        self.flush_model(["date_hidden_before", "user_id"])
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT FROM res_partner
                     WHERE user_id = %s AND date_hidden_before IS NOT NULL LIMIT 1
                    """,
                    self.env.uid,
                )
            )
        )

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
