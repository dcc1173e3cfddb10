from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceEvaluationScheme(models.Model):
    """Who is asked to fill in what is not computed."""

    _inherit = "crm.resource.evaluation.scheme"

    @api.model
    def _follow_owners(self):
        """Let whoever got a customer fill in what was left to do for the salesperson
        before him."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS (
                    UPDATE crm_resource_evaluation evaluation
                       SET evaluator_id = partner.user_id
                      FROM res_partner partner
                     WHERE partner.id = evaluation.partner_id
                       AND evaluation.state IN ('draft', 'progress')
                       AND partner.user_id <> evaluation.evaluator_id
                       AND EXISTS (
                            SELECT FROM crm_resource_assignment assignment
                             WHERE assignment.partner_id = partner.id
                               AND assignment.user_from_id = evaluation.evaluator_id
                               AND assignment.date >= evaluation.create_date)
                 RETURNING evaluation.id, evaluation.evaluator_id
                )
                UPDATE mail_activity activity SET user_id = moved.evaluator_id
                  FROM moved
                 WHERE activity.res_model = 'crm.resource.evaluation'
                   AND activity.res_id = moved.id AND activity.date_done IS NULL
                   AND activity.activity_type_id = %s
                """,
                self.env.ref("crm_resource.mail_activity_data_evaluation").id,
            )
        )
        self.env.invalidate_all(flush=False)

    def _plan_activities(self, evaluations):
        """Ask the evaluators to fill in evaluations, any number in one statement."""
        self.ensure_one()
        if not evaluations or not self._has_typed():
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model, res_model_id, res_id, res_name, activity_type_id,
                    user_id, user_tz, date_deadline, summary, automated, active,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT 'crm.resource.evaluation', %(model)s, evaluation.id,
                       partner.complete_name, %(type)s, users.id, person.tz,
                       evaluation.date + %(days)s,
                       COALESCE(scheme.name->>person.lang, scheme.name->>'en_US'),
                       TRUE, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM crm_resource_evaluation evaluation
                  JOIN crm_resource_evaluation_scheme scheme
                    ON scheme.id = evaluation.scheme_id
                  JOIN res_partner partner ON partner.id = evaluation.partner_id
                  JOIN res_users users ON users.id = evaluation.evaluator_id
                  JOIN res_partner person ON person.id = users.partner_id
                 WHERE evaluation.id = ANY(%(ids)s) AND users.active
                """,
                model=self.env["ir.model"]._get_id("crm.resource.evaluation"),
                type=self.env.ref("crm_resource.mail_activity_data_evaluation").id,
                days=self.fill_days,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=evaluations.ids,
            )
        )
        self.env.invalidate_all(flush=False)
