from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmResourceSurveyRound(models.Model):
    """From draft to closed, and on to the next round."""

    _inherit = "crm.resource.survey.round"

    def action_preview(self):
        """List who would be asked today, who is left out, and why."""
        self._check_sender()
        self._check_state("draft")
        self._list_receivers()
        return True

    def action_start(self):
        """Ask those who are due, on the first day of the round."""
        self._check_sender()
        self._check_state("draft")
        self._check_survey()
        today = self.company_id._get_today()
        if self.date_close and self.date_close < today:
            raise UserError(
                self.env._("The last day is over: choose a later one, or none.")
            )
        # nobody writes the state; that he may start it was checked above
        record = self.sudo()
        record.write(
            {"state": "scheduled", "date_template": record._get_template_date()}
        )
        if not self.date_start or self.date_start <= today:
            record._begin()
            if not self.asked_count:
                raise UserError(
                    self.env._("Nobody would be asked: preview who is left out, why.")
                )
        record._trigger()
        return True

    def _trigger(self):
        self.env.ref("crm_resource.ir_cron_survey")._trigger()

    def _check_survey(self):
        """Check that customers can answer by a link.

        :raise UserError: if not
        """
        # market staff choose surveys that others keep
        survey = self.survey_id.sudo()
        if (
            not survey.active
            or not survey.question_ids
            or survey.users_login_required
            or survey.access_mode not in ("public", "token")
        ):
            raise UserError(
                self.env._(
                    "“%(survey)s” cannot be answered by customers: it must be active, "
                    "have questions, and be open to people with the link without "
                    "logging in.",
                    survey=survey.title,
                )
            )

    def _get_template_date(self):
        # when a template was changed is no secret
        templates = (self.template_id | self.remind_template_id).sudo()
        return max(templates.mapped("write_date"))

    def _begin(self):
        """Freeze the list, and send from now on."""
        today = self.company_id._get_today()
        self.write(
            {
                "state": "running",
                "date_started": today,
                "date_start": self.date_start or today,
            }
        )
        self._list_receivers()

    def action_close(self):
        """Take no more answers."""
        self.ensure_one()
        self.check_access("write")
        self._check_state("scheduled", "running", "failed")
        # nobody writes the state; that he may was checked above
        self.sudo()._close()
        return True

    def _close(self):
        self.state = "closed"
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE survey_user_input SET deadline = %s
                 WHERE state <> 'done' AND id IN (
                       SELECT input_id FROM crm_resource_survey_line
                        WHERE round_id = %s)
                """,
                fields.Datetime.now(),
                self.id,
            )
        )
        self.env["survey.user_input"].invalidate_model(["deadline"])

    def _get_deadline(self):
        return self.date_close and self.company_id._get_end_of_day(self.date_close)

    def _plan_next(self):
        """Plan the round that follows a closed one, once."""
        if not self.repeat_months or self.search_count(
            [("previous_id", "=", self.id)], limit=1
        ):
            return
        step = relativedelta(months=self.repeat_months)
        following = self.copy(
            {
                "name": self.name,
                "date_start": self.date_start + step,
                "date_close": self.date_close and self.date_close + step,
            }
        )
        following.write(
            {
                "previous_id": self.id,
                "state": "scheduled",
                "responsible_id": self.responsible_id.id,
                "date_template": self.date_template,
            }
        )

    def action_open_lines(self):
        """Open who is asked, and who is not."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_survey_line_action"
            ),
            "domain": [("round_id", "in", self.ids)],
        }

    def action_open_report(self):
        """Open who answered, and what."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_survey_report_action"
            ),
            "domain": [("round_id", "in", self.ids)],
        }
