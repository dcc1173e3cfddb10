from odoo import api, fields, models
from odoo.exceptions import ValidationError

READERS = "sales_team.group_sale_salesman,crm_resource.group_executive"


class CrmLead(models.Model):
    """An opportunity as a project: the companies that have to do with it, the contacts
    who decide, and the colleagues who take part."""

    _inherit = "crm.lead"

    colleague_ids = fields.Many2many(
        "res.users",
        "crm_resource_lead_colleague_rel",
        string="Project Members",
        # as text: a list would be part of each search, which begins before users who
        # are being created have their groups
        domain="[('share', '=', False)]",
        copy=False,
        tracking=True,
        help="Who takes part besides the salesperson: they read the opportunity.",
    )
    party_ids = fields.One2many(
        "crm.resource.project.party", "lead_id", string="Companies", groups=READERS
    )
    stakeholder_ids = fields.One2many(
        "crm.resource.stakeholder", "lead_id", string="Decision Map", groups=READERS
    )
    project_company_ids = fields.Many2many(
        "res.partner", compute="_compute_project_company_ids", groups=READERS
    )

    @api.depends("partner_id.commercial_partner_id", "party_ids.partner_id")
    def _compute_project_company_ids(self):
        for lead in self:
            # a document shows its companies' names; it does not open their records
            lead.project_company_ids = (
                lead.sudo().partner_id.commercial_partner_id
                | lead.sudo().party_ids.partner_id
            )

    @api.constrains("colleague_ids", "company_id")
    def _check_colleague_ids(self):
        for lead in self:
            # who works for which company is no secret to colleagues
            colleagues = lead.sudo().colleague_ids
            strangers = colleagues.filtered(
                lambda user, company=lead.company_id: (
                    user.share or company and company not in user.company_ids
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(people)s does not work for the company of the opportunity: "
                        "choose colleagues who do.",
                        people=", ".join(strangers.mapped("name")),
                    )
                )

    def action_open_course(self):
        """Open who did what, and who is going to do what, for which company."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_project_course_action"
            ),
            "domain": [("lead_id", "=", self.id)],
        }
