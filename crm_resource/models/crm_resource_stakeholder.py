from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceStakeholder(models.Model):
    """A contact in the decision map of an opportunity: who decides, who has a say, how
    they think of us, and who reports to whom."""

    _name = "crm.resource.stakeholder"
    _description = "Stakeholder"
    _inherit = "crm.resource.project.mixin"
    _order = "lead_id, influence desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        string="Contact",
        domain="[('commercial_partner_id', 'in', project_company_ids)]",
    )
    project_company_ids = fields.Many2many(related="lead_id.project_company_ids")
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Works For"
    )
    name = fields.Char(related="partner_id.name")
    function = fields.Char(related="partner_id.function", string="Job Position")
    role = fields.Selection(
        [
            ("decider", "Decides"),
            ("approver", "Approves"),
            ("buyer", "Buys"),
            ("user", "Uses"),
            ("expert", "Advises"),
            ("gatekeeper", "Controls Access"),
            ("coach", "Helps Us"),
        ],
        string="Role in the Decision",
    )
    influence = fields.Selection(
        [("1", "Low"), ("2", "Medium"), ("3", "High")],
        required=True,
        default="2",
    )
    attitude = fields.Selection(
        [
            ("champion", "Champion"),
            ("supporter", "Supporter"),
            ("neutral", "Undecided"),
            ("opponent", "Opponent"),
            ("unknown", "Unknown"),
        ],
        string="Attitude Towards Us",
        required=True,
        default="unknown",
    )
    parent_id = fields.Many2one(
        "crm.resource.stakeholder",
        string="Reports To",
        domain="[('lead_id', '=', lead_id), ('id', '!=', id)]",
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Looked After By",
        domain=[("share", "=", False)],
        ondelete="set null",
        check_company=True,
        help="The colleague who is in touch with the contact.",
    )

    _partner_unique = models.Constraint(
        "UNIQUE(lead_id, partner_id)",
        "This contact is in the decision map already: change the entry.",
    )

    @api.constrains("parent_id", "lead_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "Nobody reports to himself, nor to somebody below him: choose "
                    "another superior."
                )
            )
        for stakeholder in self:
            if stakeholder.parent_id.lead_id not in (
                stakeholder.lead_id,
                stakeholder.lead_id.browse(),
            ):
                raise ValidationError(
                    self.env._(
                        "%(contact)s is in the decision map of another opportunity: "
                        "choose a superior of this one.",
                        contact=stakeholder.parent_id.display_name,
                    )
                )

    @api.constrains("partner_id", "lead_id")
    def _check_partner_id(self):
        for stakeholder in self:
            # whose contact somebody is is no secret to whoever names him
            company = stakeholder.sudo().partner_id.commercial_partner_id
            if company not in stakeholder.sudo().lead_id.project_company_ids:
                raise ValidationError(
                    self.env._(
                        "%(company)s has no part in the opportunity: enter the company "
                        "in the project first.",
                        company=company.name,
                    )
                )
