from odoo import api, models
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
        self.env["mail.activity"]._insert_planned(
            "crm.resource.evaluation",
            self.env.ref("crm_resource.mail_activity_data_evaluation"),
            SQL(
                """
                SELECT evaluation.id AS res_id, partner.complete_name AS res_name,
                       users.id AS user_id, evaluation.date + %(days)s AS date_deadline,
                       COALESCE(scheme.name->>person.lang, scheme.name->>'en_US')
                           AS summary
                  FROM crm_resource_evaluation evaluation
                  JOIN crm_resource_evaluation_scheme scheme
                    ON scheme.id = evaluation.scheme_id
                  JOIN res_partner partner ON partner.id = evaluation.partner_id
                  JOIN res_users users ON users.id = evaluation.evaluator_id
                  JOIN res_partner person ON person.id = users.partner_id
                 WHERE evaluation.id = ANY(%(ids)s) AND users.active
                """,
                days=self.fill_days,
                ids=evaluations.ids,
            ),
        )
        self.env.invalidate_all(flush=False)
