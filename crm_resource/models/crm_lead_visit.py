from odoo import fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """Visits for the sake of an opportunity."""

    _inherit = "crm.lead"

    visit_ids = fields.One2many("crm.resource.visit", "lead_id", string="Visits")
    visit_count = fields.Integer(compute="_compute_visit_count")

    def _compute_visit_count(self):
        visits = self.env["crm.resource.visit"]
        counts = visits.has_access("read") and visits._read_group(
            [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
        )
        counts = dict(counts or ())
        for lead in self:
            lead.visit_count = counts.get(lead._origin, 0)

    def action_open_visits(self):
        """Open the visits for this opportunity."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_visit_action_all"
            ),
            "domain": [("lead_id", "=", self.id)],
            "context": {
                "default_lead_id": self.id,
                "default_partner_id": self.partner_id.commercial_partner_id.id,
            },
        }

    def action_log_visit(self):
        """Open the record of a visit for this opportunity.

        :raise UserError: if it has no customer
        """
        self.ensure_one()
        self.check_access("read")
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "“%(lead)s” has no customer yet: enter whom you visited, then log "
                    "the visit.",
                    lead=self.name,
                )
            )
        action = self.partner_id.action_log_visit()
        action["context"]["default_lead_id"] = self.id
        if self.partner_id != self.partner_id.commercial_partner_id:
            action["context"]["default_contact_ids"] = self.partner_id.ids
        return action
