from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_churn import CAUSES

# in which somebody is to deal with a case
DEADLINE_DAYS = 3
# the next leader above the salesperson of a case ``waiting``
_LEADER = SQL(
    """
    LEFT JOIN res_users owner ON owner.id = waiting.user_id
    LEFT JOIN crm_team team ON team.id = COALESCE(waiting.team_id, owner.sale_team_id)
    LEFT JOIN LATERAL (
        SELECT above.user_id
          FROM crm_team above
         WHERE team.parent_path LIKE above.parent_path || '%%' AND above.active
           AND above.user_id <> COALESCE(waiting.user_id, 0)
         ORDER BY LENGTH(above.parent_path) DESC
         LIMIT 1) leader ON TRUE
    """
)


class CrmResourceChurn(models.Model):
    """Who is told of cases, any number in one statement."""

    _inherit = "crm.resource.churn"

    def _get_activity_type(self):
        return self.env.ref("crm_resource.mail_activity_data_churn")

    @api.model
    def _tell(self, ids=None, date=None):
        """Plan an activity for the salesperson of each open case of which nobody was
        told; without a salesperson, for the next leader.

        :param list ids: limit to these cases
        """
        self._plan(
            SQL(
                """
                UPDATE crm_resource_churn churn SET told_user_id = target.user_id
                  FROM (
                        SELECT waiting.id, waiting.date_open,
                               COALESCE(waiting.user_id, leader.user_id) AS user_id
                          FROM crm_resource_churn waiting
                          %(leader)s
                         WHERE waiting.state = 'open' AND waiting.told_user_id IS NULL
                           AND %(scope)s
                       ) target
                  JOIN res_users person
                    ON person.id = target.user_id AND person.active
                 WHERE churn.id = target.id
             RETURNING churn.id, churn.told_user_id AS user_id,
                       churn.cause, churn.date_open AS date
                """,
                leader=_LEADER,
                scope=SQL("TRUE")
                if ids is None
                else SQL("waiting.id = ANY(%s)", list(ids)),
            )
        )

    @api.model
    def _escalate(self, date):
        """Tell the next leader above of cases with which nobody has dealt for days: a
        contact with the customer counts, and once is enough."""
        self._plan(
            SQL(
                """
                UPDATE crm_resource_churn churn SET date_escalated = %(date)s
                  FROM (
                        SELECT waiting.id, leader.user_id
                          FROM crm_resource_churn waiting
                          JOIN %(companies)s ON company.id = waiting.company_id
                          LEFT JOIN crm_resource_standing standing
                            ON standing.partner_id = waiting.partner_id
                          %(leader)s
                         WHERE waiting.state = 'open'
                           AND waiting.date_escalated IS NULL
                           AND waiting.told_user_id <> leader.user_id
                           AND company.escalate_days > 0
                           AND GREATEST(waiting.date_open, standing.date_last_contact)
                               + company.escalate_days <= %(date)s
                       ) target
                  JOIN res_users person
                    ON person.id = target.user_id AND person.active
                 WHERE churn.id = target.id
             RETURNING churn.id, target.user_id, churn.cause,
                       churn.date_escalated AS date
                """,
                date=date,
                companies=self._get_company_rows(),
                leader=_LEADER,
            ),
            is_leader=True,
        )

    @api.model
    def _get_words(self, is_leader):
        """Return what people are told, by cause."""
        if is_leader:
            text = self.env._("About to be lost, and nobody deals with it")
            return dict.fromkeys(dict(CAUSES), text)
        return {
            "months": self.env._("Has not bought for months: about to be lost"),
            "rhythm": self.env._("Silent for longer than usual: about to be lost"),
            "never": self.env._("Has never bought yet: about to be lost"),
        }

    def _plan(self, told, is_leader=False):
        """Keep who is told, and plan the activities, in one statement.

        :param SQL told: UPDATE that returns ``id``, ``user_id``, ``cause``, ``date``
        """
        self.env.flush_all()
        words = [
            SQL("(%s, %s, %s)", lang, cause, text)
            for lang, _name in self.env["res.lang"].get_installed()
            for cause, text in self.with_context(lang=lang)
            ._get_words(is_leader)
            .items()
        ]
        self.env.cr.execute(
            SQL(
                """
                WITH told AS (%(told)s)
                INSERT INTO mail_activity (
                    res_model, res_model_id, res_id, res_name, activity_type_id,
                    user_id, user_tz, date_deadline, summary, automated, active,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(name)s, %(model)s, told.id,
                       CONCAT_WS(' ', churn.name, customer.complete_name), %(type)s,
                       told.user_id, person.tz, told.date + %(days)s,
                       COALESCE(word.text, %(default)s), TRUE, TRUE,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM told
                  JOIN crm_resource_churn churn ON churn.id = told.id
                  JOIN res_partner customer ON customer.id = churn.partner_id
                  JOIN res_users users ON users.id = told.user_id
                  JOIN res_partner person ON person.id = users.partner_id
                  LEFT JOIN (VALUES %(words)s) word(lang, cause, text)
                    ON word.lang = person.lang AND word.cause = told.cause
                """,
                told=told,
                name=self._name,
                model=self.env["ir.model"]._get_id(self._name),
                type=self._get_activity_type().id,
                days=DEADLINE_DAYS,
                default=self.env._("About to be lost"),
                words=SQL(", ").join(words),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env.invalidate_all(flush=False)
