from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

READERS = (
    "sales_team.group_sale_salesman,crm_resource.group_reviewer,"
    "crm_resource.group_executive"
)


class CrmLead(models.Model):
    """The development plan of an opportunity."""

    _inherit = "crm.lead"

    kind_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Kind of Opportunity",
        domain=[("kind", "=", "opportunity")],
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    plan_step_ids = fields.One2many(
        "crm.resource.plan.step", "lead_id", string="Development Plan", groups=READERS
    )
    plan_step_count = fields.Integer(
        string="Steps of the Plan", compute="_compute_plan_steps", groups=READERS
    )
    plan_overdue_count = fields.Integer(
        string="Overdue Steps", compute="_compute_plan_steps", groups=READERS
    )
    plan_progress = fields.Integer(
        string="Progress of the Plan",
        compute="_compute_plan_steps",
        groups=READERS,
        help="In %: the steps done of those that are not cancelled.",
    )
    plan_next_date = fields.Date(
        string="Next Step Until", compute="_compute_plan_steps", groups=READERS
    )
    may_plan = fields.Boolean(compute="_compute_may_plan")

    @api.depends("plan_step_ids.state", "plan_step_ids.date")
    def _compute_plan_steps(self):
        # whoever reads an opportunity reads its steps
        steps = self.env["crm.resource.plan.step"].sudo()
        mine = Domain("lead_id", "in", self.ids)
        planned = mine & Domain("state", "=", "planned")
        done = mine & Domain("state", "=", "done")
        late = planned & Domain("date", "<", fields.Date.context_today(self))
        by_lead = ["lead_id"]
        dates = {
            lead.id: (count, date)
            for lead, count, date in steps._read_group(
                planned, by_lead, ["__count", "date:min"]
            )
        }
        done, late = (
            {
                lead.id: count
                for lead, count in steps._read_group(d, by_lead, ["__count"])
            }
            for d in (done, late)
        )
        for lead in self:
            key = lead._origin.id
            open_count, lead.plan_next_date = dates.get(key, (0, False))
            count = open_count + done.get(key, 0)
            lead.plan_step_count = count
            lead.plan_overdue_count = late.get(key, 0)
            lead.plan_progress = count and round(100 * done.get(key, 0) / count)

    @api.depends("assignment_state", "company_id", "team_id", "user_id")
    @api.depends_context("uid", "company")
    def _compute_may_plan(self):
        planned = self._filter_planned_by_me()
        for lead in self:
            lead.may_plan = lead in planned and not lead._is_plan_too_early()

    def _filter_planned_by_me(self):
        """Return those whose plan the person makes: his own, and those of the
        departments that he leads."""
        if self.env.su:
            return self
        mine = self.filtered(lambda lead: lead.user_id == self.env.user)
        return mine | self._filter_led()

    def _is_plan_too_early(self):
        """Return whether a leader has to say first whose the opportunity is."""
        return self.assignment_state != "assigned" and self._is_assigned_by_leader()

    def _check_plan(self):
        """Check that the person makes the plans of these.

        :raise AccessError: if one is the matter of others
        :raise UserError: if nobody has said yet whose it is
        """
        if self.env.su:
            return
        others = self - self._filter_planned_by_me()
        if others:
            raise AccessError(
                self.env._(
                    "“%(lead)s” is planned by its salesperson and those who lead him: "
                    "ask one of them.",
                    lead=others[0].name,
                )
            )
        early = self.filtered(lambda lead: lead._is_plan_too_early())
        if early:
            raise UserError(
                self.env._(
                    "“%(lead)s” is not assigned yet: its plan begins when a leader has "
                    "said whose it is.",
                    lead=early[0].name,
                )
            )

    def action_apply_template(self):
        """Ask for a template, and the day on which the plan begins."""
        self.ensure_one()
        self.check_access("write")
        self._check_plan()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use a Template"),
            "res_model": "crm.resource.plan.apply",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id},
        }
