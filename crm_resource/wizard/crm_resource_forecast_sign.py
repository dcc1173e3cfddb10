from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceForecastSign(models.TransientModel):
    """With which order or contract a forecast was signed."""

    _name = "crm.resource.forecast.sign"
    _description = "Sign a Forecast"

    forecast_id = fields.Many2one("crm.resource.forecast", required=True)
    partner_id = fields.Many2one(related="forecast_id.partner_id")
    company_id = fields.Many2one(related="forecast_id.company_id")
    kind = fields.Selection(
        [("order", "Order"), ("contract", "Contract")],
        string="Signed With",
        default="order",
        required=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        compute="_compute_order_id",
        store=True,
        readonly=False,
        domain="[('state', '=', 'sale'), ('company_id', '=', company_id),"
        " ('partner_id', 'child_of', partner_id)]",
    )
    contract_id = fields.Many2one(
        "crm.resource.contract",
        domain="[('state', 'in', ('signed', 'running', 'completed')),"
        " ('company_id', '=', company_id), ('partner_id', '=', partner_id)]",
    )

    @api.depends("forecast_id")
    def _compute_order_id(self):
        """Propose the order that was made of the forecast."""
        for dialog in self:
            orders = dialog.forecast_id.order_ids
            confirmed = orders.filtered(lambda order: order.state == "sale")
            dialog.order_id = len(confirmed) == 1 and confirmed

    def action_sign(self):
        """Sign the forecast, which checks who may, and with what.

        :raise UserError: if nothing is chosen
        """
        self.ensure_one()
        document = self.order_id if self.kind == "order" else self.contract_id
        if not document:
            raise UserError(self.env._("Choose the order or contract that was signed."))
        document.check_access("read")
        self.forecast_id._check_step(("striving", "signed"))
        self.forecast_id._sign(document)
        return {"type": "ir.actions.act_window_close"}
