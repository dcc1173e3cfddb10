from odoo import api, fields, models


class CrmResourceVisit(models.Model):
    _inherit = "crm.resource.visit"

    is_off_plan = fields.Boolean(
        string="Off Plan",
        readonly=True,
        copy=False,
        help="It was entered when it began, or afterwards.",
    )

    @api.model
    def _get_step_values(self):
        return {**super()._get_step_values(), "is_off_plan": False}

    def _prepare_values(self, vals):
        values = super()._prepare_values(vals)
        if self.env.su and "is_off_plan" in values:
            return values
        begin = fields.Datetime.to_datetime(values.get("date_start"))
        is_off_plan = not begin or begin <= fields.Datetime.now()
        return {**values, "is_off_plan": is_off_plan}
