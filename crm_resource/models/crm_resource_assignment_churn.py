from odoo import models
from odoo.tools import SQL


class CrmResourceAssignment(models.Model):
    """With the customer, his churn case passes to the new salesperson."""

    _inherit = "crm.resource.assignment"

    def _pass_on(self, moved, olds, news):
        """What the old salesperson was told waits for the new one, and for nobody while
        the customer is in a pool: whoever takes him is told at night."""
        result = super()._pass_on(moved, olds, news)
        cases = self.env["crm.resource.churn"]
        rows = self.env.execute_query(
            SQL(
                """
                WITH passed AS (
                    UPDATE crm_resource_churn churn
                       SET user_id = moved.user_id, team_id = moved.team_id,
                           told_user_id = CASE WHEN told_user_id IS NOT NULL
                                               THEN moved.user_id END
                      FROM UNNEST(%(ids)s::int4[], %(users)s::int4[], %(teams)s::int4[])
                           moved(id, user_id, team_id)
                     WHERE churn.partner_id = moved.id
                       AND churn.state IN ('open', 'deferred', 'lost')
                       AND (churn.user_id, churn.team_id)
                           IS DISTINCT FROM (moved.user_id, moved.team_id)
                 RETURNING churn.id, moved.id AS partner_id, moved.user_id
                )
                UPDATE mail_activity activity
                   SET user_id = COALESCE(passed.user_id, activity.user_id),
                       active = passed.user_id IS NOT NULL
                  FROM passed, UNNEST(%(ids)s::int4[], %(olds)s::int4[])
                       held(id, user_id)
                 WHERE activity.res_model = %(model)s AND activity.res_id = passed.id
                   AND activity.active AND held.id = passed.partner_id
                   AND activity.user_id = held.user_id
             RETURNING activity.id
                """,
                ids=moved,
                users=[new.user for new in news],
                teams=[new.team for new in news],
                olds=[old.user for old in olds],
                model=cases._name,
            )
        )
        cases.invalidate_model(flush=False)
        if rows:
            self.env["mail.activity"].invalidate_model(flush=False)
        return result
