from odoo import fields, models
from odoo.exceptions import UserError

from .crm_resource_change_request import TERMS, is_same


class CrmResourceChangeRequest(models.Model):
    """How a request is submitted, withdrawn, decided and granted."""

    _inherit = "crm.resource.change.request"

    def request_validation(self):
        """Submit drafts.

        :raise UserError: if there is nothing to decide, or nobody to
        """
        self.check_access("write")
        for request in self:
            request._check_submittable()
        # the user may write the drafts
        self.sudo().state = "submitted"
        reviews = super().request_validation()
        if set(self.ids) - set(reviews.mapped("res_id")):
            raise UserError(
                self.env._(
                    "No approval of change requests is defined: ask your administrator "
                    "to define who decides."
                )
            )
        return reviews

    def _check_submittable(self):
        if self.state != "draft":
            raise UserError(
                self.env._("%(request)s was submitted before.", request=self.name)
            )
        # states and terms of the customer of his request
        customer = self.sudo().partner_id
        if customer.customer_state != "approved" or customer.date_terminated:
            raise UserError(
                self.env._(
                    "%(customer)s is no approved customer: requests are for those who "
                    "are.",
                    customer=customer.name,
                )
            )
        if not self.reason:
            raise UserError(self.env._("Say why the customer should be granted this."))
        # what the approvers see as the old value is the one that holds now
        present = self._get_present()
        self.sudo().write({f"old_{name}": present[name] for name in TERMS})
        if not self._get_changed_names():
            raise UserError(
                self.env._(
                    "Nothing differs from what %(customer)s has now: enter what is to "
                    "change.",
                    customer=customer.name,
                )
            )
        self._check_level()
        self.company_id._check_customer_terms(
            customer, self.new_discount, self.new_payment_term_id
        )

    def _check_level(self):
        if self.new_level_id and self.new_level_id.policy_id != self.leading_policy_id:
            raise UserError(
                self.env._(
                    "%(level)s is no level of the policy that leads: choose one of "
                    "those.",
                    level=self.new_level_id.name,
                )
            )

    def restart_validation(self):
        """Withdraw requests: they are drafts again.

        :raise UserError: if one is decided
        """
        for request in self:
            if request.state not in ("submitted", "rejected"):
                raise UserError(
                    self.env._(
                        "%(request)s is not in approval: reload the page.",
                        request=request.name,
                    )
                )
        # checked by `super` before anything is written
        self.check_access("write")
        self._set_state("submitted")
        result = super().restart_validation()
        self._set_state("draft")
        return result

    def _get_due_message(self):
        return False  # its form has the button to submit it

    def _conclude(self):
        super()._conclude()
        if self.state != "submitted":
            return
        if self.validation_status == "rejected":
            self._set_state("rejected")
        elif self.validation_status == "validated":
            self._grant()

    def _get_authors(self):
        return super()._get_authors() | self.user_id | self.author_ids

    def _get_tier_validation_readonly_domain(self):
        return "state != 'draft'"

    def _grant(self):
        """Write what was approved, unless the customer holds something else by now."""
        # approved by those who are named for it; the customer is no matter of theirs
        partner = self.sudo().partner_id.with_company(self.company_id)
        names = self._get_changed_names()
        if self._is_overtaken(partner, names):
            self._set_state("overtaken")
            self.sudo().message_post(  # as above
                body=self.env._(
                    "Nothing was changed: meanwhile %(customer)s is not approved, or "
                    "holds something else than this request saw. Make another one if "
                    "it is still wanted.",
                    customer=partner.name,
                ),
                partner_ids=self.user_id.partner_id.ids,
            )
            return
        partner._write_approved({TERMS[name]: self[f"new_{name}"] for name in names})
        self._set_state("done")
        partner.message_post(
            body=self.env._(
                "Granted by %(request)s. %(changes)s",
                request=self.name,
                changes=self.changes,
            )
        )

    def _is_overtaken(self, partner, names):
        present = self.sudo()._get_present()  # as above
        return (
            partner.customer_state != "approved"
            or partner.date_terminated
            or any(not is_same(present[name], self[f"old_{name}"]) for name in names)
        )

    def _set_state(self, state):
        """Set the state at a step of the approval."""
        is_open = state in ("draft", "submitted")
        # a step of the approval, which checked who takes it
        requests = self.sudo().with_context(skip_validation_check=True)
        requests.write(
            {"state": state, "date_done": not is_open and fields.Datetime.now()}
        )
