from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

OCCASIONS = [
    ("birthday", "Birthday"),
    ("holiday", "Holiday"),
    ("anniversary", "Anniversary"),
    ("promotion", "Promotion"),
]
ANNIVERSARIES = [
    ("first_order", "First Order"),
    ("customer_since", "Customer Since"),
    ("special", "Special Days of the Contact"),
]
CHANNELS = [
    ("mail", "E-mail"),
    ("sms", "SMS"),
    ("activity", "Activity of the Salesperson"),
]
# days before an occasion from which one may begin to prepare it
LONGEST_BEFORE = 90


class CrmResourceCareRule(models.Model):
    """On which occasion which customers are greeted, by which way, with which gift."""

    _name = "crm.resource.care.rule"
    _description = "Care Rule"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.condition.mixin",
        "crm.resource.message.mixin",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running")],
        string="Status",
        required=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    date_run = fields.Date(
        string="Done Up To",
        readonly=True,
        copy=False,
        help="The last day whose occasions were looked after.",
    )

    # when
    occasion = fields.Selection(
        OCCASIONS, required=True, default="birthday", tracking=True
    )
    holiday_id = fields.Many2one(
        "crm.resource.holiday", ondelete="restrict", tracking=True
    )
    anniversary = fields.Selection(
        ANNIVERSARIES, string="Anniversary Of", default="first_order", tracking=True
    )
    special_name = fields.Char(
        string="Only the Special Day", help="As contacts name it. Empty: all of them."
    )
    date_ids = fields.One2many(
        "crm.resource.care.date", "rule_id", string="On These Days", copy=True
    )
    date_start = fields.Date(string="First Day")
    interval_days = fields.Integer(
        string="Again After", help="Days. 0: on the first day only."
    )
    date_end = fields.Date(string="Last Day", help="Empty: for good.")
    days_before = fields.Integer(
        tracking=True,
        help="So many days before the occasion the message is sent or the activity "
        "planned.",
    )

    # whom
    receiver = fields.Selection(
        [
            ("contacts", "All Contacts"),
            ("main", "Main Contact"),
            ("customer", "The Customer"),
        ],
        string="Goes To",
        required=True,
        default="contacts",
        tracking=True,
        help="Customers who are persons count as their own contact.",
    )
    level_ids = fields.Many2many(
        "crm.resource.level",
        "crm_resource_care_rule_level_rel",
        string="Levels",
        help="Empty: all.",
    )
    region_ids = fields.Many2many(
        "crm.resource.region",
        "crm_resource_care_rule_region_rel",
        string="Market Areas",
        help="These and the areas below them. Empty: all.",
    )
    gender = fields.Selection(
        lambda self: self.env["res.partner"]._fields["gender"].selection,
        help="Of whoever receives it. Empty: all.",
    )
    amount_min = fields.Monetary(
        string="Sales of at Least",
        help="In the 12 months before, with this company. 0: not asked.",
    )
    days_since_purchase = fields.Integer(
        string="No Purchase For",
        help="Days since the last purchase, at least; whoever never bought is not "
        "meant. 0: not asked.",
    )
    domain = fields.Char(string="Further Conditions")

    # how
    channel = fields.Selection(
        CHANNELS, required=True, default="activity", tracking=True
    )
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail Template",
        domain=[("model", "=", "res.partner")],
        ondelete="restrict",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Template",
        domain=[("model", "=", "res.partner")],
        ondelete="restrict",
    )
    instruction = fields.Text(
        string="What to Do",
        translate=True,
        help="Stands in the activity of the salesperson.",
    )
    gift_ids = fields.One2many(
        "crm.resource.care.gift", "rule_id", string="Gifts", copy=True
    )

    date_next = fields.Date(string="Next Occasion", compute="_compute_date_next")
    explanation = fields.Text(compute="_compute_explanation")
    care_count = fields.Integer(compute="_compute_care_count")

    _check_numbers = models.Constraint(
        "CHECK(interval_days >= 0 AND amount_min >= 0 AND days_since_purchase >= 0)",
        "Days and amounts of a care rule cannot be negative: enter 0 for what is not "
        "asked.",
    )
    _check_days_before = models.Constraint(
        f"CHECK(days_before BETWEEN 0 AND {LONGEST_BEFORE})",
        f"Care begins at most {LONGEST_BEFORE} days before the occasion.",
    )
    _check_dates = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_start <= date_end)",
        "A promotion cannot end before it begins: correct the last day.",
    )

    @api.depends("occasion", "holiday_id", "date_ids.date", "date_start", "date_end")
    @api.depends("interval_days")
    def _compute_date_next(self):
        today = fields.Date.context_today(self)
        for rule in self:
            if rule.occasion == "holiday":
                rule.date_next = rule.holiday_id.date_next
            elif rule.occasion == "promotion":
                days = rule._get_promotion_days(
                    today, fields.Date.add(today, days=max(rule.interval_days, 366))
                )
                rule.date_next = days[:1] and days[0]
            else:
                rule.date_next = False

    def _compute_care_count(self):
        counts = dict(
            self.env["crm.resource.care"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.care_count = counts.get(rule, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # whoever deletes rules may not see every row that refers to them
        cares = self.env["crm.resource.care"].sudo()
        used = cares.search([("rule_id", "in", self.ids)], limit=1).rule_id
        if used:
            raise UserError(
                self.env._(
                    "By the rule “%(rule)s” customers were cared for, which the log "
                    "keeps: archive it instead.",
                    rule=used.name,
                )
            )

    @api.model
    def _get_answered_fields(self):
        return {
            "amount_min",
            "anniversary",
            "channel",
            "company_id",
            "date_end",
            "date_ids",
            "date_start",
            "days_before",
            "days_since_purchase",
            "domain",
            "gender",
            "gift_ids",
            "holiday_id",
            "instruction",
            "interval_days",
            "level_ids",
            "occasion",
            "receiver",
            "region_ids",
            "sms_template_id",
            "special_name",
            "state",
            "template_id",
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Up to which day a rule is done only the job says, whatever the context."""
        return super().create([{**vals, "date_run": False} for vals in vals_list])

    def write(self, vals):
        """As `create`; what a rule that stops has not sent yet is not sent later."""
        vals = {name: vals[name] for name in vals if name != "date_run"}
        if vals.get("state") == "running":
            vals["date_run"] = False  # for days before, nothing is done
        result = super().write(vals)
        if vals.get("state") == "draft" or vals.get("active") is False:
            self._drop_planned()
        return result

    def _drop_planned(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_resource_care
                    WHERE state = 'planned' AND rule_id = ANY(%s)""",
                self.ids,
            )
        )
        self.env["crm.resource.care"].invalidate_model()

    def _get_promotion_days(self, first, last):
        """Return the days of the promotion in a span, the earliest first."""
        self.ensure_one()
        days = set(self.date_ids.filtered("date").mapped("date"))
        day, end = self.date_start, min(self.date_end or last, last)
        if day and self.interval_days and day < first:
            missed = (first - day).days // self.interval_days
            day = fields.Date.add(day, days=missed * self.interval_days)
        while day and day <= end:
            days.add(day)
            if not self.interval_days:
                break
            day = fields.Date.add(day, days=self.interval_days)
        return sorted(day for day in days if first <= day <= last)


class CrmResourceCareDate(models.Model):
    _name = "crm.resource.care.date"
    _description = "Day of a Promotion"
    _order = "date, id"
    _rec_name = "date"

    rule_id = fields.Many2one(
        "crm.resource.care.rule", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="Day", required=True)

    _date_unique = models.Constraint(
        "UNIQUE(rule_id, date)", "This day of the promotion is there already."
    )
