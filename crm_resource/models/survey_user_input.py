from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize


class SurveyUserInput(models.Model):
    """What customers answered is kept with them."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        """Answers land on the customer, whoever answered: the page shows nothing of
        it."""
        result = super()._mark_done()
        # participants need not log in, and are shown nothing of what is kept
        self.sudo().filtered(lambda one: not one.test_entry)._land()
        return result

    def _land(self):
        """Keep the answers of customers."""
        self.env["crm.resource.survey.answer"]._keep(self)

    def unlink(self):
        """What is removed says nothing of the customer any more."""
        # whoever removes answers need not reach the customers
        answers = self.env["crm.resource.survey.answer"].sudo()
        customers = answers.search([("input_id", "in", self.ids)]).customer_id
        result = super().unlink()
        answers.invalidate_model()
        # nor what is left of their satisfaction
        self.env["crm.resource.satisfaction"].sudo()._refresh(customers)
        return result

    def _anonymise(self):
        """Remove who answered, and what was typed."""
        self.write({"email": False, "nickname": False})
        self.user_input_line_ids.filtered(
            lambda line: line.answer_type in ("char_box", "text_box")
        ).write(
            {
                "answer_type": False,
                "skipped": True,
                "value_char_box": False,
                "value_text_box": False,
            }
        )

    def _get_crm_line(self):
        return self.env["crm.resource.survey.line"].search(
            [("input_id", "=", self.id)], limit=1
        )

    def _get_crm_partner(self, line):
        """Return who answered and how he was recognised: nobody, unless he is or
        belongs to exactly one customer.

        :param line: the `crm.resource.survey.line` by which he was asked
        """
        if line:
            return line.partner_id, "invited"
        if self.partner_id:
            partner = self.partner_id
            return partner.commercial_partner_id.customer_state and partner, "known"
        email = email_normalize(self.email)
        partner = email and self._get_only_customer([("email_normalized", "=", email)])
        if not partner:
            partner = self._get_customer_by_phone()
        return partner, "address"

    def _get_customer_by_phone(self):
        answer = self.user_input_line_ids.filtered(
            lambda one: one.question_id.crm_role == "phone" and one.value_char_box
        )[:1]
        number = answer and self._phone_format(number=answer.value_char_box)
        return number and self._get_only_customer(
            Domain("phone_sanitized", "=", number)
            | Domain("crm_mobile_sanitized", "=", number)
        )

    def _get_only_customer(self, domain):
        """Return the contact with an address if it is that of one customer only."""
        found = self.env["res.partner"].search(
            Domain(domain)
            & Domain("partner_share", "=", True)
            & Domain("commercial_partner_id.customer_state", "!=", False)
        )
        if len(found.commercial_partner_id) != 1:
            return found.browse()
        return found.filtered(lambda one: one == one.commercial_partner_id) or found[0]
