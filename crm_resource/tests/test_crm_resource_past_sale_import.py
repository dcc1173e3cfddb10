import base64
import csv
import gzip
import io
import lzma
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY, CrmResourceCommon

HEADERS = (
    "Invoice No",
    "Invoice Date",
    "Customer ID",
    "Customer",
    "Stock Code",
    "Description",
    "Quantity",
    "Unit Price",
)
ROWS = [
    ["1", "2025-12-01", "A1", "Anna", "L1", "Desk lamp", "2", "10.005"],
    ["1", "2025-12-01", "A1", "Anna", "T1", "Table", "1", "99.90"],
    ["2", "2025-12-03", "B2", "Boris", "L1", "Desk lamp", "-1", "10.00"],
]
REAL_FILE = Path(__file__).parents[3] / "shared/data/online_retail.csv.xz"


def make_csv(rows, headers=HEADERS, delimiter=",", encoding="utf-8"):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([headers, *rows])
    return buffer.getvalue().encode(encoding)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class PastSaleCase(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Import = cls.env["crm.resource.past.sale.import"].with_user(cls.reviewer)

    def _upload(self, content, name="sales.csv", columns=None, **values):
        record = self.Import.create(
            {
                "file": base64.b64encode(content),
                "file_name": name,
                "source": "shop",
                **values,
            }
        )
        for column in record.column_ids:
            if column.name in (columns or {}):
                column.target = columns[column.name]
        return record

    def _import(self, rows, headers=HEADERS, **values):
        record = self._upload(make_csv(rows, headers), **values)
        record.action_check()
        if record.line_count:
            record.action_import()
        return record

    def _row(self, **values):
        """A sound row, with other values in some columns."""
        row = dict(zip(HEADERS, ROWS[0], strict=True))
        row.update({key.replace("_", " "): value for key, value in values.items()})
        return list(row.values())

    def _get_lines(self, record):
        return self.env["crm.resource.past.sale"].search(
            [("import_id", "=", record.id)], order="row_number"
        )

    def _get_refused(self, record):
        content = base64.b64decode(record.refused_file).decode("utf_8_sig")
        return list(csv.reader(io.StringIO(content)))


class TestFiles(PastSaleCase):
    def _check_content(self, content, name="sales.csv", **values):
        record = self._upload(content, name, **values)
        record.action_check()
        record.action_import()
        lines = self._get_lines(record)
        self.assertEqual(lines.mapped("amount"), [20.01, 99.9, -10.0])
        self.assertEqual(lines.partner_id.mapped("name"), ["Anna", "Boris"])
        self._undo = record
        return record

    def test_delimiters(self):
        for name, delimiter in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
            with self.subTest(name):
                record = self._check_content(make_csv(ROWS, delimiter=delimiter))
                self.assertEqual(record.delimiter, name)
                record.action_undo()

    def test_encodings(self):
        for encoding in ("utf_8_sig", "utf_16"):
            with self.subTest(encoding):
                record = self._check_content(make_csv(ROWS, encoding=encoding))
                self.assertEqual(record.encoding, encoding)
                record.action_undo()

    def test_chinese_file(self):
        headers = [
            "单号",
            "日期",
            "客户编号",
            "客户名称",
            "产品编码",
            "品名",
            "数量",
            "单价",
        ]
        rows = [["1", "2025年12月1日", "甲1", "上海公司", "灯1", "台灯", "2", "5"]]
        for encoding in ("gb18030", "utf-8"):
            with self.subTest(encoding):
                record = self._upload(make_csv(rows, headers, encoding=encoding))
                record.action_check()
                record.action_import()
                self.assertRecordValues(
                    self._get_lines(record),
                    [{"date": date(2025, 12, 1), "name": "台灯", "amount": 10}],
                )
                self.assertEqual(self._get_lines(record).partner_id.name, "上海公司")
                record.action_undo()

    def test_western_file(self):
        row = self._row(Customer="Société Générale")
        record = self._upload(make_csv([row], encoding="cp1252"))
        self.assertEqual(record.encoding, "cp1252")
        record.action_check()
        self.assertEqual(record.preview[0]["customer"], "Société Générale")

    def test_correct_the_encoding(self):
        record = self._upload(make_csv([self._row(Customer="Łódź")], encoding="utf-8"))
        record.encoding = "latin_1"
        record.action_read()
        record.action_check()
        self.assertNotEqual(record.preview[0]["customer"], "Łódź")
        record.encoding = "utf_8"
        record.action_check()
        self.assertEqual(record.preview[0]["customer"], "Łódź")

    def test_compressed(self):
        for compress in (gzip.compress, lzma.compress):
            record = self._check_content(compress(make_csv(ROWS)))
            record.action_undo()

    def test_xlsx(self):
        record = self._check_content(self._make_xlsx(), "sales.xlsx")
        self.assertFalse(record.encoding)

    def test_xlsx_brings_nothing_that_csv_brought(self):
        self._import(ROWS)
        record = self._upload(self._make_xlsx(), "sales.xlsx")
        record.action_check()
        self.assertEqual((record.known_count, record.line_count), (3, 0))

    def _make_xlsx(self):
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(HEADERS)
        for row in ROWS:
            day = date.fromisoformat(row[1])
            figures = [int(row[6]), float(row[7])]
            book.active.append([int(row[0]), day, *row[2:6], *figures])
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_xlsx_without_library(self):
        content = self._make_xlsx()
        with (
            patch.dict("sys.modules", {"openpyxl": None}),
            self.assertRaisesRegex(UserError, "openpyxl"),
        ):
            self._upload(content, "sales.xlsx")

    def test_unreadable(self):
        cases = {
            "empty": b"",
            "breaks off": lzma.compress(make_csv(ROWS * 1000))[:-40],
            "no XLSX file": b"PK\x03\x04 nothing",
            r"\.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        }
        for message, content in cases.items():
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._upload(content or b"\n", "sales.csv")

    def test_open_quotation_mark_names_the_row(self):
        content = make_csv(ROWS) + b'4,2025-12-01,"A1,Anna,L1,Lamp,1,1\n'
        with self.assertRaisesRegex(UserError, "Row 5|row 5"):
            self._upload(content)

    def test_wrong_encoding_names_the_row(self):
        record = self._upload(
            make_csv([*ROWS, self._row(Customer="é")], encoding="cp1252")
        )
        record.encoding = "utf_8"
        with self.assertRaisesRegex(UserError, "encoding"):
            record.action_check()

    def test_short_wide_and_empty_rows(self):
        rows = [ROWS[0], [], [""] * 8, ROWS[1][:6], [*ROWS[2], "", ""], [*ROWS[2], "x"]]
        record = self._import(rows)
        self.assertEqual(record.row_count, 4)
        self.assertEqual(record.line_count, 2)
        self.assertEqual(
            sorted(record.refusal_ids.mapped("code")), ["amount_missing", "cells"]
        )
        self.assertEqual(
            record.refusal_ids.filtered(lambda r: r.code == "cells").first_rows, "7"
        )
        refused = self._get_refused(record)
        self.assertEqual(refused[2][:9], [*ROWS[2], "x"])


class TestColumns(PastSaleCase):
    def test_guess(self):
        headers = "InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice"
        headers = [*headers.split(), "CustomerID", "Country", "Colour"]
        record = self._upload(make_csv([], headers))
        self.assertEqual(
            record.column_ids.mapped("target"),
            [
                "document",
                "product_code",
                "name",
                "quantity",
                "date",
                "price_unit",
                "customer_code",
                "country",
                False,
            ],
        )

    def test_needed_columns(self):
        for headers in (["Date", "Amount"], ["Invoice", "Date", "Quantity"]):
            record = self._upload(make_csv([], headers))
            with self.assertRaisesRegex(UserError, "Say which columns"):
                record.action_check()

    def test_two_columns_for_the_same(self):
        record = self._upload(make_csv(ROWS), columns={"Customer": "customer_code"})
        with self.assertRaisesRegex(UserError, "Two columns"):
            record.action_check()

    def test_map_on_screen(self):
        record = self._upload(make_csv([["1", "2025-01-01", "5"]], ["a", "b", "c"]))
        with Form(record) as form:
            for place, target in enumerate(("document", "date", "amount")):
                with form.column_ids.edit(place) as column:
                    column.target = target
        record.action_check()
        self.assertEqual(record.amounts, {str(self.currency.id): "5"})

    def test_dates(self):
        cases = {
            "2025-12-01": date(2025, 12, 1),
            "2025-12-01 08:26:00": date(2025, 12, 1),
            "2025-12-01T08:26:00Z": date(2025, 12, 1),
            "2025/1/2": date(2025, 1, 2),
            "20251201": date(2025, 12, 1),
            "45992": date(2025, 12, 1),
            "45992.35": date(2025, 12, 1),
            "1/12/2025": date(2025, 12, 1),
            "1.12.2025 8:26": date(2025, 12, 1),
            "01-12-25": date(2025, 12, 1),
            "29/02/2024": date(2024, 2, 29),
        }
        rows = [self._row(Invoice_Date=text) for text in cases]
        record = self._import(rows, columns={})
        self.assertEqual(record.date_order, "dmy")
        self.assertEqual(self._get_lines(record).mapped("date"), [*cases.values()])

    def test_month_first(self):
        rows = [self._row(Invoice_Date=day) for day in ("1/12/2025", "12/31/2025")]
        record = self._import(rows)
        self.assertEqual(record.date_order, "mdy")
        self.assertEqual(
            self._get_lines(record).mapped("date"),
            [date(2025, 1, 12), date(2025, 12, 31)],
        )

    def test_decimal_comma(self):
        rows = [self._row(Quantity="1.000", Unit_Price="2,55")]
        record = self._import(rows)
        self.assertTrue(record.use_decimal_comma)
        self.assertEqual(self._get_lines(record).amount, 2550)

    def test_numbers(self):
        cases = {"1,234.5": 1234.5, "1 234": 1234, "+7": 7, "1.5E+2": 150, ".5": 0.5}
        rows = [self._row(Quantity="1", Unit_Price=text) for text in cases]
        record = self._import(rows)
        self.assertEqual(self._get_lines(record).mapped("amount"), [*cases.values()])

    def test_codes_written_as_decimals(self):
        record = self._import([self._row(Invoice_No="7.0", Customer_ID="17850.0")])
        self.assertRecordValues(self._get_lines(record), [{"document": "7"}])
        self.assertEqual(self._get_lines(record).partner_id.customer_code, "17850")

    def test_amount_goes_before_price(self):
        record = self._import([[*ROWS[0], "3"]], [*HEADERS, "Amount"])
        self.assertRecordValues(
            self._get_lines(record),
            [{"amount": 3, "quantity": 2, "price_unit": 10.005}],
        )


class TestLines(PastSaleCase):
    def test_lines(self):
        record = self._import(ROWS)
        self.assertRecordValues(
            self._get_lines(record),
            [
                {"document": "1", "quantity": 2, "amount": 20.01, "name": "Desk lamp"},
                {"document": "1", "quantity": 1, "amount": 99.90, "name": "Table"},
                {"document": "2", "quantity": -1, "amount": -10, "name": "Desk lamp"},
            ],
        )
        self.assertEqual(record.state, "done")
        self.assertEqual(record.new_customer_count, 2)
        self.assertEqual(record.new_product_count, 2)
        self.assertIn("109.91", record.message_ids[0].body)

    def test_rounding(self):
        cases = {"0.125": 0.13, "0.135": 0.14, "-0.125": -0.13, "0.0049": 0}
        rows = [self._row(Quantity="1", Unit_Price=price) for price in cases]
        record = self._import(rows)
        self.assertEqual(self._get_lines(record).mapped("amount"), [*cases.values()])

    def test_rounding_of_the_currency(self):
        coarse = self.env["res.currency"].create(
            {"name": "XCO", "symbol": "x", "rounding": 0.05}
        )
        self.env["res.currency.rate"].create({"currency_id": coarse.id, "rate": 2})
        row = [*self._row(Quantity="1", Unit_Price="1.975"), "xco"]
        record = self._import([row], [*HEADERS, "Currency"])
        self.assertRecordValues(
            self._get_lines(record), [{"amount": 2, "currency_id": coarse.id}]
        )

    def test_salesperson_and_department(self):
        team = self.env["crm.team"].create({"name": "North"})
        rows = [
            [*ROWS[0], self.salesperson.login, "north"],
            [*ROWS[1], self.salesperson.name, ""],
        ]
        record = self._import(rows, [*HEADERS, "Salesperson", "Department"])
        self.assertRecordValues(
            self._get_lines(record),
            [
                {"user_id": self.salesperson.id, "team_id": team.id},
                {"user_id": self.salesperson.id, "team_id": False},
            ],
        )

    def test_refused(self):
        self.env["res.currency"].create({"name": "XNO", "symbol": "x"})
        extra = ["Currency", "Country", "Salesperson", "Department"]
        cases = [
            ("document_missing", self._row(Invoice_No=""), {}),
            ("date_missing", self._row(Invoice_Date=" "), {}),
            ("date_invalid", self._row(Invoice_Date="2025-02-30"), {}),
            ("date_invalid", self._row(Invoice_Date="29/02/2025"), {}),
            ("date_invalid", self._row(Invoice_Date="soon"), {}),
            ("date_invalid", self._row(Invoice_Date="2025-12-01 what"), {}),
            ("date_future", self._row(Invoice_Date="2026-03-16"), {}),
            ("quantity_invalid", self._row(Quantity="two"), {}),
            ("quantity_invalid", self._row(Quantity="1,5"), {}),
            ("quantity_invalid", self._row(Quantity="1-2"), {}),
            ("quantity_large", self._row(Quantity="1" * 40), {}),
            ("quantity_large", self._row(Quantity="9e99"), {}),
            ("price_unit_invalid", self._row(Unit_Price="NaN"), {}),
            ("price_unit_invalid", self._row(Unit_Price="1" * 90), {}),
            ("product_large", self._row(Quantity="9e9", Unit_Price="9e9"), {}),
            ("amount_missing", self._row(Quantity=""), {}),
            ("document_long", self._row(Invoice_No="x" * 300), {}),
            ("currency_unknown", ROWS[0], {"Currency": "ZZZ"}),
            ("currency_rate", ROWS[0], {"Currency": "XNO"}),
            ("country_unknown", ROWS[0], {"Country": "Atlantis"}),
            ("salesperson_unknown", ROWS[0], {"Salesperson": "Nobody"}),
            ("department_unknown", ROWS[0], {"Department": "Nowhere"}),
        ]
        rows = [[*row, *(more.get(n, "") for n in extra)] for _c, row, more in cases]
        options = {"country_policy": "refuse", "use_decimal_comma": False}
        record = self._import(rows, [*HEADERS, *extra], **options)
        found = {}
        for number, (code, _row, _more) in enumerate(cases, 2):
            found.setdefault(code, []).append(str(number))
        self.assertEqual(
            {r.code: r.first_rows for r in record.refusal_ids},
            {code: ", ".join(numbers) for code, numbers in found.items()},
        )
        self.assertEqual(record.refused_count, len(cases))
        self.assertIn("“2025-02-30” is no date.", record.refusal_ids.mapped("reason"))

    def test_every_reason_has_a_text(self):
        record = self._upload(make_csv(ROWS), country_policy="refuse")
        codes = {code for code, _condition, _value in record._get_checks()}
        self.assertEqual(codes, record._get_reason_templates().keys())

    def test_unknown_country_is_left_empty(self):
        rows = [[*ROWS[0], "Atlantis"], [*ROWS[2], "EIRE"]]
        record = self._import(rows, [*HEADERS, "Country"])
        countries = self._get_lines(record).partner_id.mapped("country_id.code")
        self.assertEqual(countries, ["IE"])

    def test_refused_rows_are_mended_and_imported_alone(self):
        bad = self._row(
            Invoice_Date="2025-13-01", Description='=cmd|"calc"', Quantity="-4"
        )
        record = self._import([ROWS[0], bad, ROWS[2]])
        self.assertEqual((record.line_count, record.refused_count), (2, 1))
        refused = self._get_refused(record)
        self.assertEqual(refused[0], [*HEADERS, "Reason"])
        self.assertEqual(
            refused[1][5:], ['\'=cmd|"calc"', "-4", "10.005", refused[1][8]]
        )
        self.assertIn("2025-13-01", refused[1][8])
        refused[1][1] = "2025-12-01"
        mended = self._import(refused[1:], refused[0])
        self.assertEqual((mended.line_count, mended.known_count), (1, 0))
        self.assertEqual(self._get_lines(mended).name, '=cmd|"calc"')

    def test_reasons_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.Import = self.Import.with_context(lang="zh_CN")
        record = self._import([self._row(Invoice_No="")])
        refused = self._get_refused(record)
        self.assertEqual(refused[0][-1], record.env._("Reason"))
        self.assertEqual(refused[1][-1], record.refusal_ids.reason)

    def test_all_or_nothing(self):
        rows = [ROWS[0], self._row(Invoice_No="")]
        record = self._upload(make_csv(rows), is_all_or_nothing=True)
        record.action_check()
        with self.assertRaisesRegex(UserError, "1 rows are refused"):
            record.action_import()
        self.assertFalse(self._get_lines(record))
        self.assertEqual(record.state, "checked")


class TestAgain(PastSaleCase):
    def test_same_file(self):
        self._import(ROWS)
        again = self._upload(make_csv(ROWS))
        again.action_check()
        self.assertEqual((again.known_count, again.line_count), (3, 0))
        with self.assertRaisesRegex(UserError, "No line is left"):
            again.action_import()

    def test_same_values_written_otherwise(self):
        self._import([ROWS[0]])
        row = self._row(
            Invoice_Date="01/12/2025", Quantity="2.00", Unit_Price="10.0050"
        )
        self.assertEqual(self._import([row]).known_count, 1)

    def test_rows_that_repeat_are_all_real(self):
        record = self._import([ROWS[0], ROWS[1], ROWS[0]])
        self.assertEqual(record.line_count, 3)
        longer = self._import([ROWS[0]] * 4)
        self.assertEqual((longer.known_count, longer.line_count), (2, 2))

    def test_other_source(self):
        self._import(ROWS)
        self.assertEqual(self._import(ROWS, source="branch").line_count, 3)

    def test_other_company(self):
        self._import(ROWS)
        company = self.env["res.company"].create({"name": "Other"})
        self.reviewer.company_ids += company
        record = self._import(ROWS, company_id=company.id)
        self.assertEqual(record.line_count, 3)

    def test_same_file_with_other_columns(self):
        self._import(ROWS)
        again = self._upload(make_csv(ROWS), columns={"Description": False})
        with self.assertRaisesRegex(UserError, "with other columns"):
            again.action_check()

    def test_undo(self):
        record = self._import(ROWS)
        partners = self._get_lines(record).partner_id
        with self.assertRaisesRegex(UserError, "undo it"):
            record.unlink()
        record.action_undo()
        self.assertFalse(self._get_lines(record))
        self.assertTrue(partners.exists())
        self.assertFalse(partners.standing_id.filtered("date_last_purchase"))
        self.assertEqual(self._import(ROWS).line_count, 3)
        record.unlink()

    def test_states(self):
        record = self._upload(make_csv(ROWS))
        with self.assertRaisesRegex(UserError, "not possible any more"):
            record.action_import()
        record.action_check()
        record.action_import()
        with self.assertRaisesRegex(UserError, "not possible any more"):
            record.action_import()

    def test_a_new_file_is_a_new_start(self):
        record = self._upload(make_csv(ROWS))
        record.action_check()
        record.file = base64.b64encode(make_csv([], ["Date"]))
        self.assertEqual(record.state, "draft")
        self.assertEqual(record.column_ids.mapped("name"), ["Date"])


class TestCustomers(PastSaleCase):
    def test_created(self):
        record = self._import([[*ROWS[0], "Germany"]], [*HEADERS, "Country"])
        partner = self._get_lines(record).partner_id
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Anna",
                    "customer_code": "A1",
                    "customer_state": "approved",
                    "country_id": self.env.ref("base.de").id,
                }
            ],
        )
        self.assertTrue(partner.standing_id)
        self.assertEqual(partner.date_last_purchase, date(2025, 12, 1))

    def test_found_by_code_reference_name(self):
        by_code = self._make_customer("Other name", customer_code="A1")
        by_ref = self._make_customer("Another", ref="B2")
        by_name = self._make_customer("Clara")
        rows = [ROWS[0], ROWS[2], self._row(Customer_ID="", Customer="Clara")]
        record = self._import(rows)
        self.assertEqual(self._get_lines(record).partner_id, by_code + by_ref + by_name)
        self.assertEqual(record.new_customer_count, 0)

    def test_contact_counts_for_his_customer(self):
        customer = self._make_customer("Firm")
        self.env["res.partner"].create(
            {"name": "Contact", "ref": "A1", "parent_id": customer.id}
        )
        record = self._import([ROWS[0]])
        self.assertEqual(self._get_lines(record).partner_id, customer)

    def test_enrol_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "Anna", "user_id": self.salesperson.id}
        )
        record = self._import([ROWS[0]])
        self.assertEqual(record.enrolled_count, 1)
        self.assertEqual(contact.customer_state, "approved")
        self.assertEqual(contact.user_id, self.salesperson)

    def test_do_not_enrol_contacts(self):
        contact = self.env["res.partner"].create({"name": "Anna"})
        record = self._import([ROWS[0]], is_enrolling=False)
        self.assertEqual(self._get_lines(record).partner_id, contact)
        self.assertFalse(contact.customer_state)

    def test_own_company_is_not_enrolled(self):
        partner = self.company.partner_id
        record = self._import([self._row(Customer_ID="", Customer=partner.name)])
        self.assertEqual(self._get_lines(record).partner_id, partner)
        self.assertFalse(partner.customer_state)

    def test_refuse_unknown(self):
        self._make_customer("Anna", customer_code="A1")
        record = self._import(ROWS, customer_policy="refuse")
        self.assertEqual(record.refusal_ids.mapped("code"), ["customer_unknown"])
        self.assertEqual(record.line_count, 2)

    def test_archived_is_refused(self):
        self._make_customer("Old", customer_code="A1").active = False
        record = self._import([ROWS[0]])
        self.assertEqual(record.refusal_ids.mapped("code"), ["customer_archived"])

    def test_code_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        theirs = self._make_customer(
            "Theirs", customer_code="A1", company_id=company.id
        )
        record = self._import([ROWS[0]])
        partner = self._get_lines(record).partner_id
        self.assertNotEqual(partner, theirs)
        self.assertEqual(partner.ref, "A1")
        self.assertNotIn(partner.customer_code, (False, "A1"))
        self.assertEqual(self._import([ROWS[1]]).new_customer_count, 0)

    def test_name_without_code(self):
        """A name that stands beside a code elsewhere in the file is that customer."""
        record = self._import([self._row(Customer_ID=""), ROWS[1]])
        self.assertEqual(self._get_lines(record).partner_id.customer_code, "A1")
        self.assertEqual(record.new_customer_count, 1)

    def test_anonymous(self):
        row = self._row(Customer_ID="", Customer="")
        record = self._import([row])
        partner = self._get_lines(record).partner_id
        self.assertEqual(partner.customer_state, "approved")
        self.assertEqual(record.anonymous_partner_id, partner)
        again = self._import([self._row(Customer_ID="", Customer="", Invoice_No="2")])
        self.assertEqual(again.anonymous_partner_id, partner)
        self.assertEqual(again.new_customer_count, 0)

    def test_refuse_anonymous(self):
        row = self._row(Customer_ID="", Customer="")
        record = self._import([row], anonymous_policy="refuse")
        self.assertEqual(record.refusal_ids.mapped("code"), ["customer_missing"])

    def test_merged(self):
        record = self._import(ROWS)
        target, source = self._get_lines(record).partner_id
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((target + source).ids, target)
        self.assertEqual(self._get_lines(record).partner_id, target)
        self.assertFalse(source.exists())

    @mute_logger("odoo.sql_db")
    def test_customer_with_sales_stays(self):
        partner = self._get_lines(self._import(ROWS)).partner_id[0]
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            partner.unlink()
        self.assertTrue(partner.exists())

    def test_button_of_the_customer(self):
        record = self._import(ROWS)
        partner = self._get_lines(record).partner_id[0]
        contact = self.env["res.partner"].create({"name": "C", "parent_id": partner.id})
        self.assertEqual((partner + contact).mapped("past_sale_count"), [2, 2])
        action = contact.action_open_past_sales()
        lines = self.env["crm.resource.past.sale"].search(action["domain"])
        self.assertEqual(len(lines), 2)


class TestProducts(PastSaleCase):
    def test_created_with_the_name_that_stands_most_often(self):
        names = ["broken?", "Desk lamp", "Desk lamp"]
        record = self._import([self._row(Description=name) for name in names])
        product = self._get_lines(record).product_id
        self.assertRecordValues(
            product,
            [
                {
                    "name": "Desk lamp",
                    "default_code": "L1",
                    "type": "consu",
                    "sale_ok": True,
                }
            ],
        )
        self.assertEqual(self._get_lines(record).mapped("name"), names)

    def test_found_by_code_and_name(self):
        by_code = self.env["product.product"].create(
            {"name": "x", "default_code": "L1"}
        )
        by_name = self.env["product.product"].create({"name": "Table"})
        record = self._import(ROWS)
        self.assertEqual(self._get_lines(record).product_id, by_code + by_name)
        self.assertEqual(record.new_product_count, 0)

    def test_leave_empty(self):
        record = self._import(ROWS, product_policy="empty")
        self.assertFalse(self._get_lines(record).product_id)
        self.assertEqual(record.product_count, 0)

    def test_refuse(self):
        record = self._import(ROWS, product_policy="refuse")
        self.assertEqual(record.refusal_ids.mapped("code"), ["product_unknown"])


class TestAccess(PastSaleCase):
    def test_only_reviewers_import(self):
        for user in (self.salesperson, self.clerk):
            with self.assertRaises(AccessError):
                self.Import.with_user(user).create({"source": "x"})

    def test_lines_of_own_customers(self):
        record = self._import(ROWS)
        lines = self._get_lines(record)
        lines.partner_id[0].user_id = self.salesperson
        seen = self.env["crm.resource.past.sale"].with_user(self.salesperson).search([])
        self.assertEqual(seen & lines, lines[:2])
        seen = self.env["crm.resource.past.sale"].with_user(self.reviewer).search([])
        self.assertEqual(seen & lines, lines)

    def test_lines_of_own_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.reviewer.company_ids += company
        record = self._import(ROWS, company_id=company.id)
        reviewer = self.reviewer.with_context(allowed_company_ids=self.company.ids)
        for model, domain in (
            ("crm.resource.past.sale", [("import_id", "=", record.id)]),
            ("crm.resource.past.sale.import", [("id", "=", record.id)]),
            ("crm.resource.past.sale.import.column", [("import_id", "=", record.id)]),
        ):
            records = (
                self.env[model]
                .with_user(reviewer)
                .with_context(allowed_company_ids=self.company.ids)
            )
            self.assertFalse(records.search(domain), model)
            self.assertTrue(self.env[model].search(domain), model)


TEXTS = st.one_of(
    st.sampled_from(
        ["", "A1", "=1+1", "-x", '"', "'", "\t", "a\nb", "\\.", "\x1f", "\0"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
NUMBERS = st.one_of(
    st.sampled_from(["", "1", "-2.5", "1e3", "1" * 40, "x", "1,000", "٣", "½", "0x1"]),
    st.decimals(-1000, 1000, places=3).map(str),
)
DAYS = st.sampled_from(
    ["2025-12-01", "31/12/2025", "2025-02-29", "", "45992", "2027-01-01", "\0"]
)
CURRENCIES = st.sampled_from(["", "USD", "EUR", "zzz", "\ud7ff"])
RANDOM_ROWS = st.lists(
    st.tuples(TEXTS, DAYS, TEXTS, TEXTS, TEXTS, TEXTS, NUMBERS, NUMBERS, CURRENCIES),
    max_size=12,
)


class TestRandom(PastSaleCase):
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        database=None,
        derandomize=True,
    )
    @given(RANDOM_ROWS)
    def test_preview_equals_import(self, rows):
        with freeze_time(TODAY), self.cr.savepoint() as savepoint:
            self._check_preview(rows)
            savepoint.rollback()
        self.env.invalidate_all()

    def _check_preview(self, rows):
        names = [
            "row_count",
            "line_count",
            "known_count",
            "refused_count",
            "customer_count",
            "new_customer_count",
            "enrolled_count",
            "product_count",
            "new_product_count",
            "amounts",
            "preview",
        ]
        record = self._upload(make_csv(rows, [*HEADERS, "Currency"]))
        record.action_check()
        expected = [record[name] for name in names]
        if record.line_count:
            record.action_import()
        self.assertEqual([record[name] for name in names], expected)
        lines = self._get_lines(record)
        self.assertEqual(len(lines), record.line_count)
        self.assertEqual(record.row_count, len(lines) + record.refused_count)
        self.assertEqual(len(lines.partner_id), record.customer_count)
        self.assertEqual(len(lines.product_id), record.product_count)
        self._check_amounts(record, rows, lines)
        again = self._upload(make_csv(rows, [*HEADERS, "Currency"]))
        again.action_check()
        self.assertEqual(again.line_count, 0)
        self.assertEqual(again.known_count, len(lines))

    def _check_amounts(self, record, rows, lines):
        refused = set()
        if record.refused_file:
            refused = {tuple(row[:8]) for row in self._get_refused(record)[1:]}
        total = Decimal(0)
        for row in rows:
            cells = tuple(cell.replace("\0", "") for cell in row[:8])
            try:
                amount = Decimal(row[6].replace(",", "")) * Decimal(
                    row[7].replace(",", "")
                )
            except ArithmeticError:
                continue
            if cells not in refused and abs(amount) < 10**9 and any(cells):
                total += amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if not refused:
            self.assertAlmostEqual(float(total), sum(lines.mapped("amount")), 2)


class TestRealFile(PastSaleCase):
    def test_first_lines(self):
        """The figures of the first 20 000 lines are those of a plain computation."""
        if not REAL_FILE.exists():
            self.skipTest(f"{REAL_FILE} is not there")
        with lzma.open(REAL_FILE, "rt", newline="") as stream:
            rows = [
                row for row, _n in zip(csv.reader(stream), range(20001), strict=False)
            ]
        record = self._upload(make_csv(rows[1:], rows[0]), source="test")
        record.action_check()
        record.action_import()
        cent = Decimal("0.01")
        amounts = [(Decimal(r[3]) * Decimal(r[5])).quantize(cent) for r in rows[1:]]
        self.assertEqual(record.line_count, 20000)
        self.assertEqual(Decimal(record.amounts[str(self.currency.id)]), sum(amounts))
        self.assertEqual(record.customer_count, len({row[6] for row in rows[1:]}))
        self.assertEqual(record.product_count, len({row[1] for row in rows[1:]}))
        best = max(row[6] for row in rows[1:])
        partner = self.env["res.partner"].search([("customer_code", "=", best[:-2])])
        own = [a for a, row in zip(amounts, rows[1:], strict=True) if row[6] == best]
        lines = self._get_lines(record).filtered(
            lambda line: line.partner_id == partner
        )
        self.assertEqual(Decimal(str(round(sum(lines.mapped("amount")), 2))), sum(own))

    def test_file_on_disk(self):
        if not REAL_FILE.exists():
            self.skipTest(f"{REAL_FILE} is not there")
        with lzma.open(REAL_FILE) as stream:
            start = b"".join(line for line, _n in zip(stream, range(501), strict=False))
        path = Path(self.enterContext(TemporaryDirectory())) / "shop.csv.gz"
        path.write_bytes(gzip.compress(start))
        record = self.Import._import_file(str(path), source="web")
        self.assertRecordValues(
            record, [{"state": "done", "line_count": 500, "source": "web"}]
        )
