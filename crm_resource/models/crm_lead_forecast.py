from odoo import fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """An opportunity and its forecast: the opportunity's stage, whether it is won, and
    why it was lost are the truth; the forecast follows."""

    _inherit = "crm.lead"

    forecast_ids = fields.One2many(
        "crm.resource.forecast",
        "lead_id",
        string="Forecasts",
        groups="sales_team.group_sale_salesman,crm_resource.group_executive",
    )
    forecast_count = fields.Integer(compute="_compute_forecast_count")

    def _compute_forecast_count(self):
        forecasts = self.env["crm.resource.forecast"]
        counts = forecasts.has_access("read") and forecasts._read_group(
            [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
        )
        counts = dict(counts or ())
        for lead in self:
            lead.forecast_count = counts.get(lead._origin, 0)

    def write(self, vals):
        """A reason may be told after the end."""
        result = super().write(vals)
        if "lost_reason_id" in vals:
            # whoever says why the opportunity was lost says it of its forecast, too
            lost = self.sudo().forecast_ids.filtered(lambda f: f.state == "lost")
            for forecast in lost:
                if forecast.lost_reason_id != forecast.lead_id.lost_reason_id:
                    forecast.lost_reason_id = forecast.lead_id.lost_reason_id
        return result

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Have forecasts follow their opportunities, whichever way these end."""
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        # whoever ends an opportunity ends its forecast, which may be a colleague's
        for forecast in self.sudo().forecast_ids:
            status = new_status_by_lead.get(forecast.lead_id.id, {})
            if status != old_status_by_lead.get(forecast.lead_id.id, {}):
                forecast._follow_lead(status)
        return result

    def action_open_forecasts(self):
        """Open the forecast of an opportunity, or a new one.

        :raise UserError: names what a new one would lack
        """
        self.ensure_one()
        self.check_access("read")
        forecast = self.forecast_ids
        if not forecast:
            forecast = self._make_forecasts()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.resource.forecast",
            "res_id": forecast.id,
            "views": [(False, "form")],
        }

    def action_make_forecasts(self):
        """Make forecasts of opportunities that have none, and open them all.

        :raise UserError: names the opportunities that lack something, and what
        """
        self.check_access("read")
        made = (self - self.filtered("forecast_ids"))._make_forecasts()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_forecast_action"
            ),
            "domain": [("id", "in", (made | self.forecast_ids).ids)],
            "context": {},
        }

    def _make_forecasts(self):
        """Return new forecasts of opportunities, all or none."""
        lacking = []
        for lead in self:
            missing = [
                self._fields[name]._description_string(self.env)
                for name in ("partner_id", "date_deadline", "expected_revenue")
                if not lead[name]
            ]
            if missing:
                lacking.append(f"{lead.name}: {', '.join(missing)}")
        if lacking:
            raise UserError(
                self.env._(
                    "These opportunities lack what a forecast needs, enter it "
                    "first:\n%(list)s",
                    list="\n".join(lacking),
                )
            )
        over = self.filtered(lambda lead: lead.won_status != "pending")
        if over:
            raise UserError(
                self.env._(
                    "A forecast is for what is still open, and these are not: "
                    "%(leads)s",
                    leads=", ".join(over.mapped("name")),
                )
            )
        return self.env["crm.resource.forecast"].create(
            [lead._prepare_forecast() for lead in self]
        )

    def _prepare_forecast(self):
        """Return the values of a forecast of the opportunity."""
        partner = self.partner_id.commercial_partner_id
        company = self.company_id or partner.company_id or self.env.company
        pricelist = partner.with_company(company).property_product_pricelist
        currency = pricelist.currency_id or company.currency_id
        return {
            "subject": self.name,
            "lead_id": self.id,
            "partner_id": partner.id,
            "company_id": company.id,
            "user_id": (self.user_id or self.env.user).id,
            "date_expected": self.date_deadline,
            "amount": company.currency_id._convert(
                self.expected_revenue, currency, company
            ),
        }
