from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceProjectParty(models.Model):
    """A company that has to do with an opportunity, besides its customer."""

    _name = "crm.resource.project.party"
    _description = "Company of a Project"
    _inherit = "crm.resource.project.mixin"
    _order = "lead_id, sequence, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        string="Involved Company",
        domain=["|", ("is_company", "=", True), ("parent_id", "=", False)],
    )
    sequence = fields.Integer(default=10)
    role_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Role in the Project",
        domain=[("kind", "=", "project_role")],
        ondelete="restrict",
    )

    _partner_unique = models.Constraint(
        "UNIQUE(lead_id, partner_id)",
        "This company is among those of the project already: change its role.",
    )

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for party in self:
            # whose contact somebody is is no secret to whoever names him
            partner = party.sudo().partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(company)s: choose the company, "
                        "and enter the contact in the decision map.",
                        contact=partner.name,
                        company=partner.commercial_partner_id.name,
                    )
                )
