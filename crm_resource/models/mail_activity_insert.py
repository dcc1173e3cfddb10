from odoo import api, fields, models
from odoo.tools import SQL


class MailActivity(models.Model):
    """How jobs plan many activities."""

    _inherit = "mail.activity"

    @api.model
    def _insert_planned(self, model, activity_type, planned):
        """Plan any number of activities in one statement; nobody is told by mail.

        The caller flushes before it, and forgets what it knows after it.

        :param str model: the model of the documents
        :param activity_type: `mail.activity.type`
        :param planned: SELECT of ``res_id``, ``res_name``, ``user_id``,
            ``date_deadline`` and ``summary``
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model, res_model_id, res_id, res_name, activity_type_id,
                    user_id, user_tz, date_deadline, summary, automated, active,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(model)s, %(model_id)s, planned.res_id, planned.res_name,
                       %(type)s, planned.user_id, person.tz, planned.date_deadline,
                       planned.summary, TRUE, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(planned)s) planned
                  JOIN res_users users ON users.id = planned.user_id
                  JOIN res_partner person ON person.id = users.partner_id
                """,
                model=model,
                model_id=self.env["ir.model"]._get_id(model),
                type=activity_type.id,
                planned=planned,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
