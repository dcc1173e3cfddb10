from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

# what a visit that is over was about
SETTLED_FIELDS = {
    "company_id",
    "date_end",
    "date_start",
    "partner_id",
    "type_id",
    "user_id",
}
# what only those who decide on a visit change: the department's leaders do, too
ACTOR_FIELDS = SETTLED_FIELDS | {"team_id"}
# what is computed, and is nobody's to say
DERIVED_FIELDS = {"currency_id", "duration"}


class CrmResourceVisit(models.Model):
    """What people may enter in visits."""

    _inherit = "crm.resource.visit"

    @api.model_create_multi
    def create(self, vals_list):
        """Number visits; only their steps say where they stand, whoever calls."""
        vals_list = [self._prepare_values(vals) for vals in vals_list]
        if not self.env.su:
            self.browse()._check_named(vals_list)
        visits = super().create(vals_list)
        if not self.env.su:
            visits._check_people()
        visits._number()
        return visits

    def write(self, vals):
        """Refuse what only steps write, and changes of what is over."""
        if self.env.su:
            return super().write(vals)
        if not DERIVED_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "How long a visit lasted follows from its begin and end, its "
                    "currency from the company: change those instead."
                )
            )
        if not self._get_step_values().keys().isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "Where a visit stands follows from its steps: check in, finish or "
                    "cancel it instead."
                )
            )
        self._check_open(vals)
        self._check_named([vals])
        result = super().write(vals)
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
            steps = self._get_step_values()
            values |= {name: steps[name] for name in steps.keys() & values.keys()}
            values = {k: v for k, v in values.items() if k not in DERIVED_FIELDS}
            self.browse()._check_lead(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """As `create`: the answer holds names."""
        steps = self._get_step_values()
        values = {name: value for name, value in values.items() if name not in steps}
        self._check_lead(values)
        return super().onchange(values, field_names, fields_spec)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self._check_actor()
        for visit in self:
            if visit.state in ("checked_in", "done"):
                raise UserError(
                    self.env._(
                        "%(visit)s took place, which is kept: correct "
                        "its report instead.",
                        visit=visit.display_name,
                    )
                )

    # ------------------------------------------------------------
    # Values
    # ------------------------------------------------------------

    def _prepare_values(self, vals):
        """Return the values of a new visit: of the customer, not of the contact who was
        named for him, and where it stands."""
        values = dict(vals)
        if not self.env.su:
            values = {k: v for k, v in vals.items() if k not in DERIVED_FIELDS}
            values |= self._get_step_values()
        partner = self.env["res.partner"].browse(values.get("partner_id") or ())
        if partner:
            partner.check_access("read")
            # whose contact somebody is is no secret to whoever reads him
            customer = partner.sudo().commercial_partner_id
            values["partner_id"] = customer.id
            if customer != partner:
                values.setdefault("contact_ids", [Command.link(partner.id)])
        return values

    # ------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------

    def _check_lead(self, values):
        lead = values.get("lead_id")
        if isinstance(lead, dict):  # as the web client has it
            lead = lead.get("id")
        lead = self.env["crm.lead"].browse(getattr(lead, "id", lead) or ())
        if lead and lead != self.lead_id:
            lead.check_access("read")

    def _check_open(self, vals):
        """Keep what the visits that are over were about; of others, their person
        decides.

        :raise UserError: if it would change
        """
        named = SETTLED_FIELDS & vals.keys()
        if not ACTOR_FIELDS.isdisjoint(vals):
            self._check_actor()
        for visit in self:
            if visit.state == "planned" or not named:
                continue
            if any(visit._is_changed(name, vals[name]) for name in named):
                raise UserError(
                    self.env._(
                        "%(visit)s is no plan any more: set it back to planned to "
                        "change its customer, its person or its time.",
                        visit=visit.display_name,
                    )
                )

    def _is_changed(self, name, value):
        field = self._fields[name]
        return field.convert_to_write(self[name], self) != (
            field.convert_to_write(
                field.convert_to_record(field.convert_to_cache(value, self), self), self
            )
        )

    def _check_named(self, vals_list):
        """What visits refer to, the person reaches himself: before a refusal could tell
        what it is.

        :param vals_list: what is asked for; a context may name others
        """
        for name in ("lead_id", "contact_ids", "competitor_ids"):
            default = self.env.context.get(f"default_{name}")
            ids = set()
            for vals in vals_list:
                ids |= get_ids(vals.get(name, default))
            named = self.env[self._fields[name].comodel_name].browse(ids)
            if named - self[name]:  # not everybody has leads
                (named - self[name]).check_access("read")

    @api.constrains("partner_id", "contact_ids", "lead_id")
    def _check_customer(self):
        for visit in self:
            # whatever belongs to the customer does so for everybody
            customer = visit.sudo().partner_id
            if customer.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s: choose the "
                        "customer, and the contact among those met.",
                        contact=customer.name,
                        customer=customer.commercial_partner_id.name,
                    )
                )
            # what is linked already must fit, whoever may see it
            others = visit.sudo().contact_ids.filtered(
                lambda contact, customer=customer: (
                    contact.commercial_partner_id != customer
                )
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(contacts)s is not with %(customer)s: choose contacts of the "
                        "customer.",
                        contacts=", ".join(others.mapped("name")),
                        customer=customer.name,
                    )
                )
            # as above
            lead = visit.sudo().lead_id
            companies = (
                lead.partner_id.commercial_partner_id | lead.party_ids.partner_id
            )
            if lead and customer not in companies:
                raise ValidationError(
                    self.env._(
                        "%(customer)s has no part in “%(lead)s”: choose an opportunity "
                        "of his, or one that names him among its companies.",
                        lead=lead.name,
                        customer=customer.name,
                    )
                )


def get_ids(value):
    """Return the ids that the value of a relation names, or its commands link to."""
    if not isinstance(value, list | tuple):
        return {value} - {None, False}
    ids = set()
    for command in value:
        if isinstance(command, int):
            ids.add(command)
        elif command[0] == Command.SET:
            ids.update(command[2])
        elif command[0] == Command.LINK:
            ids.add(command[1])
    return ids
