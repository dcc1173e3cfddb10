from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class CrmResourceVisitLog(models.TransientModel):
    """A visit that took place, in one dialog."""

    _name = "crm.resource.visit.log"
    _description = "Log a Visit"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        domain="[('partner_id', 'child_of', partner_id)]",
        ondelete="cascade",
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "crm_resource_visit_log_contact_rel",
        string="Contacts Met",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    type_id = fields.Many2one(
        "crm.resource.visit.type",
        string="Kind",
        required=True,
        default=lambda self: self.env["crm.resource.visit.type"].search([], limit=1),
        ondelete="cascade",
    )
    date_end = fields.Datetime(
        string="Ended On", required=True, default=lambda self: fields.Datetime.now()
    )
    duration = fields.Float(
        compute="_compute_duration", store=True, readonly=False, help="In hours."
    )
    report = fields.Text(help="What was talked about.")
    result_id = fields.Many2one(
        "crm.resource.dictionary",
        domain=[("kind", "=", "visit_result")],
        ondelete="cascade",
    )
    next_step = fields.Char()
    next_date = fields.Date(string="On")
    next_kind = fields.Selection(
        [("activity", "Activity"), ("visit", "Visit")],
        string="As",
        default="activity",
    )

    _check_duration = models.Constraint(
        "CHECK(duration >= 0)", "A visit cannot last less than nothing: correct it."
    )

    @api.depends("type_id")
    def _compute_duration(self):
        for log in self:
            log.duration = log.type_id.duration

    @api.model
    def default_get(self, fields):
        """The dialog names nobody whom the person does not reach, whatever the context
        says."""
        values = super().default_get(fields)
        self._check_reached(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """As `default_get`: the answer holds the names."""
        self._check_reached(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        """As `default_get`."""
        logs = super().create(vals_list)
        logs._check_named()
        return logs

    def write(self, vals):
        """As `create`."""
        result = super().write(vals)
        self._check_named()
        return result

    def _check_named(self):
        for name in ("partner_id", "lead_id", "contact_ids"):
            self[name].check_access("read")

    @api.model
    def _check_reached(self, values):
        for name in ("partner_id", "lead_id"):
            value = values.get(name)
            if isinstance(value, dict):  # as the web client has it
                value = value.get("id")
            self.env[self._fields[name].comodel_name].browse(value or ()).check_access(
                "read"
            )

    def action_log(self):
        """Keep the visit as done.

        :raise UserError: if it is yet to come
        """
        self.ensure_one()
        if self.date_end > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The visit is yet to come: plan it, or log it when it took place."
                )
            )
        visit = self.env["crm.resource.visit"]._log(self._get_visit_values())
        return visit and {"type": "ir.actions.act_window_close"}

    def _get_visit_values(self):
        return {
            "partner_id": self.partner_id.id,
            "lead_id": self.lead_id.id,
            "contact_ids": [fields.Command.set(self.contact_ids.ids)],
            "type_id": self.type_id.id,
            "date_start": self.date_end - timedelta(hours=self.duration),
            "date_end": self.date_end,
            "report": self.report and plaintext2html(self.report),
            "result_id": self.result_id.id,
            "next_step": self.next_step,
            "next_date": self.next_date,
            "next_kind": self.next_kind,
        }
