from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

SCOPE = "crm_resource.unsubscribe"


class MailBlacklist(models.Model):
    """Links by which whoever got a mail unsubscribes."""

    _inherit = "mail.blacklist"

    @api.model
    def _get_unsubscribe_token(self, email, lang):
        """Return the token that lets its holder unsubscribe an address.

        :param str email: normalised
        :param str lang: code of the language in which he is asked
        """
        # signed by the secret of the database
        return hash_sign(self.sudo().env, SCOPE, [email, lang or ""])

    @api.model
    def _read_unsubscribe_token(self, token):
        """Return the address and the language of a token, None for both if it is none
        of ours."""
        try:
            # as above
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except ValueError:
            values = None
        email, lang = values or (None, None)
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return email, lang if lang in installed else None

    @api.model
    def _unsubscribe(self, email):
        self._add(
            email,
            message=self.env._("Unsubscribed by the link in a greeting or promotion."),
        )
