from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# what only the steps of a step write
STATE_FIELDS = {"state": "planned", "date_done": False}


class CrmResourcePlanStep(models.Model):
    """One step of an opportunity's development plan: what is to be done until when by
    whom, and what came of it."""

    _name = "crm.resource.plan.step"
    _description = "Step of a Development Plan"
    _order = "date, sequence, id"
    _check_company_auto = True

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        domain=[("type", "=", "opportunity")],
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="lead_id.partner_id",
        string="Customer",
        store=True,
        index=True,
        help="Customer of the opportunity.",
    )
    company_id = fields.Many2one(related="lead_id.company_id", store=True)
    party_id = fields.Many2one(
        "crm.resource.project.party",
        string="For Company",
        domain="[('lead_id', '=', lead_id)]",
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_salesman,crm_resource.group_executive",
        help="For which of the companies of the project; none: for the customer.",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What", required=True)
    note = fields.Text(string="How")
    date = fields.Date(string="Until", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("share", "=", False)],
        ondelete="restrict",
        check_company=True,
    )
    stage_id = fields.Many2one(
        "crm.stage",
        string="Before Leaving",
        ondelete="set null",
        help="The stage that waits for the step if it is required; none: the "
        "opportunity is not won without it.",
    )
    is_required = fields.Boolean(string="Required")
    visit_id = fields.Many2one(
        "crm.resource.visit",
        domain="[('lead_id', '=', lead_id)]",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="sales_team.group_sale_salesman,crm_resource.group_reviewer,"
        "crm_resource.group_executive",
    )
    effect = fields.Text(help="What came of it, as it really went.")
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        string="Status",
        required=True,
        readonly=True,
        default="planned",
        copy=False,
    )
    date_done = fields.Date(string="Done On", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _planned_idx = models.Index("(user_id, date) WHERE state = 'planned'")

    @api.depends("lead_id")
    def _compute_user_id(self):
        for step in self:
            step.user_id = step.user_id or step.lead_id.user_id or self.env.user

    @api.constrains("lead_id", "party_id")
    def _check_party_id(self):
        for step in self.sudo():  # whoever plans it need not reach the company
            if step.party_id and step.party_id.lead_id != step.lead_id:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” is for a company of another project: choose one of "
                        "“%(lead)s”.",
                        step=step.name,
                        lead=step.lead_id.name,
                    )
                )

    @api.depends("date", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for step in self:
            step.is_overdue = (
                step.state == "planned" and bool(step.date) and step.date < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("state", "=", "planned") & Domain("date", "<", today)

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_done(self):
        """Say that steps were taken.

        :raise UserError: if one says nothing of its effect
        """
        self._check_doer(("planned",))
        silent = self.filtered(lambda step: not (step.effect or "").strip())
        if silent:
            raise UserError(
                self.env._(
                    "Write what came of it first: %(steps)s",
                    steps=", ".join(silent.mapped("name")),
                )
            )
        self._take_step({"state": "done", "date_done": fields.Date.context_today(self)})
        return True

    def action_cancel(self):
        """Leave steps out."""
        self.lead_id._check_plan()
        self._check_doer(("planned",))
        self._take_step({"state": "cancelled"})
        return True

    def action_plan(self):
        """Plan steps again."""
        self._check_doer(("done", "cancelled"))
        self._take_step(STATE_FIELDS)
        return True

    def _take_step(self, vals):
        # whoever calls has checked who takes the step, and from where
        self.sudo().write(vals)

    def _check_doer(self, states):
        """Check that the person takes these steps, or plans them, and that they are
        where this is possible.

        :raise AccessError: if a step is the matter of others
        :raise UserError: if it is not possible from its state
        """
        self.check_access("write")
        others = self.filtered(lambda step: step.user_id != self.env.user)
        others.lead_id._check_plan()
        names = dict(self._fields["state"]._description_selection(self.env))
        for step in self:
            if step.state not in states:
                raise UserError(
                    self.env._(
                        "“%(step)s” is “%(state)s”: choose steps that are %(states)s.",
                        step=step.name,
                        state=names[step.state],
                        states=", ".join(f"“{names[state]}”" for state in states),
                    )
                )

    # ------------------------------------------------------------
    # What people enter
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever plans an opportunity plans its steps; where they stand follows from
        what is done.

        :raise AccessError: if the opportunity is the matter of others
        :raise UserError: if it is not assigned yet
        """
        if not self.env.su:
            vals_list = [{**vals, **STATE_FIELDS} for vals in vals_list]
        steps = super().create(vals_list)
        steps.lead_id._check_plan()
        return steps

    def write(self, vals):
        """As `create`; whoever takes a step says what came of it."""
        if self.env.su:
            return super().write(vals)
        if not STATE_FIELDS.keys().isdisjoint(vals):
            raise AccessError(
                self.env._("Steps are done or cancelled by their buttons: use those.")
            )
        others = self
        if vals.keys() <= {"effect", "note", "visit_id"}:
            others = self.filtered(lambda step: step.user_id != self.env.user)
        others.lead_id._check_plan()
        result = super().write(vals)
        if "lead_id" in vals:
            self.lead_id._check_plan()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.lead_id._check_plan()
        done = self.filtered(lambda step: step.state == "done")
        if done and not self.env.su:
            raise UserError(
                self.env._(
                    "What was done is kept: %(steps)s",
                    steps=", ".join(done.mapped("name")),
                )
            )
