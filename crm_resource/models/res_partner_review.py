from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_partner import INTERNAL

# who has yet to finish entering the customer
OPEN_STATES = ("new", "returned")
# what changes without anybody typing it
FREE_PREFIXES = ("activity_", "message_", "website_message_")


class ResPartner(models.Model):
    """Review: who enters a customer submits him, a reviewer decides."""

    _inherit = "res.partner"

    submitted_by_id = fields.Many2one(
        "res.users", copy=False, readonly=True, groups=INTERNAL
    )
    date_submitted = fields.Datetime(
        string="Submitted On", copy=False, readonly=True, groups=INTERNAL
    )
    reviewed_by_id = fields.Many2one(
        "res.users", copy=False, readonly=True, groups=INTERNAL
    )
    date_reviewed = fields.Datetime(
        string="Reviewed On", copy=False, readonly=True, groups=INTERNAL
    )
    review_note = fields.Text(
        string="Conditions or Reason",
        copy=False,
        readonly=True,
        groups=INTERNAL,
        help="On which conditions the customer was approved, or why he was not.",
    )
    date_terminated = fields.Date(
        string="Terminated On",
        copy=False,
        readonly=True,
        tracking=True,
        groups=INTERNAL,
    )
    termination_reason = fields.Text(copy=False, readonly=True, groups=INTERNAL)
    customer_discount = fields.Float(
        string="Discount (%)",
        digits="Discount",
        aggregator=False,
        tracking=True,
        groups=INTERNAL,
        help="What the customer gets on every order, unless his price list says more.",
    )
    is_customer_editable = fields.Boolean(
        compute="_compute_is_customer_editable", groups=INTERNAL
    )

    missing_message = fields.Char(compute="_compute_missing_message", groups=INTERNAL)

    @api.depends(
        "customer_state",
        "name",
        "vat",
        "phone",
        "email",
        "street",
        "city",
        "zip",
        "country_id",
        "state_id",
        "industry_id",
        "region_id",
        "user_id",
        "team_id",
    )
    def _compute_missing_message(self):
        for partner in self:
            missing = (
                partner.customer_state in OPEN_STATES and partner._get_missing_labels()
            )
            partner.missing_message = bool(missing) and self.env._(
                "Still to be entered: %(fields)s", fields=", ".join(missing)
            )

    @api.depends("customer_state", "date_terminated")
    @api.depends_context("uid")
    def _compute_is_customer_editable(self):
        for partner in self:
            partner.is_customer_editable = partner._is_customer_editable()

    @api.constrains("customer_discount", "property_payment_term_id", "customer_state")
    def _check_terms(self):
        """Discount and settlement lie in the range that the company allows."""
        for partner in self.filtered("customer_state"):
            company = partner.company_id or self.env.company
            company._check_customer_terms(
                partner, partner.customer_discount, partner.property_payment_term_id
            )

    def write(self, vals):
        """Keep closed customers as they are; what is under review waits for it."""
        if any(not name.startswith(FREE_PREFIXES) for name in vals):
            self._check_customer_editable()
        return super().write(vals)

    def _check_customer_editable(self):
        for partner in self:
            if not partner._is_customer_editable():
                raise AccessError(partner._get_lock_message())

    def _is_customer_editable(self):
        """Return whether the person may edit the customer in his state; whom he reaches
        at all is the rules' matter."""
        user = self.env.user
        # the state decides for people, too, who may not read it
        customer = self.sudo()
        state = customer.customer_state
        if self.env.su or not state:
            return True
        if customer.date_terminated:
            return False
        if user.has_group("crm_resource.group_reviewer"):
            return True
        if state in OPEN_STATES:
            return (
                user.has_group("crm_resource.group_clerk")
                or user == customer.user_id
                or not self._origin  # his own as soon as he saves it
            )
        # what was changed since the approval can be changed back, until it is decided
        return state == "approved" or customer.is_reapproval

    def _get_lock_message(self):
        # whoever is refused is told why
        if self.sudo().date_terminated:
            return self.env._(
                "%(customer)s is terminated: have him reopened before you change him.",
                customer=self.name,
            )
        return self.env._(
            "%(customer)s is in the state “%(state)s”: ask a customer reviewer to "
            "change him, or to send him back.",
            customer=self.name,
            state=self._get_state_label(),
        )

    def _get_state_label(self):
        field = self._fields["customer_state"]
        labels = dict(field._description_selection(self.env))
        return labels[self.sudo().customer_state]  # as above

    def _get_gate_message(self):
        """Return why no business is done with the customer, False if it is."""
        if self.date_terminated:
            return self.env._(
                "%(customer)s is terminated: reopen him first.", customer=self.name
            )
        if self.customer_state in (False, "approved"):
            return False
        return self.env._(
            "%(customer)s is not approved (%(state)s): quotations are possible, orders "
            "and invoices wait until a customer reviewer has approved him.",
            customer=self.name,
            state=self._get_state_label(),
        )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_submit_customer(self):
        """Ask for the review of customers.

        :raise UserError: if something obligatory is missing, or nothing is to submit
        """
        self.check_access("write")
        self._check_customer_editable()
        for partner in self:
            partner._check_submittable()
        # who may edit the customer may submit him, and nothing else of the state
        self.sudo().write(
            {
                "customer_state": "submitted",
                "submitted_by_id": self.env.uid,
                "date_submitted": fields.Datetime.now(),
            }
        )
        for partner in self.sudo():  # the activity is another one's
            partner._notify_reviewer()

    def _notify_reviewer(self):
        """Give the company's reviewer, if it names one, an activity."""
        reviewer = (self.company_id or self.env.company).crm_review_user_id
        if reviewer:
            self.activity_schedule(
                "crm_resource.mail_activity_data_review", user_id=reviewer.id
            )

    def _check_submittable(self):
        self.ensure_one()
        if self.customer_state not in OPEN_STATES:
            raise UserError(
                self.env._(
                    "%(customer)s is in the state “%(state)s”: only new and returned "
                    "customers are submitted.",
                    customer=self.name,
                    state=self._get_state_label(),
                )
            )
        missing = self._get_missing_labels()
        if missing:
            raise UserError(
                self.env._(
                    "%(customer)s cannot be submitted yet. Enter: %(fields)s.",
                    customer=self.name,
                    fields=", ".join(missing),
                )
            )

    def _get_missing_labels(self):
        """Return the labels of obligatory fields that are empty."""
        company = self.company_id or self.env.company
        # the list is the company's, its names are no secret
        obligatory = company.sudo().crm_obligatory_field_ids
        return [field.field_description for field in obligatory if not self[field.name]]

    def action_review_customer(self):
        """Open the dialog in which a reviewer decides about customers."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review"),
            "res_model": "crm.resource.customer.review",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.ids},
        }

    def action_approve_customer(self):
        """Approve customers without conditions.

        :raise AccessError: if the user is no reviewer
        """
        self._decide("approved")

    def action_reopen_customer(self):
        """Let rejected and terminated customers be worked on again.

        :raise AccessError: if the user is no reviewer
        """
        self._check_reviewer_access({"rejected"})
        # he is a reviewer, and the lock is what he opens
        customers = self.sudo()
        customers.filtered(lambda c: c.customer_state == "rejected").write(
            {"customer_state": "new"}
        )
        customers.filtered("date_terminated").write(
            {"date_terminated": False, "termination_reason": False}
        )

    def _terminate(self, note):
        """End the business with approved customers.

        :param str note: the reason
        :raise AccessError: if the user is no reviewer
        :raise UserError: if a customer is not approved
        """
        self._check_reviewer_access({"approved"})
        for partner in self:
            if partner.customer_state != "approved" or partner.date_terminated:
                raise UserError(
                    self.env._(
                        "%(customer)s is no approved customer: only these are "
                        "terminated.",
                        customer=partner.name,
                    )
                )
            partner.write(
                {
                    "date_terminated": fields.Date.context_today(partner),
                    "termination_reason": note,
                    "review_note": note,
                }
            )
            partner.message_post(
                body=self.env._("Terminated. Reason: %(note)s", note=note)
            )

    def _decide(self, state, note=False):
        """Set what a reviewer decided, and tell who asked for it.

        :param str state: "approved", "returned" or "rejected"
        :param str note: conditions or reason
        :raise AccessError: if the user is no reviewer
        :raise UserError: if a customer is not under review
        """
        self._check_reviewer_access({state})
        settled = self.filtered(lambda c: c.customer_state not in ("new", "submitted"))
        if settled:
            raise UserError(
                self.env._(
                    "%(customer)s is in the state “%(state)s”: nothing is to decide. "
                    "Reload the page.",
                    customer=settled[0].name,
                    state=settled[0]._get_state_label(),
                )
            )
        self.write(
            {
                "customer_state": state,
                "is_reapproval": False,
                "reviewed_by_id": self.env.uid,
                "date_reviewed": fields.Datetime.now(),
                "review_note": note,
            }
        )
        # activities of any reviewer end with the decision of one
        self.sudo().activity_feedback(["crm_resource.mail_activity_data_review"])
        for partner in self:
            partner._tell_decision(note)

    def _tell_decision(self, note):
        person = self.submitted_by_id or self.user_id
        if self.customer_state == "returned" and person:
            self.activity_schedule(
                "crm_resource.mail_activity_data_correct",
                user_id=person.id,
                note=note and Markup("<p>%s</p>") % note,
            )
        people = (person | self.user_id).partner_id - self.env.user.partner_id
        self.message_post(
            body=self.env._(
                "Review: %(state)s. %(note)s",
                state=self._get_state_label(),
                note=note or "",
            ),
            partner_ids=people.ids,
        )
