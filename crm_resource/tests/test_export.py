import io
import json

from openpyxl import load_workbook

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import new_user

TEXTS = ("=1+1", "@SUM(1)", "+1+1", "-1+1", "\t=1+1", "＝1+1", "http://a.example.com")


@tagged("post_install", "-at_install")
class TestExport(HttpCase):
    """What strangers type by web forms does not run on the desk of who exports it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_manager,base.group_allow_export"
        user = new_user(cls.env, "exporter", groups)
        user.password = "exporter-exporter"
        cls.leads = cls.env["crm.lead"].create(
            [{"name": text, "city": "Ghent", "user_id": user.id} for text in TEXTS]
        )

    def _export(self, kind, **values):
        self.authenticate("exporter", "exporter-exporter")
        data = {
            "model": "crm.lead",
            "fields": [{"name": "name", "label": "=1+1", "type": "char"}],
            "ids": self.leads.ids,
            "domain": [],
            "groupby": [],
            "import_compat": False,
            **values,
        }
        answer = self.url_open(
            f"/web/export/{kind}",
            data={"data": json.dumps(data), "csrf_token": Request.csrf_token(self)},
        )
        answer.raise_for_status()
        return answer.content

    def _get_cells(self, content):
        sheet = load_workbook(io.BytesIO(content)).active
        return [cell for row in sheet.iter_rows() for cell in row if cell.value]

    def test_workbook(self):
        cells = self._get_cells(self._export("xlsx"))
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        self.assertEqual({*TEXTS, "=1+1"}, {cell.value for cell in cells})
        self.assertFalse(any(cell.hyperlink for cell in cells))

    def test_workbook_in_groups(self):
        domain = [("id", "in", self.leads.ids)]
        content = self._export("xlsx", ids=False, groupby=["city"], domain=domain)
        cells = self._get_cells(content)
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        self.assertLessEqual({*TEXTS}, {cell.value for cell in cells})

    def test_text(self):
        lines = self._export("csv").decode().replace("\r\n", "\n")
        for text in TEXTS[:-1]:
            self.assertIn(f'"\'{text}"', lines)
