from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportTemplate(http.Controller):
    @http.route(
        "/crm_resource/import_template/<string:name>", auth="user", readonly=True
    )
    def get_import_template(self, name):
        """Return a file to fill and import, in the language of the user."""
        templates = request.env["crm.resource.import.template"]
        if name not in templates._get_samples():
            raise request.not_found()
        return request.make_response(
            templates._get_content(name),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ],
        )
