from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

STEP_FIELDS = {"name": "New", "state": "draft"}


class CrmResourceAccountPlan(models.Model):
    """What a customer is about, how he is to be developed over a period, and by what
    one sees that it works."""

    _name = "crm.resource.account.plan"
    _description = "Account Plan"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.customer.mixin",
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id"]

    partner_id = fields.Many2one(ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.context_today(self), "year"
        ),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.end_of(
            fields.Date.context_today(self), "year"
        ),
    )
    challenges = fields.Text(help="What the customer struggles with.")
    strengths = fields.Text(help="What speaks for us.")
    weaknesses = fields.Text(help="What speaks against us.")
    trends = fields.Text(
        help="What changes in his business, and what we can sell then."
    )
    strategy_id = fields.Many2one(
        "crm.resource.strategy",
        string="Strategy for His Kind",
        compute="_compute_strategy_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        check_company=True,
        help="How customers of his kind are won and kept.",
    )
    strategy = fields.Text(
        tracking=True, help="How customers of his kind, and he, are to be won and kept."
    )
    competitor_ids = fields.Many2many(
        "crm.resource.competitor",
        "crm_resource_account_plan_competitor_rel",
        string="Competitors",
    )
    objective_ids = fields.One2many(
        "crm.resource.account.objective", "plan_id", string="Objectives", copy=True
    )
    progress = fields.Integer(
        compute="_compute_progress", help="In %: the mean of the objectives."
    )

    _check_dates = models.Constraint(
        "CHECK(date_from <= date_to)",
        "A plan cannot end before it begins: correct its end.",
    )
    _active_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'active'",
        "This customer has an active plan already: close that one first.",
    )

    @api.depends("partner_id")
    def _compute_strategy_id(self):
        strategies = self.env["crm.resource.strategy"]
        for plan in self:
            # whoever plans for a customer may know of which kind he is
            customer = plan.sudo().partner_id
            plan.strategy_id = strategies
            if customer:
                domain = strategies._get_customer_domain(customer)
                plan.strategy_id = strategies.search(domain, limit=1)

    @api.depends("objective_ids.progress")
    def _compute_progress(self):
        for plan in self:
            parts = plan.objective_ids.mapped("progress")
            plan.progress = parts and round(sum(parts) / len(parts))

    @api.depends("name", "partner_id.display_name")
    def _compute_display_name(self):
        for plan in self:
            # whoever sees the plan sees whom it is about
            customer = plan.sudo().partner_id.display_name
            parts = (plan._get_number(), customer)
            plan.display_name = " ".join(filter(None, parts))

    def _get_sales(self):
        """Return the customer's sales of the period, in the company's currency: of what
        the person is shown of him."""
        self.ensure_one()
        if not self.partner_id.ids or not self.date_from or not self.date_to:
            return 0
        shown_from = self.partner_id._get_past_end()
        date_from = max(self.date_from, shown_from.date() if shown_from else date.min)
        self.env.flush_all()
        # how companies count sales is no secret
        company = self.company_id.sudo()
        [(amount,)] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(amount), 0) FROM (%s) sales",
                self.env["crm.resource.sales"]._get_query(
                    date_from=date_from,
                    date_to=self.date_to,
                    companies=company,
                    currency=company.currency_id,
                    partners=self.partner_id,
                ),
            )
        )
        return float(amount)

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def action_activate(self):
        """Begin plans.

        :raise UserError: if the customer has an active one
        """
        self._check_step(("draft",))
        # the index decides in a race; here it gets words
        others = self.sudo().search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "active"),
            ]
        )
        for plan in self:
            other = others.filtered(
                lambda other, plan=plan: (
                    other.partner_id == plan.partner_id
                    and other.company_id == plan.company_id
                )
            )
            if other:
                raise UserError(
                    self.env._(
                        "%(customer)s has the active plan %(plan)s: close that one "
                        "first.",
                        customer=plan.partner_id.name,
                        plan=other.name,
                    )
                )
        self._take_step({"state": "active"})
        return True

    def action_close(self):
        """End plans."""
        self._check_step(("active",))
        self._take_step({"state": "closed"})
        return True

    def action_reopen(self):
        """Set closed plans back to drafts."""
        self._check_step(("closed",))
        self._take_step({"state": "draft"})
        return True

    # ------------------------------------------------------------
    # What people enter
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number plans; whoever enters one for somebody else leads him."""
        if not self.env.su:
            vals_list = [{**vals, **STEP_FIELDS} for vals in vals_list]
        plans = super().create([self._of_customer(vals) for vals in vals_list])
        if not self.env.su:
            plans._check_people()
        plans._number()
        return plans

    def write(self, vals):
        """As `create`; buttons say where a plan stands."""
        if self.env.su:
            return super().write(vals)
        if not STEP_FIELDS.keys().isdisjoint(vals):
            raise AccessError(
                self.env._("Plans are begun and closed by their buttons: use those.")
            )
        self._check_actor()
        result = super().write(self._of_customer(vals))
        if "user_id" in vals:
            self._check_people()
        if "partner_id" in vals:
            # rules ask whose a record is before it is written
            self.check_access("write")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_others(self):
        self._check_actor()
