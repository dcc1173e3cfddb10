from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare

from .res_partner_review import FREE_PREFIXES

# what a request may change, and where the customer holds it
TERMS = {
    "discount": "customer_discount",
    "payment_term_id": "property_payment_term_id",
    "credit_limit": "credit_limit",
    "level_id": "manual_level_id",
    "date_level_end": "date_manual_level_end",
}
# what only the steps of the approval set
STEP_FIELDS = {"name", "state", "user_id", "date_done", *(f"old_{n}" for n in TERMS)}


class CrmResourceChangeRequest(models.Model):
    """A change of what a customer was granted: the last approval writes it, and only if
    the customer still holds what the request saw."""

    _name = "crm.resource.change.request"
    _description = "Change Request"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.resource.approval.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _state_from = ["submitted"]
    _state_to = ["done"]
    _tier_validation_buttons_xpath = "/form/header/field[@name='state']"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        tracking=True,
        domain="[('customer_state', '=', 'approved'), ('date_terminated', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    leading_policy_id = fields.Many2one(related="partner_id.leading_policy_id")
    user_id = fields.Many2one(
        "res.users",
        string="Requested By",
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    author_ids = fields.Many2many(
        "res.users",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Who wrote the terms: none of them approves them.",
    )
    reason = fields.Text(tracking=True, help="Why the customer should be granted this.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "In Approval"),
            ("done", "Granted"),
            ("rejected", "Rejected"),
            ("overtaken", "Overtaken"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date_done = fields.Datetime(string="Decided On", readonly=True, copy=False)
    changes = fields.Char(compute="_compute_changes")

    old_discount = fields.Float(
        string="Present Discount (%)",
        digits="Discount",
        aggregator=False,
        compute="_compute_old_terms",
        store=True,
    )
    old_payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Present Payment Terms",
        compute="_compute_old_terms",
        store=True,
    )
    old_credit_limit = fields.Monetary(
        string="Present Credit Limit",
        aggregator=False,
        compute="_compute_old_terms",
        store=True,
    )
    old_level_id = fields.Many2one(
        "crm.resource.level",
        string="Present Level by Hand",
        compute="_compute_old_terms",
        store=True,
    )
    old_date_level_end = fields.Date(
        string="Present End of the Level", compute="_compute_old_terms", store=True
    )
    new_discount = fields.Float(
        string="Discount (%)", digits="Discount", aggregator=False
    )
    new_payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment Terms", check_company=True
    )
    new_credit_limit = fields.Monetary(string="Credit Limit", aggregator=False)
    new_level_id = fields.Many2one("crm.resource.level", string="Level by Hand")
    new_date_level_end = fields.Date(string="Level Valid Until")

    _check_discount = models.Constraint(
        "CHECK(new_discount BETWEEN 0 AND 100)",
        "A discount lies between 0 and 100 %: correct it.",
    )
    _check_credit_limit = models.Constraint(
        "CHECK(new_credit_limit >= 0)",
        "A credit limit is not negative: correct it.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_old_terms(self):
        for request in self:
            for name, value in request._get_present().items():
                request[f"old_{name}"] = value

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_id(self):
        """Begin with what the customer has."""
        for name, value in self._get_present().items():
            self[f"new_{name}"] = value

    @api.depends(*(f"{age}_{name}" for age in ("old", "new") for name in TERMS))
    @api.depends_context("lang")
    def _compute_changes(self):
        for request in self:
            request.changes = "; ".join(
                self.env._(
                    "%(term)s: %(old)s → %(new)s",
                    term=self._fields[f"new_{name}"]._description_string(self.env),
                    old=request._format(f"old_{name}"),
                    new=request._format(f"new_{name}"),
                )
                for name in request._get_changed_names()
            )

    def _format(self, name):
        value = self[name]
        if isinstance(value, models.BaseModel):
            value = value.display_name
        elif self._fields[name].type == "monetary":
            value = self.currency_id.format(value)
        return value if value or isinstance(value, float) else "–"

    def _get_present(self):
        """Return what the customer holds now, by the names of `TERMS`."""
        self.partner_id._origin.check_access("read")
        # whoever reads the customer and asks for a change may know what he has
        partner = self.sudo().partner_id.with_company(self.company_id)
        return {name: partner[field] for name, field in TERMS.items()}

    def _get_changed_names(self):
        return [
            name
            for name in TERMS
            if not is_same(self[f"old_{name}"], self[f"new_{name}"])
        ]

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number requests; what they do not name stays as the customer has it."""
        for vals in vals_list:
            self._check_no_step(vals)
            vals["name"] = self.env["ir.sequence"].next_by_code(self._name)
        requests = super().create(vals_list)
        requests._add_author()
        for request, vals in zip(requests, vals_list, strict=True):
            request._check_own_draft()
            for name, value in request._get_present().items():
                if f"new_{name}" not in vals:
                    request[f"new_{name}"] = value
        return requests

    def write(self, vals):
        """Change drafts only: what was submitted is decided as it was seen."""
        if any(not name.startswith(FREE_PREFIXES) for name in vals):
            self._check_no_step(vals)
            self._check_draft()
        result = super().write(vals)
        if any(name.startswith("new_") for name in vals):
            self._add_author()
        if "partner_id" in vals:
            # rules ask whose a record is before it is written
            self.check_access("write")
        return result

    def _add_author(self):
        if not self.env.su:
            # nobody writes it by himself
            self.sudo().write({"author_ids": [Command.link(self.env.uid)]})

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        self._check_draft()

    def _check_no_step(self, vals):
        if not self.env.su and not STEP_FIELDS.isdisjoint(vals):
            raise self._get_step_error()

    def _check_own_draft(self):
        # whoever calls chooses the defaults
        if not self.env.su and (self.state, self.user_id, self.date_done) != (
            "draft",
            self.env.user,
            False,
        ):
            raise self._get_step_error()

    def _get_step_error(self):
        return AccessError(
            self.env._(
                "How far a change request is follows from its approval: submit or "
                "withdraw it instead."
            )
        )

    def _check_draft(self):
        if self.env.su:
            return
        for request in self:
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%(request)s was submitted: withdraw it to change it, or make "
                        "another one.",
                        request=request.name,
                    )
                )


def is_same(value, other):
    """Return whether two values of a term are the same."""
    if isinstance(value, float):
        return float_compare(value, other, precision_digits=6) == 0
    return value == other
