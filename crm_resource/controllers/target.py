from odoo import http
from odoo.http import content_disposition, request

from .import_template import XLSX


class Targets(http.Controller):
    @http.route(
        "/crm_resource/targets/<int:year>/<string:measure>", auth="user", readonly=True
    )
    def get_targets(self, year, measure):
        """Return a year of targets as a workbook."""
        content = request.env["crm.resource.target"]._get_workbook(year, measure)
        name = f"targets_{year}_{measure}.xlsx"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
