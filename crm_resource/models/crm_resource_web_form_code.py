from odoo import api, fields, models
from odoo.tools import str2bool

from ..web_address import get_origin, is_color


class CrmResourceWebForm(models.Model):
    """How a form looks, and what is pasted into the site."""

    _inherit = "crm.resource.web.form"

    url = fields.Char(string="Address", compute="_compute_codes")
    code_html = fields.Text(string="Plain HTML", compute="_compute_codes")
    code_frame = fields.Text(string="Frame", compute="_compute_codes")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("token", "field_ids", "consent_text", "lang", "is_captcha", "name")
    @api.depends(
        "intro", "button", "field_ids.label", "field_ids.type", "field_ids.is_required"
    )
    @api.depends("field_ids.choices", "field_ids.product_ids", "field_ids.max_length")
    def _compute_codes(self):
        for form in self:
            form.url = form.token and f"{form.get_base_url()}{form._get_path()}"
            form.code_html = form.token and form._render_code("web_form_code")
            form.code_frame = form.token and form._render_code("web_form_frame")

    @api.depends("code_html", "color", "background")
    def _compute_preview(self):
        for form in self:
            form.preview = form._render("web_form_preview")

    def _get_path(self):
        return f"/crm_resource/form/{self.token}"

    def _get_own_origin(self):
        """Return our own site, as browsers name it."""
        return get_origin(self.get_base_url())

    def _render(self, template, **values):
        """Return a template of the form, in its language."""
        form = self.with_context(lang=self.lang)
        return form.env["ir.qweb"]._render(
            f"crm_resource.{template}",
            {
                "form": form,
                "url": f"{form.get_base_url()}{form._get_path()}",
                "html_lang": (form.lang or "en_US").replace("_", "-"),
                "color": form.color if is_color(form.color) else "#714b67",
                "background": form.background
                if is_color(form.background)
                else "#ffffff",
                "captcha_key": form._get_captcha_key(),
                "stamp": "",
                "nonce": "",
                **values,
            },
        )

    def _render_code(self, template):
        """Return what is pasted into the site, without the indents of our template."""
        lines = self._render(template).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    def _get_captcha_key(self):
        """Return the public key of the ERP's captcha, if it is installed, set up and
        asked for."""
        if not self.is_captcha or not hasattr(
            self.env["ir.http"], "_verify_recaptcha_token"
        ):
            return ""
        # of settings only what the page shows to everybody
        settings = self.env["ir.config_parameter"].sudo()
        if not str2bool(settings.get_param("enable_recaptcha", "True")):
            return ""
        return settings.get_param("recaptcha_public_key") or ""
