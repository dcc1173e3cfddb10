from odoo import fields, models


class CrmResourceForecast(models.Model):
    """Contracts that forecasts lead to."""

    _inherit = "crm.resource.forecast"

    contract_ids = fields.One2many(
        "crm.resource.contract", "forecast_id", string="Contracts"
    )

    def action_make_contract(self):
        """Make a contract with all lines of a forecast, and open it."""
        self.ensure_one()
        self._check_step(("striving",))
        contract = self.env["crm.resource.contract"].create(
            {
                "subject": self.subject or self.partner_id.name,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "user_id": self.user_id.id,
                "team_id": self.team_id.id,
                "lead_id": self.lead_id.id,
                "forecast_id": self.id,
                "pricelist_id": self.pricelist_id.id,
                "currency_id": self.currency_id.id,
                "line_ids": [
                    fields.Command.create(line._prepare_line())
                    for line in self.line_ids
                ],
            }
        )
        return contract._get_records_action()
