from odoo.tests import tagged

from .common import CrmResourceCommon


@tagged("post_install", "-at_install")
class TestResPartnerSearch(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamps = cls._make_customer(
            "上海明亮灯具有限公司",
            customer_code="ZX0815",
            phone="+86 21 5555 0101",
            email="office@bright.example",
        )
        cls.tea = cls._make_customer("Green Tea & 100% Sons", vat="CN12345")
        cls.buyer = cls.env["res.partner"].create(
            {"name": "王小明", "parent_id": cls.lamps.id}
        )

    def _find(self, text, field="customer_search"):
        return self.env["res.partner"].search(
            [(field, "ilike", text), ("customer_state", "!=", False)]
        )

    def test_name_code_phone_mail_and_tax_id(self):
        for text in (
            "明亮",
            "上海明亮灯具有限公司",
            "亮",
            "zx08",
            "5555 0",
            "BRIGHT.ex",
        ):
            self.assertEqual(self._find(text), self.lamps, text)
        for text in ("tea", "en Te", "cn1234"):
            self.assertEqual(self._find(text), self.tea, text)

    def test_letters_must_be_neighbours(self):
        self.assertFalse(self._find("明灯"))

    def test_chinese_and_latin_in_one_search(self):
        mixed = self._make_customer("ABC 北京 Trading")
        self.assertEqual(self._find("abc 北"), mixed)
        self.assertFalse(self._find("北京 abc"))

    def test_wildcards_are_letters(self):
        self.assertEqual(self._find("100%"), self.tea)
        self.assertFalse(self._find("1_0"))
        self.assertFalse(self._find("%明"))

    def test_quotes_and_backslashes(self):
        for text in ("'", '"', "\\", "a';--", "{}", "%s"):
            self.assertFalse(self._find(text), text)

    def test_not_containing(self):
        found = self.env["res.partner"].search(
            [("customer_search", "not ilike", "明亮"), ("customer_state", "!=", False)]
        )
        self.assertNotIn(self.lamps, found)
        self.assertIn(self.tea, found)

    def test_contact_person(self):
        self.assertEqual(self._find("小明", "contact_search"), self.lamps)
        self.assertFalse(self._find("灯具", "contact_search"))

    def test_searches_use_the_indexes(self):
        """Whatever the size of the table: no search reads all of it."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for text in ("明亮", "bright"):
            query = self.env["res.partner"]._search(
                [("customer_search", "ilike", text)]
            )
            self.env.cr.execute("EXPLAIN " + query.select().code, query.select().params)
            plan = "\n".join(row[0] for row in self.env.cr.fetchall())
            self.assertNotIn("Seq Scan on res_partner", plan)
            self.assertRegex(plan, "res_partner_complete_name_(tri|bi)gram_idx")
