from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

STATES = [
    ("planned", "Planned"),
    ("checked_in", "Checked In"),
    ("done", "Done"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]

# what only the steps of a visit write
STEP_FIELDS = {
    "name": "New",
    "state": "planned",
    "date_check_in": False,
    "date_check_out": False,
    "cancel_reason": False,
}


class CrmResourceVisit(models.Model):
    """A visit, call or other contact with a customer: planned, or made."""

    _name = "crm.resource.visit"
    _description = "Visit"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.actor.mixin",
        "crm.resource.colleague.mixin",
        "crm.resource.past.mixin",
    ]
    _past_dates = ("date_start",)
    _past_user = "user_id"
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "partner_id"]

    subject = fields.Char(tracking=True)
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="planned",
        copy=False,
        tracking=True,
    )
    type_id = fields.Many2one(
        "crm.resource.visit.type",
        string="Kind",
        required=True,
        default=lambda self: self.env["crm.resource.visit.type"].search([], limit=1),
        ondelete="restrict",
        tracking=True,
    )
    kind = fields.Selection(related="type_id.kind", string="Way")
    is_on_site = fields.Boolean(related="type_id.is_on_site")
    color = fields.Integer(related="type_id.color")
    purpose_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "visit_purpose")],
        ondelete="restrict",
    )

    # with whom
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        index=True,
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "crm_resource_visit_contact_rel",
        string="Contacts Met",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        domain="['|', ('partner_id', 'child_of', partner_id), "
        "('party_ids.partner_id', '=', partner_id)]",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    level_id = fields.Many2one(related="partner_id.level_id", string="Customer Level")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )

    # by whom
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    colleague_ids = fields.Many2many(
        "res.users",
        "crm_resource_visit_colleague_rel",
        string="Colleagues",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
    )

    # when
    date_start = fields.Datetime(
        string="Begin",
        required=True,
        default=lambda self: fields.Datetime.now().replace(second=0),
        tracking=True,
        help="As planned, and from the check-in on as it was.",
    )
    date_end = fields.Datetime(
        string="End",
        required=True,
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_check_in = fields.Datetime(string="Checked In On", readonly=True, copy=False)
    date_check_out = fields.Datetime(string="Checked Out On", readonly=True, copy=False)
    duration = fields.Float(
        compute="_compute_duration", store=True, help="In hours.", aggregator="sum"
    )

    # what came of it
    report = fields.Html()
    result_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "visit_result")],
        ondelete="restrict",
        tracking=True,
    )
    needs = fields.Text(help="What the customer needs.")
    intentions = fields.Text(help="What he means to buy, and when.")
    worries = fields.Text(help="What keeps him from it.")
    competitor_ids = fields.Many2many(
        "crm.resource.competitor",
        "crm_resource_visit_competitor_rel",
        string="Competitors Seen",
    )
    satisfaction = fields.Selection(
        [
            ("1", "Very dissatisfied"),
            ("2", "Dissatisfied"),
            ("3", "Neutral"),
            ("4", "Satisfied"),
            ("5", "Very satisfied"),
        ],
        help="How satisfied the customer appeared to be.",
    )
    cost = fields.Monetary(help="What the visit cost: travel, meals, presents.")
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    cancel_reason = fields.Char(
        string="Reason of Cancelling", readonly=True, copy=False
    )
    visit_properties = fields.Properties(
        "Further Fields", definition="type_id.visit_properties_definition", copy=True
    )

    _check_dates = models.Constraint(
        "CHECK(date_start <= date_end)",
        "A visit cannot end before it begins: correct the end.",
    )
    _check_cost = models.Constraint(
        "CHECK(cost >= 0)", "The cost of a visit cannot be negative: correct it."
    )
    _date_idx = models.Index("(date_start DESC, id DESC)")
    _user_date_idx = models.Index("(user_id, date_start)")
    _partner_date_idx = models.Index("(partner_id, date_start)")
    _planned_idx = models.Index("(date_end) WHERE state = 'planned'")

    @api.depends("partner_id")
    def _compute_company_id(self):
        for visit in self:
            visit.company_id = (
                visit.partner_id.company_id or visit.company_id or self.env.company
            )

    @api.depends("user_id", "partner_id")
    def _compute_team_id(self):
        for visit in self:
            # in which department somebody works is no secret
            team = visit.user_id.sudo().sale_team_id or visit.partner_id.sudo().team_id
            fits = team.company_id <= visit.company_id
            visit.team_id = fits and team.with_env(self.env)

    @api.depends("date_start", "type_id")
    def _compute_date_end(self):
        for visit in self:
            lasted = timedelta(hours=visit.type_id.duration or 1)
            if visit._origin.date_start and visit._origin.date_end:
                lasted = visit._origin.date_end - visit._origin.date_start
            visit.date_end = visit.date_start and visit.date_start + lasted

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for visit in self:
            lasted = (
                visit.date_end - visit.date_start if visit.date_end else timedelta()
            )
            visit.duration = lasted.total_seconds() / 3600

    @api.depends("name", "subject", "partner_id.display_name")
    def _compute_display_name(self):
        for visit in self:
            # whoever sees the visit sees whom it is about
            customer = visit.sudo().partner_id.display_name
            parts = (visit._get_number(), visit.subject or customer)
            visit.display_name = " ".join(filter(None, parts))

    @api.model
    def _get_mine_domain(self):
        """Return the condition of the user's own visits, and of those he joins."""
        uid = self.env.uid
        return Domain("user_id", "=", uid) | Domain("colleague_ids", "in", uid)

    # ------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------

    @api.model
    def _get_step_values(self):
        """Hook: what only steps of visits write, by field, as a new visit has it."""
        return STEP_FIELDS

    def _get_position_values(self, moment, position):
        """Hook: what is kept of where a person checked in or out.

        :param str moment: "in" or "out"
        :param dict position: what his browser says, None without
        :return: dict of values of the visit
        """
        return {}

    def _get_plan_values(self):
        """Hook: what a visit is given that is planned anew."""
        return {
            "state": "planned",
            "date_check_in": False,
            "date_check_out": False,
            "cancel_reason": False,
        }

    def _check_finished(self):
        """Hook: check that visits have what is needed when they are done."""
