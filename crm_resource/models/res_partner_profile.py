from calendar import monthrange

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_partner import INTERNAL

SCORES = [
    ("1", "1 - very low"),
    ("2", "2 - low"),
    ("3", "3 - medium"),
    ("4", "4 - high"),
    ("5", "5 - very high"),
]
# a leap year: without a year, 29 February is a birthday like any other
LEAP_YEAR = 2000
LONGEST_LUNAR_MONTH = 30


class ResPartner(models.Model):
    """What is known of a customer and of his contacts, typed by people."""

    _inherit = "res.partner"

    region_id = fields.Many2one(
        "crm.resource.region",
        string="Market Area",
        compute="_compute_region_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups=INTERNAL,
    )
    interest_categ_ids = fields.Many2many(
        "product.category",
        "res_partner_interest_categ_rel",
        string="Product Interests",
        help="The kinds of products that the customer may buy.",
        groups=INTERNAL,
    )
    customer_type_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "type")],
        ondelete="restrict",
        groups=INTERNAL,
    )
    customer_stage_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "stage")],
        ondelete="restrict",
        groups=INTERNAL,
    )
    headcount = fields.Integer(
        string="Number of Employees", aggregator=False, groups=INTERNAL
    )
    customer_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Figures",
        help="The currency of the annual revenue and of the purchasing power. Empty: "
        "the one of the level policy.",
        groups=INTERNAL,
    )
    figures_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_figures_currency_id",
        groups=INTERNAL,
    )
    annual_revenue = fields.Monetary(
        currency_field="figures_currency_id",
        aggregator=False,
        groups=INTERNAL,
    )
    annual_purchasing_power = fields.Monetary(
        currency_field="figures_currency_id",
        aggregator=False,
        tracking=True,
        help="What the customer spends in a year, with anybody, on what we sell.",
        groups=INTERNAL,
    )
    customer_satisfaction = fields.Selection(
        SCORES, string="Satisfaction", groups=INTERNAL
    )
    customer_credit = fields.Selection(
        SCORES, string="Credit", tracking=True, groups=INTERNAL
    )

    salutation_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "salutation")],
        ondelete="restrict",
        groups=INTERNAL,
    )
    department = fields.Char(groups=INTERNAL)
    decision_role_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Role in Decisions",
        domain=[("kind", "=", "decision")],
        ondelete="restrict",
        groups=INTERNAL,
    )
    is_main_contact = fields.Boolean(string="Main Contact", groups=INTERNAL)
    crm_mobile = fields.Char(string="Mobile", groups=INTERNAL)
    crm_home_phone = fields.Char(string="Home Phone", groups=INTERNAL)
    crm_fax = fields.Char(string="Fax", groups=INTERNAL)
    hobbies = fields.Char(groups=INTERNAL)
    birth_calendar = fields.Selection(
        [("solar", "Gregorian"), ("lunar", "Lunar")],
        string="Calendar of the Birthday",
        groups=INTERNAL,
    )
    birth_year = fields.Integer(
        string="Year of Birth", aggregator=False, groups=INTERNAL
    )
    birth_month = fields.Integer(
        string="Month of Birth", aggregator=False, groups=INTERNAL
    )
    birth_day = fields.Integer(string="Day of Birth", aggregator=False, groups=INTERNAL)
    is_birth_month_leap = fields.Boolean(
        string="Leap Month",
        help="The second of two lunar months of the same number.",
        groups=INTERNAL,
    )
    birthday = fields.Char(compute="_compute_birthday", groups=INTERNAL)
    age = fields.Integer(compute="_compute_age", groups=INTERNAL)
    crm_date_anniversary = fields.Date(string="Anniversary", groups=INTERNAL)
    crm_anniversary_label = fields.Char(
        string="What the Anniversary Is", groups=INTERNAL
    )

    _check_annual_purchasing_power = models.Constraint(
        "CHECK(annual_purchasing_power >= 0)",
        "The purchasing power cannot be negative: enter what the customer spends in a "
        "year, or leave it empty.",
    )
    _check_annual_revenue = models.Constraint(
        "CHECK(annual_revenue >= 0)",
        "The annual revenue cannot be negative.",
    )
    _check_headcount = models.Constraint(
        "CHECK(headcount >= 0)", "The number of employees cannot be negative."
    )

    @api.depends("state_id", "customer_state")
    def _compute_region_id(self):
        """A customer without an area gets the one of his province."""
        lacking = self.filtered(
            lambda p: p.customer_state and p.state_id and not p.region_id
        )
        regions = self.env["crm.resource.region"]
        if lacking:
            regions = regions.search(
                [("kind", "=", "province"), ("state_id", "in", lacking.state_id.ids)]
            )
        by_state = {region.state_id: region for region in regions}
        for partner in self:
            partner.region_id = partner.region_id or by_state.get(partner.state_id)

    @api.depends("customer_currency_id", "company_id")
    @api.depends_context("company")
    def _compute_figures_currency_id(self):
        policies = self.env["crm.resource.level.policy"]
        for partner in self:
            partner.figures_currency_id = (
                partner.customer_currency_id
                or policies._get_leading_currency(partner.company_id)
                or self.env.company.currency_id
            )

    @api.depends("birth_year", "birth_month", "birth_day", "birth_calendar")
    def _compute_birthday(self):
        for partner in self:
            if not partner.birth_month or not partner.birth_day:
                partner.birthday = False
                continue
            day = f"{partner.birth_month:02}-{partner.birth_day:02}"
            if partner.birth_year:
                day = f"{partner.birth_year}-{day}"
            if partner.birth_calendar == "lunar":
                day = self.env._("%(day)s (lunar)", day=day)
            partner.birthday = day

    @api.depends("birth_year", "birth_month", "birth_day", "birth_calendar")
    def _compute_age(self):
        """Complete years; without a Gregorian day, the difference of the years."""
        today = fields.Date.context_today(self)
        for partner in self:
            if not partner.birth_year:
                partner.age = 0
                continue
            birthday = (partner.birth_month or 1, partner.birth_day or 1)
            is_ahead = (
                partner.birth_calendar != "lunar"
                and (today.month, today.day) < birthday
            )
            partner.age = today.year - partner.birth_year - is_ahead

    @api.constrains("customer_currency_id", "company_id")
    def _check_customer_currency_id(self):
        """Figures in a currency without a rate could not be compared with sales."""
        for partner in self.filtered("customer_currency_id"):
            self.env["crm.resource.level.policy"]._check_rate(
                partner.customer_currency_id, partner.company_id or self.env.company
            )

    @api.constrains("birth_year", "birth_month", "birth_day", "birth_calendar")
    def _check_birthday(self):
        for partner in self:
            if not partner._is_birthday_possible():
                raise ValidationError(
                    self.env._(
                        "There is no such day as the birthday of %(name)s: year "
                        "%(year)s, month %(month)s, day %(day)s. Correct it, or leave "
                        "it empty.",
                        name=partner.name,
                        year=partner.birth_year or "-",
                        month=partner.birth_month,
                        day=partner.birth_day,
                    )
                )

    def _is_birthday_possible(self):
        self.ensure_one()
        year, month, day = self.birth_year, self.birth_month, self.birth_day
        if not year and not month and not day:
            return True
        if year and not 1800 <= year <= fields.Date.context_today(self).year:
            return False
        if not month and not day:
            return True
        if not 1 <= month <= 12 or day < 1:
            return False
        if self.birth_calendar == "lunar":
            return day <= LONGEST_LUNAR_MONTH
        return day <= monthrange(year or LEAP_YEAR, month)[1]
