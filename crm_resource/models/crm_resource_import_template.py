import io
from datetime import date

import xlsxwriter

from odoo import api, fields, models

from .import_samples import SAMPLES, InDays, Named, Reader

ROUTE = "/crm_resource/import_template"
COLUMN_WIDTH = 22


class CrmResourceImportTemplate(models.AbstractModel):
    """Files that companies fill and import. They are made when they are asked for, so
    that their headers are the fields of today in the language of the reader."""

    _name = "crm.resource.import.template"
    _description = "Import Template"

    @api.model
    def _get_samples(self):
        """Hook: the samples of all files, by the name of the file.

        :return: dict of `Sample`
        """
        return SAMPLES

    @api.model
    def _get_label(self, name):
        """Return what the button says that gets the file."""
        return {
            "customers": self.env._("Import Template for Customers"),
            "contacts": self.env._("Import Template for Contacts"),
            "areas": self.env._("Import Template for Market Areas"),
            "levels": self.env._("Import Template for Level Policies"),
            "dictionary": self.env._("Import Template for Dictionaries"),
            "holidays": self.env._("Import Template for Holidays"),
            "competitors": self.env._("Import Template for Competitors"),
            "absences": self.env._("Import Template for Absences"),
        }[name]

    @api.model
    def _get_button(self, name):
        """Return a file as `get_import_templates` offers it."""
        return {"label": self._get_label(name), "template": f"{ROUTE}/{name}"}

    @api.model
    def _get_buttons(self, model):
        """Return the files for a model as `get_import_templates` offers them."""
        samples = self._get_samples()
        return [self._get_button(name) for name in samples if samples[name][0] == model]

    @api.model
    def _get_content(self, name):
        """Return the file, an XLSX workbook.

        :raise AccessError: if the user may not enter such records
        """
        sample = self._get_samples()[name]
        model = self.env[sample.model]
        model.check_access("create")
        is_chinese = (self.env.lang or "").startswith("zh")
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
            bold = workbook.add_format({"bold": True})
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            sheet = workbook.add_worksheet()
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(sample.columns) - 1, COLUMN_WIDTH)
            sheet.write_row(0, 0, self._get_headers(sample), bold)
            rows = sample.chinese if is_chinese else sample.english
            for row, values in enumerate(rows, 1):
                for column, value in enumerate(values):
                    cell = self._get_cell(sample, column, value)
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, day)
                    else:
                        sheet.write(row, column, cell)
        return stream.getvalue()

    @api.model
    def _get_headers(self, sample):
        """Return the labels of the columns, or the names of fields whose label another
        field bears, too."""
        reader = self.env["base_import.import"]
        tree = reader.get_fields_tree(sample.model)
        headers = []
        for column in sample.columns:
            path = column.split("/")
            label = " / ".join(self._get_labels(tree, path))
            found = reader._get_mapping_suggestion(label, tree, [], {})
            is_plain = label.count("/") == len(path) - 1
            is_found = is_plain and found.get("field_path") == path
            headers.append(label if is_found else column)
        return headers

    @api.model
    def _get_labels(self, tree, path):
        """Yield the labels of the fields of a path."""
        for name in path:
            field = next(field for field in tree if field["name"] == name)
            tree = field["fields"]
            yield field["string"]

    @api.model
    def _get_cell(self, sample, column, value):
        """Return a value of a sample as the reader types it."""
        match value:
            case Named():
                return self.env.ref(value.external_id).display_name
            case InDays():
                return fields.Date.add(fields.Date.context_today(self), days=value.days)
            case Reader():
                return self.env.user.login
        *parents, name = sample.columns[column].split("/")
        model = self.env[sample.model]
        for parent in parents:
            model = model[parent]
        field = model._fields.get(name)
        if value and field is not None and field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        return value
