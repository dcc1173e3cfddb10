from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

# days ahead for which visits are made at most
LONGEST_AHEAD = 180
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CrmResourceVisitPlan(models.Model):
    """Who is visited again and again, and how often."""

    _name = "crm.resource.visit.plan"
    _description = "Plan of Visits"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.responsible.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    scope = fields.Selection(
        [("customers", "These Customers"), ("filter", "All Who Meet Conditions")],
        string="For",
        required=True,
        default="customers",
        tracking=True,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "crm_resource_visit_plan_partner_rel",
        string="Customers",
        domain=[("customer_state", "=", "approved")],
    )
    level_ids = fields.Many2many(
        "crm.resource.level",
        "crm_resource_visit_plan_level_rel",
        string="Levels",
        help="Empty: all.",
    )
    domain = fields.Char(string="Further Conditions")

    # what
    type_id = fields.Many2one(
        "crm.resource.visit.type",
        string="Kind",
        required=True,
        default=lambda self: self.env["crm.resource.visit.type"].search([], limit=1),
        ondelete="restrict",
    )
    purpose_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "visit_purpose")],
        ondelete="restrict",
    )
    subject = fields.Char()

    # when
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="Until", tracking=True, help="Empty: for good.")
    interval_number = fields.Integer(string="Every", default=1, tracking=True)
    interval_unit = fields.Selection(
        [("weeks", "Weeks"), ("months", "Months")],
        required=True,
        default="weeks",
        tracking=True,
    )
    weekday = fields.Selection(WEEKDAYS, required=True, default="0", tracking=True)
    position = fields.Selection(
        [("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth")],
        string="Of the Month",
        required=True,
        default="1",
    )
    hour = fields.Float(string="First Visit At", default=9)
    per_day = fields.Integer(
        string="Visits a Day",
        default=6,
        help="Of one person. The others are planned for his next working days.",
    )
    days_ahead = fields.Integer(
        default=28, help="For so many days ahead visits stand in the calendar."
    )
    visit_count = fields.Integer(compute="_compute_visit_count")

    _check_interval = models.Constraint(
        "CHECK(interval_number BETWEEN 1 AND 52)",
        "Visits repeat every 1 to 52 weeks or months: correct the interval.",
    )
    _check_numbers = models.Constraint(
        f"CHECK(per_day BETWEEN 1 AND 24 AND days_ahead BETWEEN 1 AND {LONGEST_AHEAD})",
        "A person makes 1 to 24 visits a day, and visits are planned for 1 to "
        f"{LONGEST_AHEAD} days ahead.",
    )
    _check_hour = models.Constraint(
        "CHECK(hour >= 0 AND hour < 24)", "The first visit is between 0:00 and 23:59."
    )
    _check_dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from <= date_to)",
        "A plan cannot end before it begins: correct the last day.",
    )

    def _compute_visit_count(self):
        counts = dict(
            self.env["crm.resource.visit"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.visit_count = counts.get(plan, 0)

    # ------------------------------------------------------------
    # Who may do what
    # ------------------------------------------------------------

    @api.model
    def _get_answered_fields(self):
        return {
            "company_id",
            "date_from",
            "domain",
            "level_ids",
            "partner_ids",
            "scope",
            "state",
            "type_id",
        }

    @api.model_create_multi
    def create(self, vals_list):
        """A plan begins as a draft, whatever the context."""
        plans = super().create([{**vals, "state": "draft"} for vals in vals_list])
        plans._check_author()
        return plans

    def write(self, vals):
        """As `create`; buttons start and stop it."""
        if "state" in vals and not self.env.su:
            raise AccessError(
                self.env._("A plan is started and stopped by its buttons: use them.")
            )
        result = super().write(vals)
        self._check_author()
        return result

    def _check_author(self):
        """Salespeople plan for customers whom they name, and reach."""
        if self.env.su:
            return
        self.partner_ids.check_access("read")
        if self.env.user.has_group("crm_resource.group_reviewer"):
            return
        for plan in self:
            if plan.scope == "filter":
                raise AccessError(
                    self.env._(
                        "Plans by conditions are made by market staff: choose "
                        "customers, or ask one of them."
                    )
                )

    @api.constrains("scope", "partner_ids", "state")
    def _check_complete(self):
        for plan in self:
            if (
                plan.state == "running"
                and plan.scope == "customers"
                and not plan.partner_ids
            ):
                raise ValidationError(
                    self.env._(
                        "The plan “%(plan)s” names no customers: add some, then "
                        "start it.",
                        plan=plan.name,
                    )
                )

    def _get_responsible_lack(self):
        """Whoever names his customers needs to be no market staff."""
        user = self.responsible_id
        if self.scope == "filter" or not user.active:
            return super()._get_responsible_lack()
        # of which company the plan is, is no secret
        if not user._is_in_company(self.sudo().company_id) or not (
            user.has_group("sales_team.group_sale_salesman")
            or user.has_group("crm_resource.group_reviewer")
        ):
            return self.env._(
                "%(person)s, who answers for it, plans no visits any more.",
                person=user.name,
            )
        return None

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_start(self):
        """Let the job make the visits, and make them at once."""
        self.check_access("write")
        for plan in self:
            # the right was checked; whoever starts it answers for it
            plan.sudo().write({"state": "running", "responsible_id": self.env.uid})
            plan._check_author()
            plan.sudo()._make_visits()
        return True

    def action_stop(self):
        """Make no more visits; those that are planned stay."""
        self.check_access("write")
        # the right was checked
        self.sudo().state = "draft"
        return True

    def action_open_visits(self):
        """List the visits that it made."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_visit_action_all"
            ),
            "domain": [("plan_id", "=", self.id)],
            "context": {},
        }

    # ------------------------------------------------------------
    # Days
    # ------------------------------------------------------------

    def _get_days(self, first, last):
        """Return the days of the plan in a span, whether people work then or not."""
        self.ensure_one()
        last = min(last, self.date_to) if self.date_to else last
        begin = max(first, self.date_from)
        days = []
        if self.interval_unit == "weeks":
            day = self.date_from + timedelta(
                days=(int(self.weekday) - self.date_from.weekday()) % 7
            )
            while day <= last:
                days.append(day)
                day += timedelta(weeks=self.interval_number)
        else:
            month = self.date_from.replace(day=1)
            while month <= last:
                shift = (int(self.weekday) - month.weekday()) % 7
                days.append(month + timedelta(days=shift, weeks=int(self.position) - 1))
                month += relativedelta(months=self.interval_number)
        return [day for day in days if begin <= day <= last]

    def _get_customer_domain(self):
        """Return the condition of who is visited, of those who may be."""
        domain = (
            Domain("customer_state", "=", "approved")
            & Domain("date_terminated", "=", False)
            & Domain("user_id.active", "=", True)
            & Domain("user_id.company_ids", "in", self.company_id.id)
            & Domain("company_id", "in", [self.company_id.id, False])
        )
        if self.scope == "customers":
            domain &= Domain("id", "in", self.partner_ids.ids)
        else:
            domain &= self._get_typed_domain()
            if self.level_ids:
                domain &= Domain("level_id", "in", self.level_ids.ids)
        user = self.responsible_id
        if user._is_superuser() or user.has_group("crm_resource.group_reviewer"):
            return domain
        led = self.env["crm.team"].with_user(user)._get_led_members()
        return domain & Domain("user_id", "in", (led | user).ids)
