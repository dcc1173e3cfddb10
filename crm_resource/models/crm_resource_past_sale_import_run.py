import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_resource_past_sale_import_create import GUARDS

LARGEST_KEPT_FILE = 8 * 2**20


class CrmResourcePastSaleImport(models.Model):
    """Checking, importing, undoing."""

    _inherit = "crm.resource.past.sale.import"

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_check(self):
        """Show what the import would do.

        :raise UserError: if the file cannot be read, or its columns do not suffice
        """
        self.ensure_one()
        self._check_state("draft", "checked")
        self._check_file()

    def action_back(self):
        """Return to the columns and options."""
        self._check_state("draft", "checked", "undone")
        self.state = "draft"

    def action_import(self):
        """Import the accepted rows, all in one transaction.

        :raise UserError: if nothing is left to import, or if a row is refused and all
            or nothing is wanted
        """
        self.ensure_one()
        self._check_state("checked")
        self._import()

    def action_undo(self):
        """Delete the lines this import brought; customers and products stay."""
        self.ensure_one()
        self._check_state("done")
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_resource_past_sale WHERE import_id = %s", self.id)
        )
        count = self.env.cr.rowcount
        self.write({name: [fields.Command.clear()] for name in GUARDS})
        self.env["crm.resource.past.sale"].invalidate_model()
        self.env["crm.resource.standing"]._refresh_purchases()
        self.state = "undone"
        self.message_post(
            body=self.env._(
                "Undone: %(count)s lines were deleted. Customers and products that the "
                "import created are still there.",
                count=count,
            )
        )

    @api.readonly
    def action_open_lines(self):
        """Open the lines of this import."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_resource.crm_resource_past_sale_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)], "context": {}}

    @api.readonly
    def action_open_customers(self):
        """Open the customers of the lines of this import."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_resource.res_partner_action_customer"
        )
        return {
            **action,
            "domain": [("past_sale_import_ids", "in", self.ids)],
        }

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self.filtered(lambda i: i.state not in states):
            raise UserError(
                self.env._(
                    "The import %(name)s is in the state “%(state)s”: this is not "
                    "possible any more. Reload the page.",
                    name=record.name,
                    state=labels[record.state],
                )
            )

    def _check_file(self, path=None):
        """Find out what the import would do, and keep it for the screen.

        :param str path: the file on disk, None for the one that was uploaded
        """
        self._check_same_columns()
        self._analyse(path)
        self.write({**self._get_figures(), "state": "checked"})
        self._store_refusals(path)

    def _check_same_columns(self):
        """The same file with other columns would be imported a second time: its lines
        could not be told to be the same."""
        mapped = ",".join(sorted(self._get_mapping()))
        other = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("source", "=", self.source),
                ("checksum", "=", self.checksum),
                ("mapped_columns", "!=", mapped),
                ("checksum", "!=", False),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "This file was imported on %(date)s with other columns, and its "
                    "lines would come a second time. Map the columns as in the import "
                    "%(name)s (%(columns)s), or undo that one first.",
                    date=fields.Date.to_string(other.date_imported),
                    name=other.name,
                    columns=", ".join(
                        label
                        for target, label in self.column_ids._fields[
                            "target"
                        ]._description_selection(self.env)
                        if target in other.mapped_columns.split(",")
                    ),
                )
            )
        self.mapped_columns = mapped

    def _import(self, path=None):
        """Import the accepted rows, by the same statements as the preview.

        :param str path: the file on disk, None for the one that was uploaded
        """
        self.lock_for_update()
        self._check_file(path)
        if self.refused_count and self.is_all_or_nothing:
            raise UserError(
                self.env._(
                    "%(count)s rows are refused, and you want all or nothing. Download "
                    "and mend them, or switch the option off.",
                    count=self.refused_count,
                )
            )
        if not self.line_count:
            raise UserError(
                self.env._(
                    "No line is left to import: %(known)s were imported before, "
                    "%(refused)s are refused.",
                    known=self.known_count,
                    refused=self.refused_count,
                )
            )
        self._create_missing_customers()
        self._enrol_found_contacts()
        self._create_missing_products()
        self._insert_lines()
        self.env["crm.resource.standing"]._include_purchases(self._get_counted())
        self.env["crm.resource.churn"]._win_back()
        self.write({"state": "done", "date_imported": fields.Datetime.now()})
        self._post_result()

    @api.model
    def _import_file(self, path, columns=None, **options):
        """Import a file on disk in one go.

        :param str path: the file
        :param dict columns: what columns hold, where their names do not tell: key of
            ``COLUMNS`` (or False) by name of the column
        :param options: values of further fields, such as ``source``, ``currency_id``,
            ``anonymous_policy``
        :return: the import; its fields say what was done
        :raise UserError: if the file cannot be read or nothing is left to import
        """
        record = self.create({"name": os.path.basename(path), **options})
        record._read_columns(path=path, given=options)
        for column in record.column_ids:
            if column.name in (columns or {}):
                column.target = columns[column.name]
        if os.path.getsize(path) <= LARGEST_KEPT_FILE:
            record._keep_file(path)
        record._import(path)
        return record
