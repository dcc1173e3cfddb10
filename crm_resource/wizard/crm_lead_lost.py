from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class CrmLeadLost(models.TransientModel):
    _inherit = "crm.lead.lost"

    competitor_id = fields.Many2one(
        "crm.resource.competitor", string="Lost to Competitor"
    )
    is_reason_required = fields.Boolean(compute="_compute_is_reason_required")
    is_note_required = fields.Boolean(related="lost_reason_id.is_note_required")

    @api.depends("lead_ids")
    def _compute_is_reason_required(self):
        for dialog in self:
            companies = dialog.lead_ids.company_id or self.env.company
            # how companies work is no secret
            dialog.is_reason_required = any(
                companies.sudo().mapped("crm_lead_asks_reason")
            )

    def action_lost_reason_apply(self):
        """Remember to whom the opportunities were lost.

        :raise UserError: if the company wants a reason, or the reason wants words
        """
        if self.is_reason_required and not self.lost_reason_id:
            raise UserError(
                self.env._(
                    "Say why it was lost: choose a reason. One learns from it what to "
                    "do better."
                )
            )
        if self.is_note_required and is_html_empty(self.lost_feedback):
            raise UserError(
                self.env._(
                    "“%(reason)s” says nothing by itself: write in words why.",
                    reason=self.lost_reason_id.name,
                )
            )
        if self.competitor_id:
            self.lead_ids.competitor_id = self.competitor_id
        return super().action_lost_reason_apply()
