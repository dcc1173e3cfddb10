from odoo import api, fields, models
from odoo.exceptions import UserError

GATE = [("none", "Do nothing"), ("warn", "Warn"), ("block", "Refuse")]


class CrmResourceGateMixin(models.AbstractModel):
    """A document that takes effect only for customers who are approved.

    Whatever leads to it (button, import, call from outside, signature or payment in the
    portal, a job) writes the state, and that is where the gate is.
    """

    _name = "crm.resource.gate.mixin"
    _description = "Document Behind a Gate"

    # the state in which the document has taken effect, the company's setting about it
    _gate_state = None
    _gate_setting = None
    # what decides whether it is shut: written before the state is looked at
    _gate_fields = frozenset({"company_id", "partner_id"})

    gate_message = fields.Char(
        compute="_compute_gate_message", groups="base.group_user"
    )

    @api.depends("state", "company_id", "partner_id")
    def _compute_gate_message(self):
        for document in self:
            document.gate_message = (
                document._is_before_gate() and document._get_gate_message()
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse documents that would take effect at once, if the gate is shut."""
        documents = super().create(vals_list)
        documents.filtered(lambda d: d.state == self._gate_state)._pass_gate()
        return documents

    def write(self, vals):
        """Refuse what would let documents take effect while the gate is shut."""
        if vals.get("state") == self._gate_state:
            content = {name: vals[name] for name in self._gate_fields & vals.keys()}
            if content:
                self.write(content)
                vals = {name: vals[name] for name in vals.keys() - content.keys()}
            self.filtered(lambda d: d.state != self._gate_state)._pass_gate()
        if self._gate_fields.isdisjoint(vals):
            return super().write(vals)
        behind = self.filtered(lambda d: d.state == self._gate_state)
        before = {document: document._get_customer_refusal() for document in behind}
        result = super().write(vals)
        behind._check_customers(before)
        return result

    def _is_before_gate(self):
        """Return whether the document has yet to take effect."""
        return self.state != self._gate_state

    def _get_gate_message(self):
        """Return why the customer is not to be dealt with, False if he is."""
        if self.company_id[self._gate_setting] == "none":
            return False
        for customer in self._get_gate_partners().commercial_partner_id:
            message = customer._get_gate_message()
            if message:
                return message
        return False

    def _get_gate_partners(self):
        """Return the contacts who must be approved."""
        # whether they are is no secret of those who have the document
        return self.sudo().partner_id

    def _get_refusal(self):
        """Return why the document may not take effect, False if it may."""
        return self._get_customer_refusal()

    def _get_customer_refusal(self):
        is_blocked = self.company_id[self._gate_setting] == "block"
        return is_blocked and self._get_gate_message()

    def _check_customers(self, before):
        """Documents that took effect do not pass to customers who are not approved.

        :param dict before: why they would have been refused, by document
        :raise UserError: if one would be for another reason
        """
        for document in self:
            refusal = document._get_customer_refusal()
            if refusal and refusal != before[document]:
                raise UserError(refusal)

    def _is_gate_shut(self):
        """Return whether the document would be refused."""
        return bool(self._get_refusal())

    def _pass_gate(self):
        """Refuse documents of customers who are not approved, or take note of them, as
        the company wants it.

        :raise UserError: if one is refused
        """
        for document in self:
            refusal = document._get_refusal()
            if refusal:
                raise UserError(refusal)
            warning = document._get_gate_message()
            if warning:
                document.message_post(body=warning)
