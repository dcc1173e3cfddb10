from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """The gate between stages: whatever moves an opportunity writes its stage, and that
    is where the gate is."""

    _inherit = "crm.lead"

    def write(self, vals):
        """Refuse to go on while required steps are missing.

        :raise UserError: names the opportunities and their steps
        """
        if vals.get("stage_id"):
            self._check_gate(self.env["crm.stage"].browse(vals["stage_id"]))
        return super().write(vals)

    def _check_gate(self, stage):
        """Check that opportunities may go on to a stage."""
        leaving = self.filtered(
            lambda lead: (
                lead.type == "opportunity"
                and lead.stage_id.is_plan_required
                and (stage.is_won or stage.sequence > lead.stage_id.sequence)
            )
        )
        if not leaving:
            return
        # what is required does not depend on who asks
        steps = self.env["crm.resource.plan.step"].sudo()
        missing = steps.search(
            Domain("lead_id", "in", leaving.ids)
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
