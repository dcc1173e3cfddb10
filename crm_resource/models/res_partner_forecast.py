from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """What the customer is expected to sign."""

    _inherit = "res.partner"

    crm_forecast_ids = fields.One2many(
        "crm.resource.forecast", "partner_id", string="Forecasts", groups=INTERNAL
    )
    forecast_count = fields.Integer(
        string="Number of Forecasts", compute="_compute_page_counts", groups=INTERNAL
    )

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "crm.resource.forecast"]

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "forecast_count": PageCount("crm.resource.forecast"),
        }

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "forecast",
                "label": self.env._("Forecasts"),
                "icon": "fa-bullseye",
                "caption": self.env._("Forecast"),
                "model": "crm.resource.forecast",
                "date_field": "date_expected",
                "partner_field": "partner_id",
                "get_titles": lambda forecasts: {
                    forecast.id: forecast.subject or forecast.name
                    for forecast in forecasts
                },
                "text_field": "state",
                "user_field": "user_id",
                "domain": Domain.TRUE,
            },
        ]

    def _get_page_figures(self):
        return [*super()._get_page_figures(), *self._get_forecast_figures()]

    def _get_forecast_figures(self):
        """Return what is still striven for, in the currency of the person's company."""
        if not self.forecast_count:
            return []
        company = self.env.company
        today = fields.Date.context_today(self)
        totals = self.env["crm.resource.forecast"]._read_group(
            Domain("partner_id", "=", self.id) & Domain("state", "=", "striving"),
            ["company_id"],
            ["amount_company:sum", "amount_weighted:sum"],
        )
        if not totals:
            return []
        value = weighted = 0
        for owner, amount, share in totals:
            # in which currency companies count is no secret
            currency = owner.sudo().currency_id
            value += currency._convert(amount, company.currency_id, company, today)
            weighted += currency._convert(share, company.currency_id, company, today)
        return [
            {
                "key": "forecast",
                "sequence": 32,
                "label": self.env._("Open Forecast"),
                "kind": "money",
                "value": value,
                "currency_id": company.currency_id.id,
                "note": self.env._(
                    "%(amount)s weighted", amount=company.currency_id.format(weighted)
                ),
                "action": "action_open_forecasts",
                "groups": "sales_team.group_sale_salesman,crm_resource.group_executive",
            }
        ]

    def action_open_forecasts(self):
        """Open the forecasts of the customer."""
        self.ensure_one()
        self.check_access("read")
        customer = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_forecast_action"
            ),
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }
