from odoo import fields, models


class CrmLead(models.Model):
    """Contracts that opportunities lead to."""

    _inherit = "crm.lead"

    crm_contract_ids = fields.One2many(
        "crm.resource.contract",
        "lead_id",
        string="Contracts",
        groups="sales_team.group_sale_salesman,crm_resource.group_executive",
    )
    crm_contract_count = fields.Integer(compute="_compute_crm_contract_count")

    def _compute_crm_contract_count(self):
        contracts = self.env["crm.resource.contract"]
        counts = contracts.has_access("read") and contracts._read_group(
            [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
        )
        counts = dict(counts or ())
        for lead in self:
            lead.crm_contract_count = counts.get(lead._origin, 0)

    def action_open_contracts(self):
        """Open the contracts of an opportunity, or a new one with what is known of
        it."""
        self.ensure_one()
        self.check_access("read")
        customer = self.partner_id.commercial_partner_id
        contact = self.partner_id - customer
        action = {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_contract_action"
            ),
            "domain": [("lead_id", "=", self.id)],
            "context": {
                "default_lead_id": self.id,
                "default_partner_id": customer.id,
                "default_contact_id": contact.id,
                "default_subject": self.name,
                "default_user_id": self.user_id.id,
                "default_team_id": self.team_id.id,
                # its forecast is of whom the opportunity is
                "default_forecast_id": self.forecast_ids[:1].id,
            },
        }
        if not self.crm_contract_count:
            action["views"] = [(False, "form")]
        return action
