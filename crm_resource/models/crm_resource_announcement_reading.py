from odoo import fields, models


class CrmResourceAnnouncementReading(models.Model):
    """Who has read an announcement, and when. Nobody but code writes here."""

    _name = "crm.resource.announcement.reading"
    _description = "Reading of an Announcement"
    _order = "date desc, id desc"
    _rec_name = "user_id"
    _log_access = False

    announcement_id = fields.Many2one(
        "crm.resource.announcement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="announcement_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        string="Reader",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    date = fields.Datetime(string="Read On", required=True, readonly=True)

    _user_unique = models.Constraint(
        "UNIQUE(announcement_id, user_id)", "Everybody reads an announcement once."
    )
