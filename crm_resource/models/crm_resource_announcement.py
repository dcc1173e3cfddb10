from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


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
        [("planned", "Upcoming"), ("current", "Current"), ("expired", "Expired")],
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
        if self.env.su:
            return
        user = self.env.user
        is_announcer = user.has_group("crm_resource.group_announcer")
        # who may publish, and which departments there are, is no secret
        everywhere = self.env["res.company"].sudo().search([("active", "=", True)])
        for announcement in self.sudo():
            companies = announcement.company_id or everywhere
            if not is_announcer and "group" in companies.mapped("crm_announcement_by"):
                raise AccessError(
                    self.env._(
                        "Announcements are published by those who have the right: ask "
                        "an administrator for Publishes Announcements."
                    )
                )
            if not user._is_in_company(announcement.company_id):
                raise AccessError(
                    self.env._(
                        "You do not belong to all companies that would read "
                        "“%(announcement)s”: choose a company of yours.",
                        announcement=announcement.name,
                    )
                )
            for team in announcement.team_ids:
                if team.company_id and not user._is_in_company(team.company_id):
                    raise AccessError(
                        self.env._(
                            "%(team)s is a department of a company that you do not "
                            "belong to: choose another department.",
                            team=team.name,
                        )
                    )

    def _bind_attachments(self):
        """Readers of an announcement read what is attached to it."""
        for announcement in self:
            announcement.attachment_ids.filtered(
                lambda attachment: not attachment.res_id
            ).write({"res_model": self._name, "res_id": announcement.id})
