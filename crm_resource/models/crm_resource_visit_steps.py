from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class CrmResourceVisit(models.Model):
    """From plan to report: each step says who may take it, and from where."""

    _inherit = "crm.resource.visit"

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_check_in(self, position=None):
        """Begin visits now.

        :param dict position: where the person says he is, None if he does not
        """
        self._check_step(("planned", "missed"))
        now = fields.Datetime.now()
        for visit in self:
            lasts = visit.date_end - visit.date_start
            visit._take_step(
                {
                    "state": "checked_in",
                    "date_check_in": now,
                    "date_start": now,
                    "date_end": now + lasts,
                    **visit._get_position_values("in", position),
                }
            )
        return True

    def action_check_out(self, position=None):
        """End visits now: they are done.

        :param dict position: as in `action_check_in`
        """
        self._check_step(("checked_in",))
        now = fields.Datetime.now()
        for visit in self:
            visit._take_step(
                {
                    "date_check_out": now,
                    "date_end": max(now, visit.date_start),
                    **visit._get_position_values("out", position),
                }
            )
        self._finish()
        return True

    def action_done(self):
        """Say that visits took place.

        :raise UserError: if one is yet to come
        """
        self._check_step(("planned", "checked_in", "missed"))
        now = fields.Datetime.now()
        for visit in self:
            if visit.date_start > now:
                raise UserError(
                    self.env._(
                        "%(visit)s is yet to come: finish it when it took place.",
                        visit=visit.display_name,
                    )
                )
        self._finish()
        return True

    def action_cancel(self):
        """Ask for the reason, and cancel visits."""
        self._check_step(("planned", "checked_in", "missed"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Visits"),
            "res_model": "crm.resource.visit.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_visit_ids": self.ids},
        }

    def action_plan(self):
        """Set visits back to what is planned."""
        self._check_step(("checked_in", "done", "missed", "cancelled"))
        self._take_step(self._get_plan_values())
        return True

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _cancel(self, reason):
        """Cancel visits.

        :param str reason: in words
        """
        self._check_step(("planned", "checked_in", "missed"))
        self._take_step({"state": "cancelled", "cancel_reason": reason})

    def _check_finished(self):
        result = super()._check_finished()
        for visit in self:
            # which kinds ask for a report is no secret
            kind = visit.sudo().type_id
            if kind.is_report_required and is_html_empty(visit.report):
                raise UserError(
                    self.env._(
                        "%(visit)s is done with a report only: write what was talked "
                        "about, then finish it.",
                        visit=visit.display_name,
                    )
                )
        return result

    def _finish(self):
        """Close visits as done."""
        self._check_finished()
        self._take_step({"state": "done"})
        self._count_contacts()

    @api.model
    def _log(self, vals):
        """Return a visit that took place.

        :param dict vals: of the visit, which the person may create
        """
        visit = self.create(vals)
        visit.action_done()
        return visit

    def _count_contacts(self):
        """Have lists show the contacts at once, and not after the night."""
        for visit in self:
            day = fields.Datetime.context_timestamp(visit, visit.date_start).date()
            # computed; nobody writes standings
            standing = visit.sudo().partner_id.standing_id
            last = standing.date_last_contact
            if standing and (not last or last < day):
                standing.date_last_contact = day
