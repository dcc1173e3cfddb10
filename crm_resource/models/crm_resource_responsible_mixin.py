from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain


class CrmResourceResponsibleMixin(models.AbstractModel):
    """What a job does for somebody, with his rights and no others.

    Whoever creates a record or changes one of `_get_answered_fields` answers for it:
    its conditions match, and its messages show, no more than he may read himself.
    """

    _name = "crm.resource.responsible.mixin"
    _description = "Works With the Rights of a Person"

    responsible_id = fields.Many2one(
        "res.users",
        string="Works With the Rights Of",
        readonly=True,
        copy=False,
        help="Whoever started it, or last changed what it does. It stops when he may "
        "no longer do so.",
    )

    domain = fields.Char(default="[]")

    @api.constrains("domain", "responsible_id")
    def _check_domain(self):
        """Whoever answers for conditions asks for no more than he may read."""
        for record in self:
            partners = record._as_responsible(self.env["res.partner"])
            try:
                partners._search(record._get_typed_domain())
            except ValueError as error:  # a field that does not exist, or has no column
                raise record._get_domain_error() from error

    @api.model
    def _get_answered_fields(self):
        """Hook: the fields whose author answers for the record.

        :return: set of names
        """
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever creates it answers for it, whatever the context says."""
        return super().create(
            [{**vals, "responsible_id": self.env.uid} for vals in vals_list]
        )

    def write(self, vals):
        """Whoever changes what it does answers for it; jobs go on for him."""
        if not self.env.su:
            vals = {k: value for k, value in vals.items() if k != "responsible_id"}
            if self._get_answered_fields() & vals.keys():
                vals["responsible_id"] = self.env.uid
        return super().write(vals)

    def _as_responsible(self, records):
        """Return records in the environment of whoever answers for this one."""
        self.ensure_one()
        user = self.responsible_id or self.env.user
        companies = self.company_id or user.company_ids
        return records.with_user(user).with_context(allowed_company_ids=companies.ids)

    def _get_typed_domain(self):
        """Return the conditions on partners.

        :raise ValidationError: if what was typed is no domain
        """
        self.ensure_one()
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            raise self._get_domain_error() from error

    def _get_domain_error(self):
        return ValidationError(
            self.env._(
                "The conditions of “%(name)s” cannot be evaluated: use plain "
                "conditions on fields of the customer.",
                name=self.name,
            )
        )

    def _match_typed_domain(self):
        """Return as `Query` the partners who meet the conditions, of those whom the
        person who answers for them may read; None if there are no conditions."""
        domain = self._get_typed_domain()
        if domain.is_true():
            return None
        return self._as_responsible(self.env["res.partner"])._search(domain)

    def _get_responsible_lack(self):
        """Return in words why nobody answers for it any more, None if somebody does."""
        self.ensure_one()
        user = self.responsible_id
        if not user:
            return self.env._("Nobody answers for it.")
        if user._is_superuser():
            return None
        if not user.active:
            return self.env._(
                "%(person)s, who answered for it, has left.", person=user.name
            )
        if not user.has_group("crm_resource.group_reviewer"):
            return self.env._(
                "%(person)s, who answered for it, is no market staff any more.",
                person=user.name,
            )
        # a company that he does not see may be among those
        if not user._is_in_company(self.sudo().company_id):
            return self.env._(
                "%(person)s, who answered for it, does not belong to the company any "
                "more.",
                person=user.name,
            )
        try:
            self._match_typed_domain()
        except AccessError:
            return self.env._(
                "%(person)s, who answers for it, may not read what its conditions ask "
                "for.",
                person=user.name,
            )
        return None

    def _tell_staff(self, text):
        """Tell the market staff of the company that it stopped."""
        self.ensure_one()
        group = self.env.ref("crm_resource.group_reviewer")
        staff = group.all_user_ids.filtered(
            lambda user: user._is_in_company(self.company_id)
        )
        self.message_post(
            body=text,
            partner_ids=staff.partner_id.ids,
            message_type="notification",
            subtype_xmlid="mail.mt_comment",
        )
