from odoo import fields, models

from .crm_resource_sales import SALES_BASIS


class ResCompany(models.Model):
    _inherit = "res.company"

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

    def _get_sales_timezone(self):
        """Return the name of the time zone that says on which day an order was made."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

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
