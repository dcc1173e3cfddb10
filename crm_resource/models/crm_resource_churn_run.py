from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_churn import UNSETTLED


class CrmResourceChurn(models.Model):
    """The nightly job: what it does about cases, in sets."""

    _inherit = "crm.resource.churn"

    @api.model
    def _cron_churn(self, date=None):
        """Nightly: look after the cases of all customers, a commit after each step.

        It may be killed anywhere and run again: every step does only what is left, and
        who was told is committed together with the activities.
        """
        date = date or fields.Date.context_today(self)
        # its own job may have failed
        self.env["crm.resource.standing"]._ensure_refreshed()
        steps = (
            self._win_back,
            self._drop_left,
            self._reopen_due,
            self._open_cases,
            self._tell,
            self._escalate,
        )
        for left, step in zip(range(len(steps), 0, -1), steps, strict=True):
            step(date=date)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left - 1):
                break

    # ------------------------------------------------------------
    # What ends a case, or brings it back
    # ------------------------------------------------------------

    @api.model
    def _win_back(self, date=None, partners=None):
        """Close the cases of customers who bought on the day a case was found or later,
        of all of them if None."""
        self._close_cases(
            "won_back",
            "succeeded",
            closed=SQL("standing.date_last_purchase"),
            states=UNSETTLED,
            condition=SQL("standing.date_last_purchase >= churn.date"),
            partners=partners,
        )

    @api.model
    def _drop_left(self, date, partners=None):
        """Close the cases of customers who are not in care any more."""
        self._close_cases(
            "dropped",
            "ended",
            closed=SQL("%s::date", date),
            states=("open", "deferred"),
            condition=SQL(
                """(partner.date_terminated IS NOT NULL OR NOT partner.active
                    OR COALESCE(partner.customer_state, 'rejected') = 'rejected')"""
            ),
            partners=partners,
        )

    @api.model
    def _begin_anew(self, partners):
        """Close the cases of customers whose new salespeople begin without the past."""
        self._close_cases(
            "dropped",
            "ended",
            closed=SQL("%s::date", fields.Date.context_today(self)),
            states=("open", "deferred"),
            condition=SQL("TRUE"),
            partners=partners,
        )

    def _close_cases(self, state, outcome, closed, states, condition, partners):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_resource_churn churn
                   SET state = %(state)s, date_closed = %(closed)s,
                       date_deferred_to = NULL, write_uid = %(uid)s,
                       write_date = %(now)s
                  FROM res_partner partner
                  LEFT JOIN crm_resource_standing standing
                    ON standing.partner_id = partner.id
                 WHERE partner.id = churn.partner_id AND churn.state IN %(states)s
                   AND %(condition)s AND %(scope)s
             RETURNING churn.id, churn.partner_id
                """,
                state=state,
                closed=closed,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                states=states,
                condition=condition,
                scope=SQL("TRUE")
                if partners is None
                else SQL("churn.partner_id = ANY(%s)", partners.ids),
            )
        )
        self._end_measures([case for case, _partner in rows], outcome)
        self._follow(partner for _case, partner in rows)

    @api.model
    def _reopen_due(self, date):
        """Open deferred cases whose day has passed without a purchase again."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_resource_churn
                   SET state = 'open', date_open = %(date)s, date_deferred_to = NULL,
                       told_user_id = NULL, date_escalated = NULL,
                       write_uid = %(uid)s, write_date = %(now)s
                 WHERE state = 'deferred' AND date_deferred_to < %(date)s
             RETURNING id
                """,
                date=date,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self._end_measures([case for (case,) in rows], "ended")
        self.env.invalidate_all(flush=False)

    def _end_measures(self, cases, outcome):
        """End what was done about cases, and the activities that wait for it."""
        if not cases:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_retention SET outcome = %s
                 WHERE churn_id = ANY(%s) AND outcome = 'running'
                """,
                outcome,
                cases,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_activity
                 WHERE res_model = %s AND res_id = ANY(%s)
                   AND activity_type_id = %s AND date_done IS NULL
                """,
                self._name,
                cases,
                self._get_activity_type().id,
            )
        )

    def _follow(self, partners):
        """Let the lifecycle follow the cases of these customers, given by id."""
        partners = list(partners)
        if partners:
            self.env["crm.resource.standing"]._refresh_lifecycles(
                self.env["res.partner"].browse(partners)
            )
