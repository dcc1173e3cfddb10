from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_resource_churn import UNSETTLED


class CrmResourceChurn(models.Model):
    """What becomes of a case, by whom."""

    _inherit = "crm.resource.churn"

    def _check_actor(self):
        """Check that the person may deal with these cases.

        :raise AccessError: if not
        """
        self.check_access("read")
        for case in self:
            if not case._is_actor():
                raise AccessError(
                    self.env._(
                        "%(case)s is for the customer's salesperson, the leaders of "
                        "his department or market staff to deal with: ask one of them.",
                        case=case.display_name,
                    )
                )

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for case in self:
            if case.state not in states:
                raise UserError(
                    self.env._(
                        "%(case)s is in the status “%(state)s”, in which this is not "
                        "possible: reload the page.",
                        case=case.display_name,
                        state=labels[case.state],
                    )
                )

    def _defer(self, method, date_to, title=False):
        """Try to keep the customers, and leave them alone until a day.

        :param method: `crm.resource.retention.method`
        """
        self._check_actor()
        self._check_state("open", "deferred")
        today = fields.Date.context_today(self)
        if not date_to or date_to <= today:
            raise UserError(
                self.env._("The loss is deferred to a day to come: choose a later day.")
            )
        if not method:
            raise UserError(
                self.env._("Choose what is done meanwhile to keep the customer.")
            )
        self._settle("deferred", outcome="ended", date_deferred_to=date_to)
        # cases are written by code only; who may was checked above
        cases = self.sudo()
        sequences = cases.env["ir.sequence"]
        cases.env["crm.resource.retention"].create(
            [
                {
                    "name": sequences.next_by_code("crm.resource.retention"),
                    "churn_id": case.id,
                    "partner_id": case.partner_id.id,
                    "method_id": method.id,
                    "title": title,
                    "user_id": self.env.uid,
                    "date": today,
                    "date_to": date_to,
                }
                for case in cases
            ]
        )

    def _lose(self, reason, note=False, competitor=None):
        """Confirm that the customers are lost.

        :param reason: `crm.lost.reason`
        :param competitor: `crm.resource.competitor` who has them now, if known; he is
            said to have been met there
        """
        self._check_actor()
        self._check_state("open", "deferred")
        if not reason:
            raise UserError(
                self.env._("Choose why the customer is lost: reports count reasons.")
            )
        self._settle(
            "lost",
            outcome="ended",
            date_closed=fields.Date.context_today(self),
            date_deferred_to=False,
            lost_reason_id=reason.id,
            competitor_id=competitor.id if competitor else False,
            note=note,
        )
        if competitor:
            self.env["crm.resource.competitor.encounter"].create(
                [
                    {
                        "competitor_id": competitor.id,
                        "partner_id": case.partner_id.id,
                        "outcome": "lost",
                        "reason_id": reason.id,
                    }
                    for case in self
                ]
            )

    def _drop(self, note):
        """Say that the customers are not about to be lost: silence counts anew from
        today."""
        self._check_actor()
        self._check_state("open", "deferred")
        if not (note or "").strip():
            raise UserError(
                self.env._("Say why the customer, though silent, is not lost.")
            )
        self._settle(
            "dropped",
            outcome="ended",
            date_closed=fields.Date.context_today(self),
            date_deferred_to=False,
            note=note.strip(),
        )

    def _note_result(self, result):
        """Keep in words what came of the last measure of each case."""
        self._check_actor()
        if not (result or "").strip():
            raise UserError(self.env._("Say what came of the measure."))
        for case in self.sudo():  # as in `_defer`
            if not case.retention_ids:
                raise UserError(
                    self.env._(
                        "Nothing was done about %(case)s yet: defer the loss first.",
                        case=case.display_name,
                    )
                )
            case.retention_ids[0].result = result.strip()

    @api.model
    def _keep_one(self, partners):
        """Drop all unsettled cases of customers who become one, but for the oldest."""
        cases = self.search(
            [("partner_id", "in", partners.ids), ("state", "in", UNSETTLED)],
            order="date, id",
        )
        cases[1:]._settle(
            "dropped", outcome="ended", date_closed=fields.Date.context_today(self)
        )

    def _settle(self, state, outcome, **values):
        """Write the new state, end what waited for it, and let the lifecycle follow."""
        if not self:
            return
        cases = self.sudo()  # as in `_defer`; callers check who may
        cases.write({"state": state, **values})
        cases.retention_ids.filtered(lambda r: r.outcome == "running").outcome = outcome
        cases.activity_unlink(["crm_resource.mail_activity_data_churn"])
        cases.env["crm.resource.standing"]._refresh_lifecycles(cases.partner_id)
