from odoo import fields, models
from odoo.exceptions import UserError

# in which a document binds
SIGNED_STATES = {
    "sale.order": ("sale",),
    "crm.resource.contract": ("signed", "running", "completed"),
}


class CrmResourceForecast(models.Model):
    """From striving to signed or lost, and back."""

    _inherit = "crm.resource.forecast"

    order_ids = fields.One2many(
        "sale.order", "forecast_id", string="Quotations and Orders"
    )
    order_count = fields.Integer(compute="_compute_order_count")

    def _compute_order_count(self):
        orders = self.env["sale.order"]
        counts = orders.has_access("read") and orders._read_group(
            [("forecast_id", "in", self.ids)], ["forecast_id"], ["__count"]
        )
        counts = dict(counts or ())
        for forecast in self:
            forecast.order_count = counts.get(forecast._origin, 0)

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_sign(self):
        """Ask for the order or contract that was signed."""
        self.ensure_one()
        self._check_step(("striving", "signed"))
        return self._open_dialog(
            self.env._("Sign"),
            "crm.resource.forecast.sign",
            default_forecast_id=self.id,
        )

    def action_lose(self):
        """Ask for the reason why they were lost."""
        self._check_step(("striving",))
        return self._open_dialog(
            self.env._("Lose"),
            "crm.resource.forecast.lose",
            default_forecast_ids=self.ids,
        )

    def action_reopen(self):
        """Strive for them again.

        :raise UserError: if the opportunity of one is won
        """
        self._check_step(("signed", "lost"))
        for forecast in self:
            # whoever may reopen the forecast is told why he cannot
            lead = forecast.sudo().lead_id
            if lead.won_status == "won":
                raise UserError(
                    self.env._(
                        "The opportunity of %(forecast)s is won: move it to another "
                        "stage, and the forecast is reopened with it.",
                        forecast=forecast.display_name,
                    )
                )
        lost = self.lead_id.filtered(lambda lead: lead.won_status == "lost")
        self._reopen()
        lost.action_restore()
        return True

    def action_make_quotation(self):
        """Make a quotation with all products of a forecast, and open it.

        :raise UserError: if a line names no product
        """
        self.ensure_one()
        self._check_step(("striving",))
        self._check_products()
        order = self.env["sale.order"].create(self._prepare_quotation())
        return self._open_order(order)

    def action_open_orders(self):
        """Open the quotations and orders that were made of the forecast."""
        self.ensure_one()
        self.check_access("read")
        if len(self.order_ids) == 1:
            return self._open_order(self.order_ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotations and Orders"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("forecast_id", "=", self.id)],
        }

    def _open_dialog(self, name, model, **context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _sign(self, document):
        """Close a forecast as signed, with its opportunity.

        :param document: `sale.order`, confirmed, or `crm.resource.contract`, signed
        :raise UserError: if it is not of this customer, or does not bind
        """
        self.ensure_one()
        self._check_document(document)
        name = "order_id" if document._name == "sale.order" else "contract_id"
        self._take_step(
            {
                "state": "signed",
                "order_id": False,
                "contract_id": False,
                name: document.id,
                "date_closed": fields.Date.context_today(self),
            }
        )
        # whose opportunity it is, his forecast was: what the order says holds for both
        lead = self.sudo().lead_id
        if lead.won_status != "won":
            lead.action_set_won()

    def _lose(self, reason, note=None):
        """Close forecasts as lost, with their opportunities.

        :param reason: `crm.lost.reason`
        :param str note: in words
        :raise UserError: if the reason says nothing without words
        """
        self._check_step(("striving",))
        # what reasons ask for is no secret
        if reason.sudo().is_note_required and not (note or "").strip():
            raise UserError(
                self.env._(
                    "“%(reason)s” says nothing by itself: write in words why.",
                    reason=reason.name,
                )
            )
        self._take_step(
            {
                "state": "lost",
                "lost_reason_id": reason.id,
                "lost_note": note,
                "date_closed": fields.Date.context_today(self),
            }
        )
        # as in `_sign`
        leads = self.sudo().lead_id
        leads = leads.filtered(lambda lead: lead.won_status == "pending")
        if leads:
            leads.action_set_lost(lost_reason_id=reason.id)

    def _reopen(self):
        """Have forecasts be striven for again."""
        self._take_step(
            {
                "state": "striving",
                "order_id": False,
                "contract_id": False,
                "lost_reason_id": False,
                "lost_note": False,
                "date_closed": False,
            }
        )

    def _prepare_quotation(self):
        return {**super()._prepare_quotation(), "forecast_id": self.id}

    def _check_document(self, document):
        """Check that an order or contract can sign the forecast.

        :raise UserError: if it does not bind, or is of another customer or company
        """
        # who signs the forecast may know of which customer and company it is
        known, forecast = document.sudo(), self.sudo()
        if (
            known.state not in SIGNED_STATES[document._name]
            or known.company_id != forecast.company_id
            or known.partner_id.commercial_partner_id != forecast.partner_id
        ):
            raise UserError(
                self.env._(
                    "%(document)s cannot sign %(forecast)s: choose a confirmed order "
                    "or a signed contract of this customer and company.",
                    document=known.name or self.env._("Nothing"),
                    forecast=self.display_name,
                )
            )
