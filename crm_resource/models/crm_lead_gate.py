from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from .crm_lead_plan import READERS


class CrmLead(models.Model):
    """The gate between stages: whatever moves an opportunity writes its stage, and that
    is where the gate is."""

    _inherit = "crm.lead"

    stage_approval_ids = fields.One2many(
        "crm.resource.stage.approval", "lead_id", groups=READERS
    )
    stage_approval_id = fields.Many2one(
        "crm.resource.stage.approval",
        string="Approval of the Stage",
        compute="_compute_stage_approval_id",
        groups=READERS,
    )
    is_approval_due = fields.Boolean(related="stage_id.is_approval_required")

    @api.depends("stage_approval_ids.state")
    def _compute_stage_approval_id(self):
        for lead in self:
            lead.stage_approval_id = lead.stage_approval_ids.filtered(
                lambda approval: approval.state == "submitted"
            )[:1]

    def write(self, vals):
        """Refuse to go on while required steps or the approval are missing.

        :raise UserError: names the opportunities and their steps
        :raise RedirectWarning: leads to the request for the approval
        """
        if vals.get("stage_id"):
            self._check_gate(self.env["crm.stage"].browse(vals["stage_id"]))
        return super().write(vals)

    def action_request_stage(self):
        """Open the request for the approval of the next stage."""
        self.ensure_one()
        self.check_access("write")
        stages = self.env["crm.stage"]
        next_stage = stages.search(
            Domain("team_ids", "in", [False, self.team_id.id])
            & Domain("sequence", ">", self.stage_id.sequence),
            limit=1,
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_stage_approval_action_request"
            ),
            "context": self._get_request_context(next_stage),
        }

    def _get_request_context(self, stage):
        return {"default_lead_id": self.id, "default_stage_id": stage.id}

    def _filter_leaving(self, stage):
        """Return those that would go on from their stage if they went to this one."""
        return self.filtered(
            lambda lead: (
                lead.type == "opportunity"
                and lead.stage_id != stage
                and (stage.is_won or stage.sequence > lead.stage_id.sequence)
            )
        )

    def _check_gate(self, stage):
        """Check that opportunities may go on to a stage."""
        leaving = self._filter_leaving(stage)
        leaving._check_steps_done(stage)
        leaving._check_approved(stage)

    def _check_steps_done(self, stage):
        """Check that nothing required is left to do before they go on to a stage."""
        held = self.filtered("stage_id.is_plan_required")
        if not held:
            return
        # what is required does not depend on who asks
        steps = self.env["crm.resource.plan.step"].sudo()
        missing = steps.search(
            Domain("lead_id", "in", held.ids)
            & Domain("state", "=", "planned")
            & Domain("is_required", "=", True)
        ).filtered(
            lambda step: (
                step.stage_id.sequence <= step.lead_id.stage_id.sequence
                if step.stage_id
                else stage.is_won
            )
        )
        if missing:
            raise UserError(
                self.env._(
                    "Required steps are to be done before the opportunity goes "
                    "on:\n%(list)s",
                    list="\n".join(
                        f"{lead.name}: {', '.join(own.mapped('name'))}"
                        for lead, own in missing.grouped("lead_id").items()
                    ),
                )
            )

    def _check_approved(self, stage):
        """Check that those whose stage asks for it were approved for the next one: the
        approval that is just given moves them."""
        held = self.filtered("stage_id.is_approval_required")
        if not held:
            return
        # whether it was approved does not depend on who asks
        approved = (
            self.env["crm.resource.stage.approval"]
            .sudo()
            .search(
                Domain("lead_id", "in", held.ids)
                & Domain("stage_id", "=", stage.id)
                & Domain("state", "=", "submitted")
                & Domain("validation_status", "=", "validated")
            )
        )
        missing = held - approved.lead_id
        if not missing:
            return
        message = self.env._(
            "These leave their stage only with an approval. Ask for it:\n%(list)s",
            list="\n".join(
                f"{lead.name}: {lead.stage_id.name} → {stage.name}" for lead in missing
            ),
        )
        if len(missing) > 1:
            raise UserError(message)
        raise RedirectWarning(
            message,
            self.env.ref("crm_resource.crm_resource_stage_approval_action_request").id,
            self.env._("Request Approval"),
            missing._get_request_context(stage),
        )
