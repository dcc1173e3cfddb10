from odoo import fields, models

from .res_partner import INTERNAL


class ResPartner(models.Model):
    """What was approved: who changes it asks anew, who changes it back need not."""

    _inherit = "res.partner"

    approved_values = fields.Json(
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What the watched fields held when the customer was approved.",
    )
    is_reapproval = fields.Boolean(
        string="Changed Since Approval", copy=False, readonly=True, groups=INTERNAL
    )

    def write(self, vals):
        """Keep what a reviewer approves, and see what others change of it."""
        if vals.get("customer_state") == "approved" and all(
            # whether they are approved concerns whoever says so again
            state == "approved"
            for state in self.sudo().mapped("customer_state")
        ):
            # nobody decides anything by it, and nothing else is approved along with it
            vals = {name: vals[name] for name in vals if name != "customer_state"}
        is_decided = vals.get("customer_state") in ("new", "returned", "rejected")
        # decided otherwise, whoever does it: changing it back approves nothing any more
        if is_decided and any(self.sudo().mapped("is_reapproval")):
            vals = {**vals, "is_reapproval": False}
        is_watched = not self._get_watched_names().isdisjoint(vals)
        if is_watched:
            self._keep_enrolled_values()
        result = super().write(vals)
        if vals.get("customer_state") == "approved":
            self._keep_approved_values()
        elif is_watched:
            self._check_approved_values()
        return result

    def _get_watched_names(self):
        # the list is the companies', its names are no secret
        companies = self.sudo().company_id
        if not companies or not all(self.sudo().mapped("company_id")):
            # who belongs to all companies is watched by all of them
            companies = companies.search([("active", "=", True)])
        return set(companies.crm_watched_field_ids.mapped("name"))

    def _get_watched_by(self, name):
        """Return the customers of these partners, if changes of a field are watched."""
        # whether it is a customer decides, not whether the person sees him
        customers = self.sudo().commercial_partner_id.filtered("customer_state")
        if name not in customers._get_watched_names():
            return self.browse()
        return customers.with_env(self.env)

    def _keep_approved_values(self):
        for partner in self.sudo():  # no person reads or writes these
            partner.write(
                {
                    "approved_values": partner._get_watched_values(),
                    "is_reapproval": False,
                }
            )

    def _get_watched_values(self):
        """Return what is watched of a customer as JSON takes it: fields that each
        company has its own value of, for each company."""
        companies = self.env["res.company"].search([("active", "=", True)])
        values = {}
        for name in self._get_watched_names():
            if self._fields[name].company_dependent:
                values[name] = {
                    str(each.id): _to_json(self.with_company(each)[name])
                    for each in companies
                }
            else:
                values[name] = _to_json(self[name])
        return values

    def _write_approved(self, vals):
        """Write values that were approved elsewhere: they ask for no review."""
        self._keep_enrolled_values()
        draft = self.new(vals, origin=self)
        approved = dict(self.approved_values or {})
        for name in approved.keys() & vals.keys():
            value = _to_json(draft[name])
            if self._fields[name].company_dependent:
                value = {**approved[name], str(self.env.company.id): value}
            approved[name] = value
        self.write({"approved_values": approved})
        self.write(vals)

    def _get_granted_discount(self):
        """Return the discount (%) that was approved for the customer; what was typed in
        since is not his yet."""
        if self.customer_state == "approved":
            return self.customer_discount
        if self.is_reapproval:
            return (self.approved_values or {}).get("customer_discount", 0)
        return 0

    def _keep_enrolled_values(self):
        """What customers hold who were enrolled without a review is approved, too."""
        enrolled = self.sudo().filtered(  # no person reads these
            lambda c: c.customer_state == "approved" and not c.approved_values
        )
        enrolled._keep_approved_values()

    def _check_approved_values(self):
        """Have customers reviewed anew whose watched values are not the approved ones,
        and let those be whose values are these again."""
        decides = self.env.user.has_group("crm_resource.group_reviewer")
        # it is the change that asks for the review, whoever makes it
        for partner in self.sudo().filtered("approved_values"):
            if partner.customer_state == "approved" and decides:
                partner._keep_approved_values()
                continue
            changed = partner._get_changed_labels()
            if partner.customer_state == "approved" and changed:
                partner._ask_again(changed)
            elif partner.is_reapproval and not changed:
                partner.write({"customer_state": "approved", "is_reapproval": False})
                partner.activity_unlink(["crm_resource.mail_activity_data_review"])

    def _get_changed_labels(self):
        """Return the labels of watched fields that differ from what was approved; what
        was not watched then counts as approved."""
        approved = self.approved_values
        current = self._get_watched_values()
        return [
            self._fields[name].get_description(self.env, ["string"])["string"]
            for name, value in current.items()
            if _fill(value, approved.get(name, value)) != value
        ]

    def _ask_again(self, labels):
        self.write(
            {
                "customer_state": "submitted",
                "is_reapproval": True,
                "submitted_by_id": self.env.uid,
                "date_submitted": fields.Datetime.now(),
            }
        )
        self.message_post(
            body=self.env._(
                "Changed since the approval: %(fields)s. A review is asked for.",
                fields=", ".join(labels),
            )
        )
        self._notify_reviewer()


def _to_json(value):
    """Return a field's value as JSON takes it."""
    if isinstance(value, models.BaseModel):
        if value._name == "res.partner.bank":
            return sorted(account.sanitized_acc_number or "" for account in value)
        return sorted(value.ids)
    return value if isinstance(value, bool | int | float | str) else str(value)


def _fill(value, approved):
    """Return an approved value; companies that came later count as approved."""
    if isinstance(value, dict):
        return {**value, **{key: approved[key] for key in approved if key in value}}
    return approved
