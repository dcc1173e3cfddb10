from odoo import Command
from odoo.tests import HttpCase

from .common import new_users

SITE = "https://www.example.com"
FIELDS = (
    ("firm", {"label": "Firm", "target": "partner_name"}),
    ("person", {"label": "Name", "target": "contact_name", "is_required": True}),
    ("email", {"label": "E-mail", "type": "email", "target": "email"}),
    ("phone", {"label": "Phone", "type": "phone", "target": "phone"}),
    ("text", {"label": "Wish", "type": "long", "max_length": 100}),
)


class WebFormMixin:
    """Forms, and what visitors post by them."""

    @classmethod
    def _make_form(cls, **values):
        return cls.env["crm.resource.web.form"].create(
            {
                "name": "Contact",
                "lang": "en_US",
                "origins": SITE,
                "min_seconds": 0,
                "address_limit": 1000,
                "field_ids": [
                    Command.create({"sequence": number, **field})
                    for number, (_name, field) in enumerate(FIELDS)
                ],
                **values,
            }
        )

    def _get_post(self, form, **answers):
        """Return what a browser posts.

        :param answers: texts by the names in FIELDS, or by names of parameters
        """
        names = {
            name: field._get_name()
            for (name, _values), field in zip(FIELDS, form.field_ids, strict=False)
        }
        answers = {"person": "Ann", "email": "ann@example.com", **answers}
        return {names.get(name, name): text for name, text in answers.items()}

    def _get_submissions(self, form):
        return self.env["crm.resource.web.submission"].search(
            [("form_id", "=", form.id)], order="id"
        )

    @classmethod
    def _submit(cls, form, **answers):
        """Keep what somebody posted, without a browser."""
        values = {"person": "Ann", "email": "ann@example.com", **answers}
        fields = dict(zip(dict(FIELDS), form.field_ids, strict=False))
        return cls.env["crm.resource.web.submission"].create(
            {
                "form_id": form.id,
                "company_id": form.company_id.id,
                "date": form.company_id._get_today(),
                "label": values.get("firm") or values["person"],
                "email": values.get("email"),
                "phone": values.get("phone"),
                "answers": [
                    {
                        "field": fields[name].id,
                        "label": fields[name].label,
                        "type": fields[name].type,
                        "target": fields[name].target,
                        "value": text,
                        "text": text,
                    }
                    for name, text in values.items()
                    if text
                ],
            }
        )


class WebFormHttpCase(WebFormMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        cls.staff, cls.person = new_users(
            cls.env,
            {
                "web_staff": "crm_resource.group_reviewer",
                "web_sales": "sales_team.group_sale_salesman",
            },
        )
        cls.form = cls._make_form(user_id=cls.staff.id)
        cls.url = cls.form._get_path()

    def _post(self, data=None, form=None, headers=None, **answers):
        form = form or self.form
        return self.url_open(
            form._get_path(),
            data=self._get_post(form, **answers) if data is None else data,
            headers=headers,
            allow_redirects=False,
        )

    def _check_refused(self, answer, status):
        """Check that a post was refused in words, and left nothing."""
        self.assertEqual(answer.status_code, status)
        self.assertNotIn("Traceback", answer.text)
        self.assertFalse(self._get_submissions(self.form))
