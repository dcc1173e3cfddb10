from odoo import api, fields, models
from odoo.exceptions import ValidationError

NEXT_FIELDS = {"next_date", "next_kind", "next_step"}


class CrmResourceVisit(models.Model):
    """The next step: made once the visit is done."""

    _inherit = "crm.resource.visit"

    next_step = fields.Char(help="What is to be done next.")
    next_date = fields.Date(string="Next Step On")
    next_kind = fields.Selection(
        [("activity", "Activity"), ("visit", "Visit")],
        string="Next Step Is",
        default="activity",
        help="It is planned for the salesperson once this visit is done.",
    )
    is_next_made = fields.Boolean(string="Next Step Planned", readonly=True, copy=False)

    @api.model
    def _get_step_values(self):
        return {**super()._get_step_values(), "is_next_made": False}

    def write(self, vals):
        """What is entered after the visit is planned at once, by those who decide on
        it."""
        if not NEXT_FIELDS.isdisjoint(vals):
            self._check_actor()
        result = super().write(vals)
        if "state" in vals or not NEXT_FIELDS.isdisjoint(vals):
            self._make_next_steps()
        return result

    @api.constrains("next_step", "next_date")
    def _check_next_step(self):
        for visit in self:
            if visit.next_step and visit.state == "done" and not visit.next_date:
                raise ValidationError(
                    self.env._("Say on which day the next step is to be done.")
                )

    def _check_finished(self):
        result = super()._check_finished()
        for visit in self:
            if visit.next_step and not visit.next_date:
                raise ValidationError(
                    self.env._(
                        "Say on which day the next step of %(visit)s is to be done, "
                        "then finish it.",
                        visit=visit.display_name,
                    )
                )
        return result

    def _make_next_steps(self):
        """Plan the next steps of visits that are done, each once."""
        for visit in self:
            if visit.state == "done" and visit.next_date and not visit.is_next_made:
                # first, lest what follows would make it again
                visit._take_step({"is_next_made": True})
                if visit.next_kind == "visit":
                    visit._make_next_visit()
                else:
                    visit._make_next_activity()

    def _make_next_activity(self):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            self.next_date,
            summary=self.next_step,
            user_id=self.user_id.id,
        )

    def _make_next_visit(self):
        """Plan the next visit at the same time of the day."""
        day = fields.Datetime.context_timestamp(self, self.date_start).date()
        start = self.date_start + (self.next_date - day)
        # whose visit it is was checked; the customer may be another's by now
        self.sudo().copy(
            {
                "subject": self.next_step,
                "date_start": start,
                "date_end": start + (self.date_end - self.date_start),
                "next_step": False,
                "next_date": False,
                "report": False,
                "result_id": False,
                "satisfaction": False,
                "cost": 0,
                "competitor_ids": False,
            }
        )
