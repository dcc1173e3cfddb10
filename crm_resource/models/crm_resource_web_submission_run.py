import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# submissions after which the job commits
BATCH_SIZE = 100


class CrmResourceWebSubmission(models.Model):
    """The job: submissions become leads, a commit after each batch.

    It may be killed anywhere: what became of a submission is committed together with
    its state.
    """

    _inherit = "crm.resource.web.submission"

    @api.model
    def _cron_process(self):
        """Make of submissions what they ask for."""
        cron = self.env["ir.cron"]
        self._release()
        self._tell_queued()
        waiting = self.search_count([("state", "=", "new")])
        cron._commit_progress(remaining=waiting)
        while size := self._process():
            if not cron._commit_progress(size):
                break

    @api.model
    def _release(self):
        """Take up what was too much for an earlier day."""
        for company in self._get_queued("company_id"):
            queued = self.search(
                [
                    ("state", "=", "queued"),
                    ("company_id", "=", company.id),
                    ("date", "<", company._get_today()),
                ]
            )
            queued.state = "new"

    @api.model
    def _tell_queued(self):
        """Tell those responsible for forms, once a day, that submissions wait."""
        for form in self._get_queued("form_id"):
            today = form.company_id._get_today()
            if form.date_told == today:
                continue
            form.date_told = today
            text = form.with_context(lang=form.user_id.lang)
            text.message_notify(
                partner_ids=form.user_id.partner_id.ids,
                subject=text.env._("%(form)s: too many posts today", form=form.name),
                body=text.env._(
                    "More than %(limit)s posts came today. They are kept, and become "
                    "leads tomorrow; beyond %(most)s they are refused.",
                    limit=form.day_limit,
                    most=form.day_limit_hard,
                ),
            )

    def _get_queued(self, name):
        groups = self._read_group([("state", "=", "queued")], [name])
        return [record for (record,) in groups]

    @api.model
    def _process(self):
        """Work off some submissions; others may do the same for others.

        :return: how many there were, 0 if nothing is left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_resource_web_submission
                 WHERE state = 'new'
                 ORDER BY id
                 LIMIT %s
                   FOR UPDATE SKIP LOCKED
                """,
                BATCH_SIZE,
            )
        )
        submissions = self.browse(key for (key,) in rows)
        for form, group in submissions.grouped("form_id").items():
            group.with_company(form.company_id)._process_safely()
        done = submissions.filtered(lambda submission: submission.state == "done")
        done._notify_given()
        return len(rows)

    def _process_safely(self):
        """Process submissions of one form; what fails is kept with the reason and does
        not keep back the others."""
        try:
            with self.env.cr.savepoint():
                self._make_document()
                self.write({"state": "done", "date_done": fields.Datetime.now()})
                self.env.flush_all()
        except psycopg2.OperationalError:  # others were faster, or the server is gone
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(self) == 1:
                _logger.warning("Web submission %s failed", self.id, exc_info=True)
                self.write({"state": "failed", "message": str(error)})
                return
            half = len(self) // 2
            self[:half]._process_safely()
            self[half:]._process_safely()

    def _make_document(self):
        """Hook: make of submissions of one form what they ask for.

        An addon that has documents of its own for a kind makes them instead of leads.
        """
        if self.form_id.kind == "partner":
            self._make_customers()
        else:
            self._make_leads()

    def _notify_given(self):
        """Tell each person in one message what he was given."""
        told = self.grouped(
            lambda s: s.user_id or s.lead_id.team_id.user_id or s.form_user_id
        )
        for user, submissions in told.items():
            notice = submissions.with_context(lang=user.lang)
            body = notice.env["ir.qweb"]._render(
                "crm_resource.web_given_message", {"submissions": notice}
            )
            notice.env["res.partner"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=notice.env._(
                    "%(count)s submissions from the web", count=len(notice)
                ),
                body=body,
            )
