from odoo import api, fields, models


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
