import math
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..web_address import is_site

TYPES = [
    ("text", "Text"),
    ("long", "Long text"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("number", "Number"),
    ("date", "Date"),
    ("choice", "Choice"),
    ("product", "Product"),
]
# what a field may fill of a lead or customer, and of which type it must be for that;
# everything else stays in the note
TARGETS = [
    ("subject", "Subject"),
    ("contact_name", "Name of the person"),
    ("partner_name", "Name of the firm"),
    ("function", "Job Position"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("street", "Street"),
    ("zip", "Postcode"),
    ("city", "City"),
    ("website", "Website"),
]
TARGET_TYPES = {"email": "email", "phone": "phone"}
LONGEST = {"text": 200, "long": 5000, "email": 200, "phone": 40, "number": 30}
# what a text must not hold, but for line breaks and tabs
CONTROLS = {*map(chr, range(32)), "\x7f"} - {"\n", "\t"}


class CrmResourceWebFormField(models.Model):
    _name = "crm.resource.web.form.field"
    _description = "Field of a Web Form"
    _inherit = "crm.resource.web.cached.mixin"
    _order = "form_id, sequence, id"
    _rec_name = "label"

    form_id = fields.Many2one(
        "crm.resource.web.form", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    label = fields.Char(required=True, help="In the language of the form.")
    type = fields.Selection(TYPES, default="text", required=True)
    target = fields.Selection(
        TARGETS, string="Fills", help="Empty: the answer stands in the note."
    )
    is_required = fields.Boolean(string="Required")
    max_length = fields.Integer(
        string="Longest", help="Characters. 0: what is usual for the type."
    )
    choices = fields.Text(help="One a line.")
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        domain=[("sale_ok", "=", True)],
        help="Among which visitors choose; everybody reads their names.",
    )

    _target_unique = models.UniqueIndex(
        "(form_id, target) WHERE target IS NOT NULL",
        "Two fields of the form fill the same: choose another one.",
    )
    _check_length = models.Constraint(
        "CHECK(max_length >= 0 AND max_length <= 5000)",
        "An answer has at most 5000 characters: enter fewer.",
    )

    @api.constrains("type", "target", "choices", "product_ids")
    def _check_type(self):
        for field in self:
            wanted = TARGET_TYPES.get(field.target, field.type)
            if field.target and wanted != field.type:
                raise ValidationError(
                    self.env._(
                        "“%(label)s” fills something that needs another type: choose "
                        "E-mail for e-mail addresses, Phone for numbers.",
                        label=field.label,
                    )
                )
            if field.type == "choice" and not field._get_choices():
                raise ValidationError(
                    self.env._(
                        "“%(label)s” offers no choice: enter one a line.",
                        label=field.label,
                    )
                )
            if field.type == "product" and not field.product_ids:
                raise ValidationError(
                    self.env._(
                        "“%(label)s” offers no products: choose some.",
                        label=field.label,
                    )
                )

    def _get_name(self):
        """Return the name under which the answer is posted."""
        return f"f{self._origin.id or 0}"

    def _get_choices(self):
        lines = (self.choices or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def _get_options(self):
        """Return what visitors choose among: tuples of value and text."""
        if self.type == "product":
            # whoever made the form shows their names to everybody
            products = self.sudo().product_ids
            return [(str(product.id), product.display_name) for product in products]
        return [(choice, choice) for choice in self._get_choices()]

    def _get_max_length(self):
        usual = LONGEST.get(self.type, LONGEST["text"])
        return min(self.max_length or usual, LONGEST["long"])

    def _read_answer(self, text):
        """Return an answer as it is kept, empty if there is none.

        :raise ValidationError: if it is not what the field asks for
        """
        self.ensure_one()
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not text:
            if self.is_required:
                raise self._get_error(self.env._("“%(label)s” is missing: fill it in."))
            return ""
        if len(text) > self._get_max_length():
            raise self._get_error(
                self.env._("“%(label)s” is too long: at most %(most)s characters."),
                most=self._get_max_length(),
            )
        is_line = self.type != "long"
        if CONTROLS & set(text) or "\ufffd" in text or is_line and "\n" in text:
            raise self._get_error(
                self.env._("“%(label)s” has characters that cannot be read.")
            )
        if self.target == "website" and not is_site(text):
            raise self._get_error(self.env._("“%(label)s” is no address of a site."))
        return getattr(self, f"_read_{self.type}", lambda text: text)(text)

    def _prepare_answer(self, text):
        """Return an answer with what is needed to read it without its field."""
        shown = text
        if self.type == "product":
            shown = dict(self._get_options())[text]
        return {
            "field": self.id,
            "label": self.label,
            "type": self.type,
            "target": self.target,
            "value": text,
            "text": shown,
        }

    def _get_error(self, text, **values):
        return ValidationError(text % {"label": self.label, **values})

    def _read_email(self, text):
        if not email_normalize(text):
            raise self._get_error(self.env._("“%(label)s” is no e-mail address."))
        return text

    def _read_phone(self, text):
        if sum(char.isdigit() for char in text) < 5 or set(text) - {
            *"+-()./ 0123456789"
        }:
            raise self._get_error(self.env._("“%(label)s” is no phone number."))
        return text

    def _read_number(self, text):
        try:
            is_number = math.isfinite(float(text)) and text.isascii()
        except ValueError:
            is_number = False
        if not is_number:
            raise self._get_error(self.env._("“%(label)s” is no number."))
        return text

    def _read_date(self, text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise self._get_error(
                self.env._("“%(label)s” is no date: write it as 2026-03-31.")
            ) from None

    def _read_choice(self, text):
        if text not in dict(self._get_options()):
            raise self._get_error(self.env._("“%(label)s” is not among the choices."))
        return text

    def _read_product(self, text):
        return self._read_choice(text)
