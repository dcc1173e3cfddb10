from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest

from odoo import models
from odoo.http import request

PATH = "/crm_resource/form/"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Refuse posts to web forms that are no text: the parser would replace, or
        keep encoded, what it cannot read."""
        super()._pre_dispatch(rule, args)
        posted = request.httprequest
        if not posted.path.startswith(PATH) or posted.method != "POST":
            return
        if posted.mimetype != "application/x-www-form-urlencoded":
            return
        # kept, and within the limit of the route
        try:
            unquote_to_bytes(posted.get_data().replace(b"+", b" ")).decode()
        except UnicodeDecodeError:
            raise BadRequest from None
