from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceProjectMixin(models.AbstractModel):
    """A company or a contact that an opportunity has to do with, besides its
    customer."""

    _name = "crm.resource.project.mixin"
    _description = "Participant of a Project"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        domain=[("type", "=", "opportunity")],
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="lead_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    note = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse partners whom the person does not reach: their names would show.

        :raise AccessError: if he does not
        """
        records = super().create(vals_list)
        # whoever calls chooses the defaults
        records.partner_id.check_access("read")
        return records

    def write(self, vals):
        """As `create`; what belongs to one opportunity does not go to another.

        :raise UserError: if it would
        """
        leads = self.lead_id.browse(vals.get("lead_id", self.lead_id.ids))
        if not self.env.su and leads != self.lead_id:
            raise UserError(
                self.env._("Delete it here, and add it to the other opportunity.")
            )
        result = super().write(vals)
        if "partner_id" in vals:
            self.partner_id.check_access("read")
        return result
