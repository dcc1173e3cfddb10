from odoo import models

from .capital_numerals import capital_amount


class CrmResourceContract(models.Model):
    """The contract on paper, in the customer's language."""

    _inherit = "crm.resource.contract"

    def _get_document_lang(self):
        return self.partner_id.lang or self.env.lang

    def _get_amount_in_words(self):
        """Return the total in words: in Chinese in capital numerals."""
        lang = self.env.context.get("lang") or self.env.lang or ""
        if not lang.startswith("zh"):
            return self.currency_id.amount_to_text(self.amount_total)
        name = "人民币" if self.currency_id.name == "CNY" else self.currency_id.name
        words = capital_amount(self.amount_total, self.currency_id.decimal_places)
        return f"{name}{words}"

    def _render_document(self):
        """Return the contract as HTML, without letter head, in the customer's
        language."""
        contract = self.with_context(lang=self._get_document_lang())
        return self.env["ir.qweb"]._render(
            "crm_resource.contract_content",
            {"contract": contract},
            lang=self._get_document_lang(),
        )
