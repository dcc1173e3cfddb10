from datetime import date
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class MailMessage(models.Model):
    """Whoever claims a customer without his past is not shown what others wrote about
    him before."""

    _inherit = "mail.message"

    is_past_hidden = fields.Boolean(
        compute="_compute_is_past_hidden",
        search="_search_is_past_hidden",
        groups=fields.NO_ACCESS,
    )

    @api.depends_context("uid")
    @api.depends("model", "res_id", "date", "author_id")
    def _compute_is_past_hidden(self):
        # the rule that asks this would ask itself
        hidden = self._search(
            Domain("id", "in", self.ids) & Domain("is_past_hidden", "=", True),
            bypass_access=True,
        )
        hidden = self.browse(hidden)
        for message in self:
            message.is_past_hidden = message in hidden

    def _search_is_past_hidden(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        # hardly anybody has such customers: others are not asked message by message
        if not self.env["res.partner"]._has_hidden_past():
            return Domain.FALSE
        return Domain.custom(
            to_sql=partial(
                _is_before, uid=self.env.uid, author=self.env.user.partner_id.id
            )
        )

    def _get_tracked_texts(self, field_ids):
        """Return the changes of some fields that messages tell of, as texts by id.

        :param list field_ids: ids of `ir.model.fields` that the reader may read
        """
        # which values may be read is said by the fields, and the caller knows these
        values = (
            self.env["mail.tracking.value"]
            .sudo()
            .search_fetch(
                [("mail_message_id", "in", self.ids), ("field_id", "in", field_ids)]
            )
        )
        texts = {}
        for value in values:
            names = [
                value[f"{side}_value_char"] or value[f"{side}_value_datetime"]
                for side in ("old", "new")
            ]
            before, after = (
                fields.Date.to_string(name) if isinstance(name, date) else name
                for name in names
            )
            text = f"{before} → {after or '-'}" if before else after
            texts.setdefault(value.mail_message_id.id, []).append(text or "-")
        return {key: ", ".join(parts) for key, parts in texts.items()}


def _is_before(model, alias, query, uid, author):
    """Return the condition that a message of somebody else is older than what the
    salesperson of its customer is shown."""
    return SQL(
        """
        (%(model)s = 'res.partner'
         AND %(author)s IS DISTINCT FROM %(self)s
         AND EXISTS (
            SELECT FROM res_partner partner
              JOIN res_partner customer ON customer.id = partner.commercial_partner_id
             WHERE partner.id = %(res_id)s AND customer.user_id = %(uid)s
               AND customer.date_hidden_before > %(date)s))
        """,
        model=model._field_to_sql(alias, "model", query),
        res_id=model._field_to_sql(alias, "res_id", query),
        date=model._field_to_sql(alias, "date", query),
        author=model._field_to_sql(alias, "author_id", query),
        self=author,
        uid=uid,
    )
