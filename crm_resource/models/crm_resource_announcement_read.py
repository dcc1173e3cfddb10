from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmResourceAnnouncement(models.Model):
    """Whom announcements are for, and who has read them."""

    _inherit = "crm.resource.announcement"

    @api.depends("team_ids", "company_id", "date_from", "date_to")
    @api.depends_context("uid")
    def _compute_is_for_me(self):
        mine = self.search([("id", "in", self.ids), ("is_for_me", "=", True)])
        for announcement in self:
            announcement.is_for_me = announcement._origin in mine

    def _search_is_for_me(self, operator, value):
        """Current ones of which the user is among the readers."""
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        self.env["crm.team"].flush_model()
        self.env["crm.team.member"].flush_model()
        today = fields.Date.context_today(self)
        return (
            Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
            & Domain.custom(to_sql=partial(_is_for, user=self.env.uid))
        )

    @api.depends("reading_ids.user_id")
    @api.depends_context("uid")
    def _compute_is_read(self):
        # his own readings
        read = (
            self.env["crm.resource.announcement.reading"]
            .sudo()
            .search(
                [("announcement_id", "in", self.ids), ("user_id", "=", self.env.uid)]
            )
            .announcement_id
        )
        for announcement in self:
            announcement.is_read = announcement._origin.id in read.ids

    def _search_is_read(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("reading_ids", "any", [("user_id", "=", self.env.uid)])

    @api.depends("team_ids", "company_id", "reading_ids")
    @api.depends_context("uid")
    def _compute_unread_user_ids(self):
        """Who has not read it is for its author and for reviewers."""
        self.env.flush_all()
        readers, readings = {}, {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reader.announcement_id, reader.user_id, reading.id IS NOT NULL
                  FROM (%s) reader
                  LEFT JOIN crm_resource_announcement_reading reading
                    ON reading.announcement_id = reader.announcement_id
                   AND reading.user_id = reader.user_id
                """,
                get_readers(SQL("announcement.id = ANY(%s)", self.ids)),
            )
        )
        for announcement_id, user_id, is_read in rows:
            kept = readings if is_read else readers
            kept.setdefault(announcement_id, []).append(user_id)
        for announcement in self:
            unread = readers.get(announcement._origin.id, [])
            read = readings.get(announcement._origin.id, [])
            is_shown = announcement.is_keeper or self.env.su
            announcement.unread_user_ids = is_shown and sorted(unread)
            announcement.reader_count = is_shown and len(unread) + len(read)
            announcement.read_count = is_shown and len(read)

    def action_read(self):
        """Note that the user has read announcements."""
        self.check_access("read")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_announcement_reading (
                    announcement_id, user_id, date
                )
                SELECT id, %s, %s FROM UNNEST(%s) id
                ON CONFLICT (announcement_id, user_id) DO NOTHING
                """,
                self.env.uid,
                fields.Datetime.now(),
                self.ids,
            )
        )
        self.env.invalidate_all(flush=False)
        # the user's own reminders
        self.sudo().activity_unlink(
            ["crm_resource.mail_activity_data_announcement"], user_id=self.env.uid
        )

    @api.readonly
    def action_open_readings(self):
        """Open who has read the announcement."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_announcement_reading_action"
            ),
            "domain": [("announcement_id", "=", self.id)],
        }


def get_readers(condition):
    """Return the SELECT of whom announcements are for, whatever the day:
    ``announcement_id`` and ``user_id``.

    :param SQL condition: which rows of ``announcement``
    """
    return SQL(
        """
        SELECT announcement.id AS announcement_id, users.id AS user_id
          FROM crm_resource_announcement announcement
          JOIN res_users users ON users.active AND NOT users.share
         WHERE %s
           AND (announcement.company_id IS NULL OR EXISTS (
                SELECT FROM res_company_users_rel rel
                 WHERE rel.cid = announcement.company_id AND rel.user_id = users.id))
           AND (NOT EXISTS (
                SELECT FROM crm_resource_announcement_team_rel rel
                 WHERE rel.crm_resource_announcement_id = announcement.id)
                OR EXISTS (
                SELECT FROM crm_resource_announcement_team_rel rel
                  JOIN crm_team above ON above.id = rel.crm_team_id
                  JOIN crm_team below
                    ON STARTS_WITH(below.parent_path, above.parent_path)
                  LEFT JOIN crm_team_member member
                    ON member.crm_team_id = below.id AND member.active
                   AND member.user_id = users.id
                 WHERE rel.crm_resource_announcement_id = announcement.id
                   AND (member.id IS NOT NULL OR below.user_id = users.id)))
        """,
        condition,
    )


def _is_for(model, alias, query, user):
    """Return the condition that the user is among the readers."""
    return SQL(
        "%s IN (SELECT announcement_id FROM (%s) reader WHERE user_id = %s)",
        SQL.identifier(alias, "id"),
        get_readers(SQL("TRUE")),
        user,
    )
