import secrets

from odoo.http import Controller, Response, request, route

from ..web_address import get_origin

# a form of twenty long texts has less
BODY_SIZE = 64 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex",
}


class WebForm(Controller):
    """What visitors of the company's site see and send."""

    # no CSRF token: the form stands on other sites and acts for nobody, as no session
    # is looked at; who may post is asked by origin
    @route(
        "/crm_resource/form/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
        max_content_length=BODY_SIZE,
    )
    def form(self, token, **_params):
        """Show a form, or keep what was posted by it."""
        form = self._get_form(token)
        if not form:
            return self._respond_missing()
        if request.httprequest.method == "POST":
            return self._post(form)
        if request.httprequest.method == "OPTIONS":
            return self._respond(form, "", 204)
        return self._show(form)

    @route(
        "/crm_resource/form/<string:token>/stamp",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
        sitemap=False,
    )
    def stamp(self, token, **_params):
        """Return the sign of when a form was opened, for plain HTML."""
        form = self._get_form(token)
        if not form:
            return self._respond_missing()
        return self._respond(form, form._get_stamp(), mimetype="text/plain")

    def _get_form(self, token):
        # visitors have no rights: whoever knows the token sees the form, and nothing is
        # read of it but what is on the page
        form = request.env["crm.resource.web.form"].sudo()._find(token)
        return form.with_context(lang=form.lang).with_company(form.company_id)

    def _get_origin(self):
        """Return from which site the request comes, "" from none that can be named,
        None if the browser does not say."""
        headers = request.httprequest.headers
        url = headers.get("Origin") or headers.get("Referer")
        return url and (get_origin(url) or "")

    def _show(self, form):
        nonce = secrets.token_urlsafe(16)
        html = form._render("web_form_page", stamp=form._get_stamp(), nonce=nonce)
        return self._respond(form, html, nonce=nonce)

    def _post(self, form):
        posted = request.httprequest
        if posted.files:
            answer = form._refuse_files()
        else:
            answer = form._accept(posted.form, self._get_origin(), posted.remote_addr)
        if answer.status == 200 and form.thanks_url:
            response = self._respond(form, "", 303)
            response.headers["Location"] = form.thanks_url
            return response
        nonce = secrets.token_urlsafe(16)
        html = form._render("web_form_message", answer=answer, nonce=nonce)
        response = self._respond(form, html, answer.status, nonce=nonce)
        if answer.wait:
            response.headers["Retry-After"] = str(answer.wait)
        return response

    def _respond(self, form, text, status=200, mimetype="text/html", nonce=""):
        origins = sorted(form._get_origins())
        headers = {
            **HEADERS,
            "Content-Type": f"{mimetype}; charset=utf-8",
            "Content-Security-Policy": self._get_policy(form, origins, nonce),
            "Vary": "Origin",
        }
        if nonce:
            text = f"<!DOCTYPE html>\n{text}"
        origin = request.httprequest.headers.get("Origin")
        if origin in origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Allow-Methods"] = "GET, POST"
        return Response(text, status=status, headers=headers)

    def _get_policy(self, form, origins, nonce):
        """Return what the page may load, and on which sites it may be shown."""
        sites = " ".join(["'self'", *origins])
        parts = [
            "default-src 'none'",
            "base-uri 'none'",
            # the thank-you page is on one of them
            f"form-action {sites}",
            f"frame-ancestors {sites}",
        ]
        if nonce:
            parts.append(f"style-src 'nonce-{nonce}'")
            parts.append(f"script-src 'nonce-{nonce}' 'strict-dynamic'")
        if form._get_captcha_key():
            parts.append("connect-src https://www.recaptcha.net")
            parts.append("frame-src https://www.recaptcha.net")
        return "; ".join(parts)

    def _respond_missing(self):
        """Say the same of forms that never were, and of those that are closed."""
        nonce = secrets.token_urlsafe(16)
        html = request.env["ir.qweb"]._render(
            "crm_resource.web_form_missing", {"nonce": nonce}
        )
        policy = (
            f"default-src 'none'; frame-ancestors 'none'; style-src 'nonce-{nonce}'"
        )
        return Response(
            html,
            status=404,
            headers={
                **HEADERS,
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": policy,
            },
        )
