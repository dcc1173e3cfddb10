from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .crm_resource_contract import BINDING


class CrmResourceContract(models.Model):
    """Contracts are amended, and renewed."""

    _inherit = "crm.resource.contract"

    version_ids = fields.One2many(
        "crm.resource.contract.version", "contract_id", string="Former Versions"
    )

    # ------------------------------------------------------------
    # Amendments
    # ------------------------------------------------------------

    def action_amend(self):
        """Ask why a contract is amended."""
        self.ensure_one()
        self._check_step(BINDING)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Amend"),
            "res_model": "crm.resource.contract.amend",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def _amend(self, reason):
        """Let a contract be changed and signed anew: what it said is kept, and what is
        invoiced stays as it is.

        :param str reason: in words
        """
        self.ensure_one()
        self._check_step(BINDING)
        # versions are nobody's to write
        self.env["crm.resource.contract.version"].sudo().create(
            {
                "contract_id": self.id,
                "currency_id": self.currency_id.id,
                "version": self.version,
                "date_signed": self.date_signed,
                "amount_total": self.amount_total,
                "reason": reason,
                "content": self._render_document(),
            }
        )
        settled = self.instalment_ids.filtered("is_settled")
        for instalment in settled:
            # a step of the contract, whose instalments stay what was invoiced
            instalment.sudo().write(
                {
                    "amount_type": "fixed",
                    "percent": 0,
                    "amount": instalment.amount,
                }
            )
        self._take_step(
            {"state": "draft", "version": self.version + 1, "date_signed": False}
        )
        self.message_post(
            body=self.env._(
                "Version %(version)s is being made: %(reason)s",
                version=self.version,
                reason=reason,
            )
        )

    # ------------------------------------------------------------
    # Renewals
    # ------------------------------------------------------------

    def action_renew(self):
        """Make the contract of the next term, as long as this one, and open it.

        :raise UserError: if the contract has no term
        """
        self.ensure_one()
        self._check_step((*BINDING, "completed"))
        if self.renewal_ids:
            return self.renewal_ids._get_records_action()
        if not self.date_start or not self.date_end:
            raise UserError(
                self.env._(
                    "%(contract)s has no end to be renewed after: amend it instead.",
                    contract=self.display_name,
                )
            )
        start = self.date_end + relativedelta(days=1)
        term = relativedelta(start, self.date_start)
        renewal = self.copy(
            {
                "date_start": start,
                "date_end": start + term - relativedelta(days=1),
                "reference": self.reference,
                "instalment_ids": [
                    Command.create(instalment._prepare_renewal(term))
                    for instalment in self._get_valid_instalments()
                ],
            }
        )
        # which contract it renews nobody says but this step
        renewal.sudo().renewed_id = self.id
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return renewal._get_records_action()
