from odoo import api, models
from odoo.tools import email_normalize, parse_contact_from_email


class ResPartner(models.Model):
    """Mail that comes in for customers lands on their pages."""

    _inherit = "res.partner"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Post what a known sender writes on his customer's page; a stranger becomes a
        contact.

        :param dict msg_dict: the mail as the ERP's mail gateway reads it
        :param dict custom_values: of a new contact
        :return: `res.partner` record
        """
        # calls from outside would learn whose addresses are known
        if not self.env.su:
            return super().message_new(msg_dict, custom_values)
        customer = self._find_customer_by_sender(msg_dict.get("email_from"))
        if customer:
            return customer
        name, _email = parse_contact_from_email(msg_dict.get("email_from") or "")
        values = {"name": name} if name else {}
        return super().message_new(msg_dict, {**values, **(custom_values or {})})

    def _find_customer_by_sender(self, sender):
        """Return the customer to whom the owner of an address belongs; of several, who
        bought or was contacted last."""
        address = email_normalize(sender or "")
        if not address:
            return self.browse()
        senders = self.search([("email_normalized", "=", address)])
        customers = senders.commercial_partner_id.filtered("customer_state")
        return customers.sorted(
            lambda customer: (
                str(customer.date_last_purchase or ""),
                str(customer.date_last_contact or ""),
                -customer.id,
            )
        )[-1:]
