from odoo import fields, models

from .crm_lead_plan import READERS


class CrmLead(models.Model):
    """What was proposed for the sake of an opportunity."""

    _inherit = "crm.lead"

    solution_ids = fields.One2many(
        "crm.resource.solution", "lead_id", string="Solutions", groups=READERS
    )
    solution_count = fields.Integer(compute="_compute_solution_count", groups=READERS)

    def _compute_solution_count(self):
        counts = dict(
            self.env["crm.resource.solution"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.solution_count = counts.get(lead._origin, 0)

    def action_open_solutions(self):
        """Open the requirement solutions for this opportunity."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_solution_action"
            ),
            "domain": [("lead_id", "=", self.id)],
            "context": {
                "default_lead_id": self.id,
                "default_partner_id": self.partner_id.commercial_partner_id.id,
                "default_subject": self.name,
            },
        }
