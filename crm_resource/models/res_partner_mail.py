from odoo import api, models
from odoo.tools import email_normalize, parse_contact_from_email


class ResPartner(models.Model):
    """Mail that comes in for customers lands on their pages."""

    _inherit = "res.partner"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Post what a known sender writes on his customer's page, or on his own if he
        belongs to none; a stranger becomes a contact.

        The sender is what the mail says: whether he may say so, the mail server checks
        before. Nothing is answered, and only who reaches the customer reads it.

        :param dict msg_dict: the mail as the ERP's mail gateway reads it
        :param dict custom_values: of a new contact
        :return: `res.partner` record
        """
        # calls from outside would learn whose addresses are known
        if not self.env.su:
            return super().message_new(msg_dict, custom_values)
        known = self._find_by_sender(msg_dict.get("email_from"))
        if known:
            return known
        name, _email = parse_contact_from_email(msg_dict.get("email_from") or "")
        values = {"name": name} if name else {}
        return super().message_new(msg_dict, {**values, **(custom_values or {})})

    def _find_by_sender(self, sender):
        """Return the customer to whom the owner of an address belongs, else the contact
        who has it; of several, who bought or was contacted last.

        Archived ones come last, but they come: nobody is entered with every mail anew.
        """
        address = email_normalize(sender or "")
        if not address:
            return self.browse()
        senders = self.with_context(active_test=False).search(
            [("email_normalized", "=", address)]
        )
        pages = self.union(
            *(
                contact.commercial_partner_id
                if contact.commercial_partner_id.customer_state
                else contact
                for contact in senders
            )
        )
        return pages.sorted(
            lambda page: (
                page.active,
                bool(page.customer_state),
                str(page.date_last_purchase or ""),
                str(page.date_last_contact or ""),
                -page.id,
            )
        )[-1:]
