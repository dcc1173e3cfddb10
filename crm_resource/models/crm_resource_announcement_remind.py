from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_announcement_read import get_readers


class CrmResourceAnnouncement(models.Model):
    """Who has not read what must be read is reminded."""

    _inherit = "crm.resource.announcement"

    @api.model
    def _cron_remind(self):
        """Nightly: remind who has not read what must be read, and take reminders of
        what expired away. A second run finds nothing left to do."""
        today = fields.Date.context_today(self)
        kind = self.env.ref("crm_resource.mail_activity_data_announcement")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_activity activity
                 WHERE activity.activity_type_id = %s AND activity.date_done IS NULL
                   AND activity.res_model = 'crm.resource.announcement'
                   AND NOT EXISTS (
                        SELECT FROM (%s) reader
                         WHERE reader.announcement_id = activity.res_id
                           AND reader.user_id = activity.user_id)
                """,
                kind.id,
                get_readers(_get_reminded(today)),
            )
        )
        self.env["mail.activity"]._insert_planned(
            "crm.resource.announcement",
            kind,
            SQL(
                """
                SELECT announcement.id AS res_id, announcement.name AS res_name,
                       reader.user_id, %(today)s::date AS date_deadline,
                       announcement.name AS summary
                  FROM (%(readers)s) reader
                  JOIN crm_resource_announcement announcement
                    ON announcement.id = reader.announcement_id
                 WHERE NOT EXISTS (
                        SELECT FROM crm_resource_announcement_reading reading
                         WHERE reading.announcement_id = announcement.id
                           AND reading.user_id = reader.user_id)
                   AND NOT EXISTS (
                        SELECT FROM mail_activity activity
                         WHERE activity.activity_type_id = %(type)s
                           AND activity.date_done IS NULL
                           AND activity.res_model = 'crm.resource.announcement'
                           AND activity.res_id = announcement.id
                           AND activity.user_id = reader.user_id)
                """,
                type=kind.id,
                today=today,
                readers=get_readers(_get_reminded(today)),
            ),
        )
        self.env.invalidate_all(flush=False)


def _get_reminded(today):
    """Return the condition for announcements of which people are reminded."""
    return SQL(
        """announcement.active AND announcement.is_obligatory
       AND announcement.date_from + announcement.remind_days <= %(today)s
       AND (announcement.date_to IS NULL OR announcement.date_to >= %(today)s)""",
        today=today,
    )
