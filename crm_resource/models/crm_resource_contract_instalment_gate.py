from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# what does not change what was agreed
FREE_FIELDS = {"method_id", "note", "remind_days"}
# what nobody writes by himself
STEP_FIELDS = {
    "confirmed_id",
    "date_confirmed",
    "date_due",
    "date_failed",
    "date_remind",
    "date_reminded",
    "date_tried",
    "failure",
    "is_void",
    "shares",
}


class CrmResourceContractInstalment(models.Model):
    """What people may enter in instalments, and the milestones they confirm."""

    _inherit = "crm.resource.contract.instalment"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse instalments of what is signed."""
        if not self.env.su:
            vals_list = [
                {k: v for k, v in vals.items() if k not in STEP_FIELDS}
                for vals in vals_list
            ]
        instalments = super().create(vals_list)
        instalments._check_open()
        return instalments

    def write(self, vals):
        """As `create`; what is invoiced stays as it was."""
        if self.env.su or FREE_FIELDS.issuperset(vals):
            return super().write(vals)
        if not STEP_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "What becomes of an instalment follows from its steps: use the "
                    "buttons instead."
                )
            )
        self._check_open()
        self._check_not_settled()
        result = super().write(vals)
        self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_open()
        self._check_not_settled()

    def _check_open(self):
        """Check that the person may change the payment plans.

        :raise AccessError: if one is the matter of others
        :raise UserError: if a contract is signed
        """
        if not self.env.su:
            self.contract_id._check_written({"instalment_ids": True})

    def _check_not_settled(self):
        for instalment in self:
            if instalment.is_settled:
                raise UserError(
                    self.env._(
                        "%(instalment)s is invoiced, and stays as it is: change what "
                        "is not invoiced yet.",
                        instalment=instalment.display_name,
                    )
                )

    # ------------------------------------------------------------
    # Milestones
    # ------------------------------------------------------------

    def action_confirm(self):
        """Say that milestones are reached: their instalments can be invoiced.

        :raise AccessError: if it is the matter of others
        :raise UserError: if there is nothing to confirm
        """
        self._check_milestone()
        for instalment in self:
            if instalment.date_confirmed or instalment.is_void:
                raise UserError(
                    self.env._(
                        "%(instalment)s needs no confirmation any more: reload the "
                        "page.",
                        instalment=instalment.display_name,
                    )
                )
        # who may say so was checked
        self.sudo().write(
            {
                "date_confirmed": fields.Date.context_today(self),
                "confirmed_id": self.env.uid,
            }
        )
        for contract, instalments in self.grouped("contract_id").items():
            names = ", ".join(instalments.mapped("milestone"))
            contract.message_post(
                body=self.env._("Milestone reached: %(names)s", names=names)
            )
        return True

    def action_revoke(self):
        """Say that milestones are not reached after all.

        :raise AccessError: if it is the matter of others
        :raise UserError: if one is invoiced
        """
        self._check_milestone()
        self._check_not_settled()
        # as in `action_confirm`
        self.sudo().write({"date_confirmed": False, "confirmed_id": False})
        return True

    def _check_milestone(self):
        """Check that the person may speak of milestones: whose contract it is, and
        accountants."""
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            self.contract_id._check_actor()
        for instalment in self:
            if not instalment.milestone or instalment.contract_state not in (
                "signed",
                "running",
            ):
                raise UserError(
                    self.env._(
                        "%(instalment)s waits for no milestone: reload the page.",
                        instalment=instalment.display_name,
                    )
                )
