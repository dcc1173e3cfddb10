from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceContractLine(models.Model):
    """Goods, services, or a deduction, of a contract."""

    _name = "crm.resource.contract.line"
    _description = "Line of a Contract"
    _inherit = "crm.resource.priced.line.mixin"
    _order = "contract_id, sequence, id"
    _check_company_auto = True
    _document = "contract_id"
    _derived_fields = frozenset(
        {"price_listed", "price_subtotal", "price_tax", "price_total", "product_qty"}
    )

    contract_id = fields.Many2one(
        "crm.resource.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    name = fields.Text(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("type_tax_use", "=", "sale")],
        check_company=True,
    )
    price_tax = fields.Monetary(
        string="Tax", compute="_compute_price_subtotal", store=True
    )
    price_total = fields.Monetary(
        string="Total", compute="_compute_price_subtotal", store=True
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_salesman,crm_resource.group_executive,"
        "account.group_account_readonly,account.group_account_invoice",
        help="Invoices of the contract count as invoices of this order line.",
    )

    # what the analysis asks
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="contract_id.user_id", string="Salesperson")
    team_id = fields.Many2one(related="contract_id.team_id", string="Department")
    state = fields.Selection(related="contract_id.state", string="Status")
    date_signed = fields.Date(related="contract_id.date_signed")

    _check_product = models.Constraint(
        "CHECK(name IS NOT NULL)", "A line says what it is for: describe it."
    )
    _check_numbers = models.Constraint(
        "CHECK(discount BETWEEN 0 AND 100)",
        "A discount lies between 0 and 100 %: correct the line.",
    )

    @api.depends("product_id", "categ_id")
    def _compute_name(self):
        for line in self:
            lang = line.contract_id.partner_id.lang
            product = line.product_id.with_context(lang=lang)
            named = (
                product.get_product_multiline_description_sale()
                if product
                else (line.categ_id.with_context(lang=lang).name)
            )
            line.name = named or line.name

    @api.depends("product_id", "company_id", "contract_id.fiscal_position_id")
    def _compute_tax_ids(self):
        for line in self:
            company = line.company_id or self.env.company
            taxes = line.product_id.taxes_id._filter_taxes_by_company(company)
            if line.product_id:
                line.tax_ids = line.contract_id.fiscal_position_id.map_tax(taxes)

    @api.depends(
        "quantity",
        "price_unit",
        "discount",
        "tax_ids",
        "contract_id.currency_id",
        "contract_id.company_id",
    )
    def _compute_price_subtotal(self):
        taxes = self.env["account.tax"]
        for line in self:
            base_line = line._prepare_base_line()
            company = line.company_id or self.env.company
            taxes._add_tax_details_in_base_line(base_line, company)
            taxes._round_base_lines_tax_details([base_line], company)
            details = base_line["tax_details"]
            line.price_subtotal = details["total_excluded_currency"]
            line.price_total = details["total_included_currency"]
            line.price_tax = line.price_total - line.price_subtotal

    def write(self, vals):
        """What is invoiced in part keeps its taxes."""
        if "tax_ids" in vals:
            self._check_not_invoiced()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        self._check_not_invoiced()

    def _check_not_invoiced(self):
        """Check that nothing of lines is invoiced.

        :raise UserError: if something is
        """
        settled = self.contract_id.instalment_ids.filtered("is_settled")
        # nobody but the plan reads shares
        taken = set().union(*(part.shares or () for part in settled.sudo()))
        for line in self:
            if str(line.id) in taken:
                raise UserError(
                    self.env._(
                        "“%(line)s” is invoiced in part: set its quantity to what "
                        "holds now, and add another line for the rest.",
                        line=line.name,
                    )
                )

    def _prepare_base_line(self):
        """Return what the ERP computes taxes of."""
        contract = self.contract_id
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            self,
            partner_id=contract.partner_id,
            currency_id=contract.currency_id or contract.company_id.currency_id,
            rate=contract.currency_rate or 1,
        )

    def _prepare_order_line(self):
        values = super()._prepare_order_line()
        return {
            **values,
            "name": self.name,
            "tax_ids": [fields.Command.set(self.tax_ids.ids)],
        }
