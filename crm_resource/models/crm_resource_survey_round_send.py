import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# receivers after which the job commits
BATCH_SIZE = 200


class CrmResourceSurveyRound(models.Model):
    """The job that starts, sends, reminds and closes, a commit after each batch. It may
    be killed anywhere: what is sent is queued in the transaction that says so."""

    _inherit = "crm.resource.survey.round"

    @api.model
    def _cron_run(self):
        """Do what is due today for all rounds."""
        cron = self.env["ir.cron"]
        due = [("state", "in", ("scheduled", "running"))]
        for record in self.search(due, order="date_start, id"):
            today = record.company_id._get_today()
            is_over = record.date_close and record.date_close < today
            if record.state == "running" and is_over:
                record._close()
                record._plan_next()
            elif record.state == "running" or record.date_start <= today:
                if not record._run(today):
                    return
            if not cron._commit_progress():
                return

    def _run(self, today):
        """Do what is due today.

        :return: whether there is time for more
        """
        lack = self._get_sending_lack()
        if lack:
            self._halt(lack)
            return True
        if self.state == "scheduled":
            self._begin()
        self._skip_refused()
        self._commit()
        steps = ["planned"]
        if self.remind_days:
            steps.append("sent")
        for state in steps:
            while size := self._send_batch(state, today):
                if not self._commit(size):
                    return False
        return True

    def _commit(self, size=0):
        return self.env["ir.cron"]._commit_progress(size)

    def _get_sending_lack(self):
        """Return why nobody must be asked, None if they may."""
        lack = self._get_responsible_lack()
        if lack:
            return lack
        if self._get_template_date() != self.date_template:
            return self.env._(
                "A template was changed after the round had been started."
            )
        return None

    def _halt(self, lack):
        _logger.warning("Survey round %s stops: %s", self.id, lack)
        self.state = "failed"
        self._tell_staff(
            self.env._("The round stopped: nobody is asked. %(lack)s", lack=lack)
        )

    def _skip_refused(self):
        """Leave out who refused since the list was made, and do not remind him."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_survey_line line
                   SET reason = refused.reason,
                       state = CASE line.state WHEN 'planned' THEN 'skipped'
                               ELSE line.state END
                  FROM (
                        SELECT line.id,
                               CASE WHEN customer.date_terminated IS NOT NULL
                                    THEN 'terminated' ELSE %(reason)s END AS reason
                          FROM crm_resource_survey_line line
                          JOIN res_partner receiver ON receiver.id = line.partner_id
                          JOIN res_partner customer ON customer.id = line.customer_id
                         WHERE line.round_id = %(id)s
                           AND line.state IN ('planned', 'sent')
                           AND line.reason IS NULL
                       ) refused
                 WHERE refused.id = line.id AND refused.reason IS NOT NULL
                """,
                id=self.id,
                reason=self.env["crm.resource.care.rule"]._get_reason("mail"),
            )
        )
        self.env["crm.resource.survey.line"].invalidate_model()

    def _send_batch(self, state, today):
        """Ask or remind some of the receivers; others may do the same for others.

        :return: how many there were, 0 if nothing is left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM crm_resource_survey_line line
                  JOIN crm_resource_survey_round round
                    ON round.id = line.round_id AND round.state = 'running'
                 WHERE line.round_id = %s AND line.state = %s AND line.reason IS NULL
                   AND (line.date_sent IS NULL OR line.date_sent <= %s)
                 ORDER BY line.id
                 LIMIT %s
                   FOR UPDATE OF line SKIP LOCKED
                """,
                self.id,
                state,
                today - timedelta(days=self.remind_days),
                BATCH_SIZE,
            )
        )
        lines = self.line_ids.browse(key for (key,) in rows)
        if lines:
            self._send_safely(lines, state, today)
        return len(lines)

    def _send_safely(self, lines, state, today):
        """Send; what fails is kept in the list and does not keep back the others."""
        try:
            with self.env.cr.savepoint():
                self._send(lines, state, today)
        except psycopg2.Error:  # others were faster, or the connection is gone
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(lines) == 1:
                _logger.warning("Survey round %s failed", self.id, exc_info=True)
                lines.write({"state": "failed", "note": str(error)})
                return
            half = len(lines) // 2
            self._send_safely(lines[:half], state, today)
            self._send_safely(lines[half:], state, today)

    def _send(self, lines, state, today):
        if state == "planned":
            self._make_inputs(lines)
            done = {"state": "sent", "date_sent": today}
        else:
            done = {"state": "reminded", "date_reminded": today}
        base = self.get_base_url()
        links = {
            line.partner_id.id: base + line.input_id.get_start_url() for line in lines
        }
        # with the rights of the sender: whom he does not reach any more fails
        sender = self._as_responsible(self).with_context(
            crm_survey_links=links, crm_survey_state=state
        )
        partners = sender.env["res.partner"].browse(lines.partner_id.ids)
        partners.check_access("read")
        sender._queue_mails(partners)
        lines.write(done)

    def _make_inputs(self, lines):
        """Give each receiver an own key to the survey."""
        survey = self.survey_id
        deadline = self._get_deadline()
        inputs = self.env["survey.user_input"].create(
            [
                {
                    "survey_id": survey.id,
                    "partner_id": line.partner_id.id,
                    "email": line.address,
                    "nickname": line.partner_id.name,
                    "deadline": deadline,
                    # the attempts of one receiver are his own
                    "invite_token": self.env[
                        "survey.user_input"
                    ]._generate_invite_token(),
                }
                for line in lines
            ]
        )
        for line, user_input in zip(lines, inputs, strict=True):
            line.input_id = user_input

    # ------------------------------------------------------------
    # What is sent
    # ------------------------------------------------------------

    def _get_mail_template(self):
        is_reminder = self.env.context.get("crm_survey_state") == "sent"
        return is_reminder and self.remind_template_id or super()._get_mail_template()

    def _get_footer(self, partner, token):
        """Add the link, which is not kept on the page of the customer: whoever has it
        answers in the name of the receiver."""
        link = self.env.context["crm_survey_links"][partner.id]
        text = self.with_context(lang=partner.lang).env._("Answer the survey")
        return Markup('<p><a href="%s"><b>%s</b></a></p>%s') % (
            link,
            text,
            super()._get_footer(partner, token),
        )
