from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_resource_gate_mixin import GATE
from .crm_resource_sales import SALES_BASIS

CUSTOMER_FIELDS = [("model", "=", "res.partner"), ("store", "=", True)]
OBLIGATORY = ("name", "phone", "street", "country_id", "industry_id")
WATCHED = (
    "name",
    "vat",
    "bank_ids",
    "country_id",
    "credit_limit",
    "customer_discount",
    "property_payment_term_id",
    "specific_property_product_pricelist",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    # stored: every page of a customer asks for it
    crm_sales_timezone = fields.Char(
        string="Time Zone of Sales", compute="_compute_crm_sales_timezone", store=True
    )
    crm_sales_basis = fields.Selection(
        SALES_BASIS,
        string="Sales Are",
        default="order",
        required=True,
        help="What counts as sales wherever customers, levels, targets and reports "
        "speak of sales.",
    )
    crm_date_sales_start = fields.Date(
        string="Documents Count From",
        help="Imported past sales count before this day, the documents of this "
        "database from this day on. Empty: both count.",
    )
    crm_code_scheme = fields.Selection(
        [
            ("sequence", "Prefix and number"),
            ("area", "Importance, area code, number"),
        ],
        string="Customer Codes",
        default="sequence",
        required=True,
    )
    crm_enrol_on_quotation = fields.Boolean(string="Enrol at the First Quotation")
    crm_enrol_on_won = fields.Boolean(string="Enrol at a Won Opportunity")
    crm_is_lead_assigned = fields.Boolean(string="Leaders Assign Opportunities")

    crm_obligatory_field_ids = fields.Many2many(
        "ir.model.fields",
        "res_company_crm_obligatory_field_rel",
        string="Obligatory Fields of Customers",
        domain=CUSTOMER_FIELDS,
        default=lambda self: self._get_customer_fields(OBLIGATORY),
        help="Without these a customer cannot be submitted.",
    )
    crm_watched_field_ids = fields.Many2many(
        "ir.model.fields",
        "res_company_crm_watched_field_rel",
        string="Changes to Approve",
        domain=CUSTOMER_FIELDS,
        default=lambda self: self._get_customer_fields(WATCHED),
        help="Who changes one of these has the customer reviewed anew.",
    )
    crm_review_user_id = fields.Many2one(
        "res.users",
        string="Reviewer of Customers",
        domain="[('share', '=', False)]",
        help="Gets an activity when a customer is to be reviewed.",
    )
    crm_gate_order = fields.Selection(
        GATE, string="Orders of Unapproved Customers", default="block", required=True
    )
    crm_gate_invoice = fields.Selection(
        GATE, string="Invoices of Unapproved Customers", default="block", required=True
    )
    crm_is_quick_customer = fields.Boolean(string="Quick Entry Makes Customers")
    crm_discount_max = fields.Float(
        string="Highest Discount (%)",
        digits="Discount",
        default=100,
        help="No customer may be given more.",
    )
    crm_protection_days = fields.Integer(
        string="Protection of Customers",
        default=30,
        help="For so many days a salesperson keeps a customer from recall who is "
        "within his limit of protected ones.",
    )
    crm_login_days = fields.Integer(
        string="Days Without Login",
        default=14,
        help="Who has not logged in for so many days is listed as missing. 0: nobody.",
    )
    crm_payment_term_ids = fields.Many2many(
        "account.payment.term",
        "res_company_crm_payment_term_rel",
        string="Payment Terms for Customers",
        help="Empty: all.",
    )

    crm_announcement_by = fields.Selection(
        [
            ("anyone", "Everybody"),
            ("group", "Those who have the right"),
        ],
        string="Announcements Are Published By",
        default="anyone",
        required=True,
        help="The right is Publishes Announcements on the page of a user.",
    )

    @api.depends("resource_calendar_id.tz", "partner_id.tz")
    def _compute_crm_sales_timezone(self):
        for company in self:
            company.crm_sales_timezone = (
                company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
            )

    @api.model
    def _get_customer_fields(self, names):
        """Return the `ir.model.fields` of contacts of these names."""
        fields_model = self.env["ir.model.fields"].sudo()  # read by nobody here
        return fields_model.search(
            [("model", "=", "res.partner"), ("name", "in", names)]
        )

    def _check_customer_terms(self, customer, discount, term):
        """Check that what a customer is granted lies in the range the company allows.

        :param customer: `res.partner`
        :param float discount: percentage
        :param term: `account.payment.term`, may be empty
        :raise ValidationError: if it does not
        """
        if not 0 <= discount <= self.crm_discount_max:
            raise ValidationError(
                self.env._(
                    "A customer's discount lies between 0 and %(most)s %%, and "
                    "%(customer)s has %(discount)s %%: correct it.",
                    most=self.crm_discount_max,
                    customer=customer.name,
                    discount=discount,
                )
            )
        allowed = self.crm_payment_term_ids
        if allowed and term and term not in allowed:
            raise ValidationError(
                self.env._(
                    "The company does not grant customers “%(term)s”: choose one "
                    "of %(allowed)s.",
                    term=term.name,
                    allowed=", ".join(allowed.mapped("name")),
                )
            )

    def _get_sales_timezone(self):
        """Return the name of the time zone that says on which day an order was made."""
        self.ensure_one()
        return self.crm_sales_timezone

    def _get_today(self):
        """Return which day it is where the company works."""
        now = fields.Datetime.context_timestamp(
            self.with_env(self.env(context={"tz": self._get_sales_timezone()})),
            fields.Datetime.now(),
        )
        return now.date()

    def _get_customer_code(self, partner, number):
        """Return the code of a customer by the company's scheme.

        :param partner: `res.partner` record
        :param str number: the next one of the counter, with its prefix
        """
        self.ensure_one()
        if self.crm_code_scheme == "sequence":
            return number
        importance = partner.customer_importance or "p"
        return f"{importance}{partner.region_id._get_area_code()}{number}"
