from odoo.http import Controller, Response, request, route


class Unsubscribe(Controller):
    """Whoever is greeted by mail can say that he does not want it."""

    @route(
        "/crm_resource/unsubscribe/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
    )
    def unsubscribe(self, token, **_post):
        """Ask whether to unsubscribe; only the answer does it, as scanners of mails
        follow every link."""
        # whoever has the token may do what it was signed for, and nothing else
        blacklist = request.env["mail.blacklist"].sudo()
        email, lang = blacklist._read_unsubscribe_token(token)
        if lang:
            request.update_context(lang=lang)
        is_done = bool(email) and request.httprequest.method == "POST"
        if is_done:
            blacklist._unsubscribe(email)
        response = request.render(
            "crm_resource.care_unsubscribe_page",
            {"email": email, "is_done": is_done, "token": token},
        )
        response.status_code = 200 if email else 404
        return response

    # the mail program that asks has no session of ours
    @route(
        "/crm_resource/unsubscribe_oneclick/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        sitemap=False,
    )
    def unsubscribe_oneclick(self, token, **_post):
        """Unsubscribe at the button of the mail program (RFC 8058)."""
        blacklist = request.env["mail.blacklist"].sudo()  # as above
        email, _lang = blacklist._read_unsubscribe_token(token)
        if not email:
            return Response(status=404)
        blacklist._unsubscribe(email)
        return Response(status=200)
