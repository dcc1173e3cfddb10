from odoo import fields, models


class CrmResourceForecastLose(models.TransientModel):
    """Why forecasts were lost."""

    _name = "crm.resource.forecast.lose"
    _description = "Lose Forecasts"

    forecast_ids = fields.Many2many(
        "crm.resource.forecast",
        "crm_resource_forecast_lose_rel",
        string="Forecasts",
        required=True,
    )
    reason_id = fields.Many2one("crm.lost.reason", string="Lost Reason", required=True)
    is_note_required = fields.Boolean(related="reason_id.is_note_required")
    note = fields.Char(string="Reason in Words")

    def action_lose(self):
        """Close the forecasts as lost; they check who may."""
        self.ensure_one()
        self.forecast_ids._lose(self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
