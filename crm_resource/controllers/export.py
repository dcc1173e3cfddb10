from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)

# what else a spreadsheet takes for the beginning of a formula, besides what the ERP
# defuses itself
FORMULAS = ("@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_texts(writer):
    """Have a writer of a workbook write what was typed as text: strangers type, too."""
    writer.worksheet.strings_to_formulas = False
    writer.worksheet.strings_to_urls = False
    return writer


class WorkbookExport(ExcelExport):
    def from_data(self, fields, columns_headers, rows):
        """Export rows without living formulas."""
        writer = ExportXlsxWriter(fields, columns_headers, len(rows))
        with write_texts(writer):
            for y, row in enumerate(rows, start=1):
                for x, value in enumerate(row):
                    writer.write_cell(y, x, value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """Export groups without living formulas."""
        writer = GroupExportXlsxWriter(fields, columns_headers, groups.count)
        with write_texts(writer):
            y, x = 1, 0
            for name, group in groups.children.items():
                y, x = writer.write_group(y, x, name, group)
        return writer.value


class TextExport(CSVExport):
    def from_data(self, fields, columns_headers, rows):
        """Export rows without living formulas."""
        return super().from_data(
            fields, columns_headers, [[*map(defuse, row)] for row in rows]
        )


def defuse(value):
    """Return a value of which a spreadsheet makes no formula.

    >>> defuse("@SUM(1)"), defuse("a@b"), defuse(-5)
    ("'@SUM(1)", 'a@b', -5)
    """
    is_formula = isinstance(value, str) and value.startswith(FORMULAS)
    return f"'{value}" if is_formula else value
