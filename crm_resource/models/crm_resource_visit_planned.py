from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceVisit(models.Model):
    """Visits that a plan made."""

    _inherit = "crm.resource.visit"

    plan_id = fields.Many2one(
        "crm.resource.visit.plan",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    plan_date = fields.Date(readonly=True, copy=False, help="Its day in the plan.")

    _plan_unique = models.UniqueIndex(
        "(plan_id, partner_id, plan_date) WHERE plan_id IS NOT NULL",
        "The plan made this visit already.",
    )

    @api.model
    def _get_step_values(self):
        return {**super()._get_step_values(), "plan_id": False, "plan_date": False}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        for visit in self:
            # the plan is no secret to whoever has its visit
            if visit.sudo().plan_id.state == "running" and visit.state == "planned":
                raise UserError(
                    self.env._(
                        "The plan “%(plan)s” would make %(visit)s anew: cancel it "
                        "instead.",
                        # as above
                        plan=visit.sudo().plan_id.name,
                        visit=visit.display_name,
                    )
                )
