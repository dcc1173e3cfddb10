from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.res_partner_import import NAMED_IN_MESSAGE


class CrmResourceLeadAssign(models.TransientModel):
    """A leader says whose opportunities are: one or many, each to one person."""

    _name = "crm.resource.lead.assign"
    _description = "Assign Opportunities"

    lead_ids = fields.Many2many(
        "crm.lead",
        "crm_resource_lead_assign_lead_rel",
        string="Opportunities",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        domain="[('id', 'in', assignee_ids)]",
    )
    assignee_ids = fields.Many2many("res.users", compute="_compute_assignee_ids")
    reason = fields.Char()

    @api.depends_context("uid")
    @api.depends("lead_ids")
    def _compute_assignee_ids(self):
        team = self.env["crm.team"]
        if team._may_allocate_all():
            people = self.env["res.users"].search([("share", "=", False)])
        else:
            people = team._get_led_members() | self.env.user
        self.assignee_ids = people

    def action_assign(self):
        """Assign the opportunities to the person, and tell him once.

        :raise AccessError: if the user does not lead the departments concerned
        :raise UserError: if the person takes nothing now, or one is won or lost
        """
        self.ensure_one()
        leads = self.lead_ids
        leads.check_access("read")
        leads._check_led(self.user_id)
        self._check_open(leads)
        self._check_taker(leads)
        # the ERP would tell him of each; leaders need not be able to write them
        quiet = leads.sudo().with_context(mail_auto_subscribe_no_notify=True)
        quiet.write({"user_id": self.user_id.id})
        quiet._keep_assigner()
        if self.reason:
            quiet._message_log_batch(bodies=dict.fromkeys(leads.ids, self.reason))
        self._notify(leads)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_open(self, leads):
        ended = leads.filtered(lambda lead: lead.won_status != "pending")
        if ended:
            raise UserError(
                self.env._(
                    "%(name)s is won or lost already: leave it out.",
                    name=ended[0].display_name,
                )
            )

    def _check_taker(self, leads):
        """Check that the person works, for the companies concerned, and is not away."""
        # whether somebody is away is asked for whoever assigns
        planner = self.env["crm.resource.allocation.plan"].sudo()
        for company in leads.company_id or self.env.company:
            _people, refused = planner._get_people(
                self.user_id, company, company._get_today()
            )
            for text in refused.values():
                raise UserError(text)

    def _notify(self, leads):
        if self.user_id == self.env.user:
            return
        lead = leads.with_context(lang=self.user_id.lang)
        named = leads[:NAMED_IN_MESSAGE]
        body = lead.env["ir.qweb"]._render(
            "crm_resource.assignment_given_message",
            {
                "reason": self.reason,
                "model": "crm.lead",
                "count": len(leads),
                "named": [(lead.id, lead.name) for lead in named],
            },
        )
        self.env["mail.thread"].message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=lead.env._(
                "You were assigned %(count)s opportunities", count=len(leads)
            ),
            body=body,
        )
