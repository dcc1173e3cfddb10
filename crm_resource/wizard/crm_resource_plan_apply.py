from datetime import datetime, time

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmResourcePlanApply(models.TransientModel):
    """The steps of a template become the plan of an opportunity."""

    _name = "crm.resource.plan.apply"
    _description = "Use a Template"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", required=True)
    template_id = fields.Many2one(
        "crm.resource.plan.template",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    date = fields.Date(
        string="Begin",
        required=True,
        default=fields.Date.context_today,
    )
    has_steps = fields.Boolean(compute="_compute_has_steps")
    is_added = fields.Boolean(
        string="Add to the Plan",
        help="The opportunity has steps already: add those of the template to them.",
    )

    @api.depends("lead_id")
    def _compute_template_id(self):
        """Propose the first template of the opportunity's kind."""
        templates = self.env["crm.resource.plan.template"]
        for dialog in self:
            kind = dialog.lead_id.kind_id.id
            companies = [False, (dialog.lead_id.company_id or self.env.company).id]
            found = templates.search(
                Domain("kind_id", "in", [False, kind])
                & Domain("company_id", "in", companies)
            )
            dialog.template_id = found.sorted(
                lambda template, kind=kind: template.kind_id.id != kind
            )[:1]

    @api.depends("lead_id")
    def _compute_has_steps(self):
        for dialog in self:
            dialog.has_steps = bool(dialog.lead_id.plan_step_ids)

    def action_apply(self):
        """Make the steps.

        :raise UserError: if no template is chosen, or there are steps already and they
            shall not be added
        """
        self.ensure_one()
        if not self.template_id:
            raise UserError(self.env._("Choose the template of the plan."))
        if self.has_steps and not self.is_added:
            raise UserError(
                self.env._(
                    "“%(lead)s” has a plan already: tick “Add to the Plan” to add the "
                    "steps.",
                    lead=self.lead_id.name,
                )
            )
        self.env["crm.resource.plan.step"].create(
            [self._prepare_step(line) for line in self.template_id.line_ids]
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_step(self, line):
        """Return the values of the step for a line of the template."""
        lead = self.lead_id
        # who leads a department is no secret
        leader = lead.team_id.sudo().user_id
        user = (line.is_for_leader and leader) or lead.user_id or self.env.user
        return {
            "lead_id": lead.id,
            "sequence": line.sequence,
            "name": line.name,
            "note": line.note,
            "date": self._get_day(line.days),
            "user_id": user.id,
            "is_required": line.is_required,
            "stage_id": line.stage_id.id,
        }

    def _get_day(self, days):
        """Return the day so many working days after the plan begins."""
        company = self.lead_id.company_id or self.env.company
        # when a company works is no secret
        calendar = company.sudo().resource_calendar_id
        if not days or not calendar:
            return fields.Date.add(self.date, days=days)
        zone = timezone(calendar.tz or "UTC")
        begin = zone.localize(datetime.combine(self.date, time.max)).astimezone(utc)
        end = calendar.plan_days(days, begin, compute_leaves=True)
        if not end:  # it never works that much
            return fields.Date.add(self.date, days=days)
        return end.astimezone(zone).date()
