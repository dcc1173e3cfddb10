from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourcePastSaleImport(models.Model):
    """The import of one file of past sales, and afterwards its record.

    The file is read as a stream into a temporary table; all else is done there, in
    sets: see the other files of this model. What the preview shows and what the import
    does come from the same statements.
    """

    _name = "crm.resource.past.sale.import"
    _description = "Import of Past Sales"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [
            ("draft", "File and Columns"),
            ("checked", "Preview"),
            ("done", "Imported"),
            ("undone", "Undone"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    checksum = fields.Char(readonly=True, copy=False)
    column_ids = fields.One2many(
        "crm.resource.past.sale.import.column", "import_id", string="Columns"
    )
    mapped_columns = fields.Char(readonly=True, copy=False)

    # how the file is written
    encoding = fields.Selection(
        [
            ("utf_8", "Unicode (UTF-8)"),
            ("utf_8_sig", "Unicode (UTF-8 with mark)"),
            ("utf_16", "Unicode (UTF-16)"),
            ("gb18030", "Chinese (GB18030, GBK, GB2312)"),
            ("big5", "Chinese, traditional (Big5)"),
            ("cp1252", "Western European (Windows)"),
            ("latin_1", "Western European (Latin-1)"),
        ],
        help="Found out when the file is read. Correct it where letters look wrong.",
    )
    delimiter = fields.Selection(
        [
            ("comma", "Comma"),
            ("semicolon", "Semicolon"),
            ("tab", "Tab"),
            ("pipe", "Vertical bar"),
        ],
        string="Separator",
    )
    date_order = fields.Selection(
        [("dmy", "Day, month, year"), ("mdy", "Month, day, year")],
        string="Dates",
        default="dmy",
        required=True,
        help="For dates like 1/12/2010. Those that begin with the year, and numbers of "
        "days as spreadsheets have them, are always understood.",
    )
    use_decimal_comma = fields.Boolean(
        string="Decimal Comma", help="Numbers are written like 1.234,50."
    )

    # what becomes of it
    source = fields.Char(
        required=True,
        default=lambda self: self._default_source(),
        help="The system the file comes from. Lines of the same source that were "
        "imported before are left out; two sources may use the same document numbers.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of the lines that name no currency.",
    )
    customer_policy = fields.Selection(
        [("create", "Create them"), ("refuse", "Refuse the lines")],
        string="Unknown Customers",
        default="create",
        required=True,
    )
    anonymous_policy = fields.Selection(
        [("anonymous", "Give them to one customer"), ("refuse", "Refuse the lines")],
        string="Lines Without Customer",
        default="anonymous",
        required=True,
    )
    anonymous_partner_id = fields.Many2one(
        "res.partner",
        string="Customer of These Lines",
        domain="[('parent_id', '=', False), ('company_id', 'in', [company_id, False])]",
        default=lambda self: self._default_anonymous_partner_id(),
        help="Empty: a customer for anonymous sales is created.",
    )
    product_policy = fields.Selection(
        [
            ("create", "Create them"),
            ("empty", "Leave the product empty"),
            ("refuse", "Refuse the lines"),
        ],
        string="Unknown Products",
        default="create",
        required=True,
    )
    country_policy = fields.Selection(
        [
            ("empty", "Leave the country empty"),
            ("refuse", "Refuse the lines"),
        ],
        string="Unknown Countries",
        default="empty",
        required=True,
    )
    is_enrolling = fields.Boolean(
        string="Enrol Contacts",
        default=True,
        help="Contacts that are found and are no customers yet become customers.",
    )
    is_shared = fields.Boolean(
        string="Shared by All Companies",
        # how many companies there are is no secret
        default=lambda self: (
            self.env["res.company"].sudo().search_count([], limit=2) == 1
        ),
        help="Customers and products that are created belong to no single company.",
    )
    is_all_or_nothing = fields.Boolean(
        string="All or Nothing",
        help="Import nothing when a single row is refused.",
    )

    _check_source = models.Constraint(
        "CHECK(source <> '')", "The import needs the name of a source."
    )

    @api.model
    def _default_source(self):
        return self._get_previous().source or "past sales"

    @api.model
    def _default_anonymous_partner_id(self):
        return self._get_previous([("anonymous_partner_id.active", "=", True)])[
            "anonymous_partner_id"
        ]

    @api.depends("file_name")
    def _compute_name(self):
        for record in self:
            record.name = record.file_name or record.name or self.env._("New import")

    @api.model_create_multi
    def create(self, vals_list):
        """Read the columns of files that come along; what is given is not guessed."""
        imports = super().create(vals_list)
        for record, vals in zip(imports, vals_list, strict=True):
            if vals.get("file") and not record.column_ids:
                record._read_columns(given=vals)
        return imports

    def write(self, vals):
        """A new file is a new start."""
        result = super().write(vals)
        if vals.get("file"):
            self._read_columns()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        for record in self.filtered(lambda i: i.state == "done"):
            raise UserError(
                self.env._(
                    "The import %(name)s has brought lines that count as sales: undo "
                    "it before you delete it.",
                    name=record.name,
                )
            )

    def _get_previous(self, domain=()):
        """Return the latest import of the company, of those within a domain."""
        return self.search([("company_id", "=", self.env.company.id), *domain], limit=1)


class CrmResourcePastSaleImportColumn(models.Model):
    _name = "crm.resource.past.sale.import.column"
    _description = "Column of a File of Past Sales"
    _order = "sequence, id"

    import_id = fields.Many2one(
        "crm.resource.past.sale.import", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(help="The place in the file, from 0 on.")
    name = fields.Char(string="Column in the File", required=True, readonly=True)
    sample = fields.Char(string="Examples", readonly=True)
    target = fields.Selection(
        [
            ("document", "Document"),
            ("date", "Date"),
            ("customer_code", "Customer code"),
            ("customer_name", "Customer name"),
            ("product_code", "Product code"),
            ("name", "Product name or description"),
            ("quantity", "Quantity"),
            ("price_unit", "Unit price"),
            ("amount", "Amount, untaxed"),
            ("currency", "Currency"),
            ("country", "Country of the customer"),
            ("salesperson", "Salesperson"),
            ("department", "Department"),
        ],
        string="Holds",
        help="Empty: the column is not imported.",
    )
