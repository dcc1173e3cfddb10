from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import CrmResourceCommon, new_user

OPTIONS = {
    "has_headers": True,
    "quoting": '"',
    "separator": ",",
    "sheet": "",
    "date_format": "",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "advanced": False,
}
# who loads what: a reviewer all, but for what market staff do not enter
CONTEXTS = {
    "customers": {"default_customer_state": "new", "default_is_company": True},
    "contacts": {"crm_resource_contacts": True},
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tagged("post_install", "-at_install")
class TestCrmResourceImportTemplate(CrmResourceCommon):
    """What companies fill and import can be imported as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        modules = cls.env["ir.module.module"].search(
            [("name", "in", ["base_import", "crm_resource"])]
        )
        modules._update_translations(filter_lang=["zh_CN"])
        cls.templates = cls.env["crm.resource.import.template"].with_user(cls.reviewer)

    def _import(self, name, lang):
        """Return the records that the file brings in."""
        templates = self.templates.with_context(lang=lang)
        sample = templates._get_samples()[name]
        reader = (
            self.env["base_import.import"]
            .with_user(self.reviewer)
            .with_context(lang=lang, **CONTEXTS.get(name, {}))
            .create(
                {
                    "res_model": sample.model,
                    "file": templates._get_content(name),
                    "file_name": f"{name}.xlsx",
                    "file_type": XLSX,
                }
            )
        )
        options = dict(OPTIONS)
        preview = reader.parse_preview(options)
        self.assertNotIn("error", preview)
        found = [
            "/".join(preview["matches"].get(place, []))
            for place in range(len(preview["headers"]))
        ]
        self.assertEqual(found, list(sample.columns))
        result = reader.execute_import(found, preview["headers"], preview["options"])
        self.assertFalse(result["messages"])
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env[sample.model].browse(result["ids"])

    def test_every_file_is_imported_and_a_second_time_updates(self):
        for lang in ("en_US", "zh_CN"):
            for name, sample in self.templates._get_samples().items():
                with self.subTest(name, lang=lang):
                    rows = sample.english if lang == "en_US" else sample.chinese
                    first = self._import(name, lang)
                    self.assertEqual(len(first), len([r for r in rows if r[0]]))
                    lines = self._get_lines(first, sample)
                    count = self.env[sample.model].search_count([])
                    self.assertEqual(self._import(name, lang), first)
                    self.assertEqual(self.env[sample.model].search_count([]), count)
                    self.env.invalidate_all()
                    self.assertEqual(self._get_lines(first, sample), lines)

    def _get_lines(self, records, sample):
        names = {name.split("/")[0] for name in sample.columns if "/" in name}
        return {
            name: records.mapped(name)
            for name in names
            if records._fields[name].type == "one2many"
        }

    def test_what_is_in_the_files_arrives(self):
        customers = self._import("customers", "zh_CN")
        self.assertRecordValues(
            customers[0],
            [
                {
                    "name": "上海恒达贸易有限公司",
                    "customer_state": "new",
                    "customer_code": "K-2001",
                    "country_id": self.env.ref("base.cn").id,
                    "industry_id": self.env.ref("base.res_partner_industry_G").id,
                    "customer_importance": "i",
                    "annual_purchasing_power": 1200000,
                }
            ],
        )
        company, person, alone = self._import("contacts", "zh_CN")
        self.assertEqual(company, customers[0])
        self.assertEqual(company.customer_state, "new")
        self.assertRecordValues(
            person | alone,
            [
                {
                    "parent_id": company.id,
                    "is_company": False,
                    "gender": "female",
                    "birthday": "1984-08-15 (lunar)",
                    "customer_state": False,
                },
                {
                    "parent_id": False,
                    "is_company": False,
                    "gender": "male",
                    "birthday": "11-03",
                    "customer_state": False,
                },
            ],
        )
        self.assertEqual(person.special_day_ids.name, "结婚纪念日")
        policy = self._import("levels", "en_US")
        self.assertEqual(policy.level_ids.mapped("limit_from"), [500000, 100000, 0])
        competitor = self._import("competitors", "en_US")
        self.assertEqual(
            competitor.product_ids.mapped("price"),
            [4200, 5100],
        )
        absences = self._import("absences", "en_US")
        self.assertEqual(absences.user_id, self.reviewer)

    def test_headers_are_in_the_language_of_the_reader(self):
        templates = self.templates.with_context(lang="zh_CN")
        sample = templates._get_samples()["competitors"]
        headers = dict(zip(sample.columns, templates._get_headers(sample), strict=True))
        self.assertEqual(
            headers["website"],
            self.env["crm.resource.competitor"]
            .with_context(lang="zh_CN")
            .fields_get(["website"])["website"]["string"],
        )
        self.assertNotEqual(headers["website"], "Website")
        self.assertIn(" / ", headers["product_ids/name"])

    def test_who_offers_a_file(self):
        for name, sample in self.templates._get_samples().items():
            model = self.env[sample.model].with_context(**CONTEXTS.get(name, {}))
            buttons = model.get_import_templates()
            with self.subTest(name):
                self.assertEqual(
                    [button["template"] for button in buttons],
                    [f"/crm_resource/import_template/{name}"],
                )
                self.assertTrue(buttons[0]["label"])
        self.assertFalse(self.env["crm.resource.pool"].get_import_templates())
        self.assertIn(
            "/base/", self.env["res.partner"].get_import_templates()[0]["template"]
        )

    def test_who_may_not_enter_gets_no_file(self):
        outsider = new_user(self.env, "template_outsider")
        with self.assertRaises(AccessError):
            self.templates.with_user(outsider)._get_content("levels")


@tagged("post_install", "-at_install")
class TestImportTemplateRoute(HttpCase):
    def test_the_file_is_served(self):
        self.authenticate("admin", "admin")
        answer = self.url_open("/crm_resource/import_template/customers")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], XLSX)
        self.assertTrue(answer.content.startswith(b"PK"))
        answer = self.url_open("/crm_resource/import_template/nothing")
        self.assertEqual(answer.status_code, 404)

    def test_strangers_have_to_log_in(self):
        answer = self.url_open("/crm_resource/import_template/customers")
        self.assertIn("/web/login", answer.url)
