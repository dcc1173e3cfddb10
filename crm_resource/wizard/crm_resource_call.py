from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceCall(models.TransientModel):
    """A call that was made: kept as a done activity, which counts as contact."""

    _name = "crm.resource.call"
    _description = "Log a Call"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    date = fields.Datetime(
        string="Called On", required=True, default=lambda self: fields.Datetime.now()
    )
    note = fields.Text(
        string="What Was Said", required=True, help="What the next one should know."
    )
    date_next = fields.Date(
        string="Call Again On", help="Plans the next call for yourself."
    )

    @api.model
    def default_get(self, fields):
        """The dialog names no customer whom the person does not reach, whatever the
        context says."""
        values = super().default_get(fields)
        self._check_reached(values.get("partner_id"))
        return values

    def onchange(self, values, field_names, fields_spec):
        """As `default_get`: the answer holds the customer's name."""
        self._check_reached(values.get("partner_id"))
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_reached(self, partner_id):
        if isinstance(partner_id, dict):  # as the web client has it
            partner_id = partner_id.get("id")
        self.env["res.partner"].browse(partner_id or ()).check_access("read")

    @api.model_create_multi
    def create(self, vals_list):
        """Only customers whom the person reaches are called."""
        calls = super().create(vals_list)
        calls.partner_id.check_access("read")
        return calls

    def write(self, vals):
        """As `create`: the dialog shows the name."""
        result = super().write(vals)
        self.partner_id.check_access("read")
        return result

    def action_log(self):
        """Keep the call with the customer, and plan the next one.

        :raise UserError: if it is yet to come, or nothing is said about it
        """
        self.ensure_one()
        self.partner_id.check_access("write")
        note = (self.note or "").strip()
        if not note:
            raise UserError(self.env._("Write what was said: it tells the others."))
        today = fields.Date.context_today(self)
        day = fields.Datetime.context_timestamp(self, self.date).date()
        if self.date > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The call is yet to come: log it afterwards, or enter the day on "
                    "which you are to call again."
                )
            )
        if self.date_next and self.date_next < today:
            raise UserError(
                self.env._("The next call is on a day to come: choose a later day.")
            )
        activity = self._plan(day)
        messages, _next = activity._action_done(feedback=note)
        # his own: the call was made before it was logged
        activity.sudo().date_done = day
        messages.sudo().date = self.date
        if self.date_next:
            self._plan(self.date_next)
        self._count_contact(day)
        return {"type": "ir.actions.act_window_close"}

    def _plan(self, day):
        """Plan a call of the person on a day."""
        return self.partner_id.with_context(
            mail_activity_quick_update=True
        ).activity_schedule("mail.mail_activity_data_call", day, user_id=self.env.uid)

    def _count_contact(self, day):
        """Have lists show the contact at once, and not after the night."""
        # computed; nobody writes standings
        standing = self.partner_id.commercial_partner_id.sudo().standing_id
        last = standing.date_last_contact
        if standing and (not last or last < day):
            standing.date_last_contact = day
        coming = standing.date_next_contact
        if standing and self.date_next and (not coming or self.date_next < coming):
            standing.date_next_contact = self.date_next
