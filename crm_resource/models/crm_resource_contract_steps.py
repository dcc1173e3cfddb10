from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_resource_contract import BINDING


class CrmResourceContract(models.Model):
    """From draft over approval to signature, and to the end."""

    _inherit = "crm.resource.contract"

    _state_from = ["approval"]
    _state_to = ["signed"]
    _tier_validation_buttons_xpath = "/form/header/field[@name='state']"

    # ------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------

    def request_validation(self):
        """Ask for the approvals that are due.

        :raise UserError: if the contract is not ready, or if nobody could approve it
        """
        self._check_step(("draft",))
        self._check_plan()
        self._take_step({"state": "approval"})
        reviews = super().request_validation()
        free = self.filtered(
            lambda contract: contract.id not in reviews.mapped("res_id")
        )
        if free:
            raise UserError(
                self.env._(
                    "%(contracts)s need no approval: just sign.",
                    contracts=", ".join(free.mapped("display_name")),
                )
            )
        return reviews

    def restart_validation(self):
        """Withdraw requests: the contracts are drafts again.

        :raise UserError: if one is not in approval
        """
        self._check_step(("approval",))
        result = super().restart_validation()
        self._take_step({"state": "draft"})
        return result

    def _get_authors(self):
        return super()._get_authors() | self.user_id

    def _get_tier_validation_readonly_domain(self):
        return "state != 'draft'"

    def _check_allow_write_under_validation(self, vals):
        # what is settled is not changed, whoever approves it
        return True

    def _check_allow_write_after_validation(self, vals):
        # as above
        return True

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_sign(self):
        """Say that both sides signed.

        :raise UserError: if an approval is missing, or if the payment plan is not
            exactly the contract's total
        """
        self._check_step(("draft", "approval"))
        for contract in self:
            contract._check_approved()
        self._check_plan()
        self._sign()
        return True

    def action_complete(self):
        """Say that both sides did what they had to.

        :raise UserError: if an instalment is still to be invoiced or paid
        """
        self._check_step(BINDING)
        for contract in self:
            if contract._get_unfinished():
                raise UserError(
                    self.env._(
                        "Instalments of %(contract)s are not paid yet: terminate the "
                        "contract if it ends nevertheless.",
                        contract=contract.display_name,
                    )
                )
        self._complete()
        return True

    def action_terminate(self):
        """Ask for the reason why they end before their time."""
        self._check_step(BINDING)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Terminate"),
            "res_model": "crm.resource.contract.terminate",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_ids": self.ids},
        }

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _check_approved(self):
        """Check that nobody's approval is missing.

        :raise UserError: if one is
        """
        if self.state == "approval" and self.validation_status != "validated":
            raise UserError(
                self.env._(
                    "%(contract)s is still in approval: wait for it, or withdraw the "
                    "request.",
                    contract=self.display_name,
                )
            )
        if self.state == "draft" and self._is_approval_due():
            raise UserError(
                self.env._(
                    "%(contract)s needs approval: request it first.",
                    contract=self.display_name,
                )
            )

    def _sign(self):
        """Let contracts bind, and whatever led to them with them."""
        today = fields.Date.context_today(self)
        self._share_out()
        for contract in self:
            contract._take_step(
                {
                    "state": "signed",
                    "date_signed": contract.date_signed or today,
                    "date_start": contract.date_start or contract.date_signed or today,
                }
            )
        self._make_analytic_accounts()
        self._start(today)
        self._follow_signature()

    def _make_analytic_accounts(self):
        """Give contracts analytic accounts, where their companies want them."""
        for contract in self:
            # whoever signs need not know of analytic accounting
            known = contract.sudo()
            plan = known.company_id.crm_contract_plan_id
            if plan and not known.analytic_account_id:
                known.analytic_account_id = known.analytic_account_id.create(
                    {
                        "name": contract.display_name,
                        "plan_id": plan.id,
                        "partner_id": known.partner_id.id,
                        "company_id": known.company_id.id,
                    }
                )

    def _start(self, today):
        """Let contracts run that have begun."""
        begun = self.filtered(
            lambda contract: contract.state == "signed" and contract.date_start <= today
        )
        begun._take_step({"state": "running"})

    def _complete(self):
        today = fields.Date.context_today(self)
        self._take_step({"state": "completed", "date_closed": today})
        self._follow_signature()

    def _terminate(self, date, reason, note, is_voided):
        """End contracts before their time.

        :param date date: the last day
        :param reason: `crm.resource.dictionary`
        :param str note: in words
        :param bool is_voided: whether instalments that are not invoiced become void;
            else they stay to be invoiced
        """
        self._check_step(BINDING)
        self._take_step(
            {
                "state": "terminated",
                "date_closed": date,
                "termination_id": reason.id,
                "termination_note": note,
            }
        )
        if is_voided:
            open_instalments = self._get_valid_instalments().filtered(
                lambda instalment: not instalment.is_settled
            )
            # a step of the contract, whose instalments nobody changes by himself
            open_instalments.sudo().is_void = True
        self._follow_signature()

    def _get_unfinished(self):
        """Return the instalments that are still to be invoiced or paid."""
        return self._get_valid_instalments().filtered(
            lambda instalment: instalment.state != "paid"
        )

    def _follow_signature(self):
        """Let what depends on signed contracts follow: forecasts, the customer's
        contract status."""
        partners = self.sudo().partner_id  # of whom the contract is
        self.env["crm.resource.standing"].sudo()._refresh_lifecycles(partners)

    def _get_step_message(self):
        return self.env._(
            "Where a contract stands follows from its steps, and its sums from the "
            "products: use the buttons instead."
        )

    def _get_settled_message(self):
        if self.state == "approval":
            return self.env._(
                "%(contract)s is in approval: withdraw the request to change it.",
                contract=self.display_name,
            )
        return self.env._(
            "%(contract)s is signed: amend it to change what was agreed.",
            contract=self.display_name,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_actor()
        for contract in self:
            if contract.state != "draft" or contract.version > 1:
                raise UserError(
                    self.env._(
                        "%(contract)s is no draft, and is kept: withdraw its request, "
                        "or terminate it.",
                        contract=contract.display_name,
                    )
                )
