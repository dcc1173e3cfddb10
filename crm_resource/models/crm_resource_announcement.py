from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmResourceAnnouncement(models.Model):
    _name = "crm.resource.announcement"
    _description = "Announcement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, date_from desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(string="Title", required=True, tracking=True)
    body = fields.Html(string="Text")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: people of all companies read it.",
    )
    author_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    team_ids = fields.Many2many(
        "crm.team",
        "crm_resource_announcement_team_rel",
        string="Departments",
        help="They and the departments below read it. Empty: everybody does.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(
        string="Until", tracking=True, help="The last day. Empty: it does not expire."
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Important"), ("2", "Urgent")],
        required=True,
        default="0",
    )
    is_obligatory = fields.Boolean(
        string="Must Be Read",
        tracking=True,
        help="Who has not said in time that he read it is reminded by an activity.",
    )
    remind_days = fields.Integer(
        string="Remind After (Days)", default=3, help="Counted from the first day."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "crm_resource_announcement_attachment_rel",
        string="Attachments",
    )
    reading_ids = fields.One2many(
        "crm.resource.announcement.reading",
        "announcement_id",
        string="Read By",
        readonly=True,
    )
    is_for_me = fields.Boolean(
        compute="_compute_is_for_me",
        search="_search_is_for_me",
        groups=fields.NO_ACCESS,
    )
    is_read = fields.Boolean(
        string="Read", compute="_compute_is_read", search="_search_is_read"
    )
    state = fields.Selection(
        [("planned", "Planned"), ("current", "Current"), ("expired", "Expired")],
        string="Status",
        compute="_compute_state",
        search="_search_state",
    )
    is_keeper = fields.Boolean(compute="_compute_is_keeper")
    reader_count = fields.Integer(string="Readers", compute="_compute_unread_user_ids")
    read_count = fields.Integer(
        string="Have Read It", compute="_compute_unread_user_ids"
    )
    unread_user_ids = fields.Many2many(
        "res.users",
        string="Have Not Read It",
        compute="_compute_unread_user_ids",
        help="Shown to the author and to those who look after announcements.",
    )

    _check_dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from <= date_to)",
        "An announcement cannot expire before it begins: correct the last day.",
    )
    _check_remind_days = models.Constraint(
        "CHECK(remind_days >= 0)", "Days cannot be negative: correct them."
    )

    # ------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------

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

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for announcement in self:
            if announcement.date_from and announcement.date_from > today:
                announcement.state = "planned"
            elif announcement.date_to and announcement.date_to < today:
                announcement.state = "expired"
            else:
                announcement.state = "current"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            "planned": Domain("date_from", ">", today),
            "expired": Domain("date_to", "<", today),
            "current": Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today)),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("author_id")
    @api.depends_context("uid")
    def _compute_is_keeper(self):
        is_reviewer = self.env.user.has_group("crm_resource.group_reviewer")
        for announcement in self:
            announcement.is_keeper = is_reviewer or (
                announcement.author_id == self.env.user
            )

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
                _get_readers(SQL("announcement.id = ANY(%s)", self.ids)),
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

    # ------------------------------------------------------------
    # Publication
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever publishes is the author, and may where the settings say so."""
        if not self.env.su:
            vals_list = [{**vals, "author_id": self.env.uid} for vals in vals_list]
        announcements = super().create(vals_list)
        announcements._check_publisher()
        announcements._bind_attachments()
        return announcements

    def write(self, vals):
        """As `create`; the author remains."""
        if not self.env.su and "author_id" in vals:
            raise AccessError(
                self.env._("The author of an announcement cannot be changed.")
            )
        result = super().write(vals)
        self._check_publisher()
        if "attachment_ids" in vals:
            self._bind_attachments()
        return result

    def _check_publisher(self):
        """Check that the user may publish in the companies concerned.

        :raise AccessError: if not
        """
        if self.env.su or self.env.user.has_group("crm_resource.group_announcer"):
            return
        # who may publish is no secret
        everywhere = self.env["res.company"].sudo().search([("active", "=", True)])
        for announcement in self:
            companies = announcement.sudo().company_id or everywhere
            if "group" in companies.mapped("crm_announcement_by"):
                raise AccessError(
                    self.env._(
                        "Announcements are published by those who have the right: ask "
                        "an administrator for Publishes Announcements."
                    )
                )

    def _bind_attachments(self):
        """Readers of an announcement read what is attached to it."""
        for announcement in self:
            announcement.attachment_ids.filtered(
                lambda attachment: not attachment.res_id
            ).write({"res_model": self._name, "res_id": announcement.id})

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

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
                _get_readers(_get_reminded(today)),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model, res_model_id, res_id, res_name, activity_type_id,
                    user_id, user_tz, date_deadline, summary, automated, active,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT 'crm.resource.announcement', %(model)s, announcement.id,
                       announcement.name, %(type)s, reader.user_id, person.tz,
                       %(today)s, announcement.name, TRUE, TRUE, %(uid)s, %(now)s,
                       %(uid)s, %(now)s
                  FROM (%(readers)s) reader
                  JOIN crm_resource_announcement announcement
                    ON announcement.id = reader.announcement_id
                  JOIN res_users users ON users.id = reader.user_id
                  JOIN res_partner person ON person.id = users.partner_id
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
                model=self.env["ir.model"]._get_id("crm.resource.announcement"),
                type=kind.id,
                today=today,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                readers=_get_readers(_get_reminded(today)),
            )
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


def _get_readers(condition):
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
        _get_readers(SQL("TRUE")),
        user,
    )
