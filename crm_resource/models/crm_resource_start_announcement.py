from odoo import api, fields, models

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """Announcements that the person has not read."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "announcements",
                "sequence": 5,
                "title": self.env._("Announcements to Read"),
                "icon": "fa-bullhorn",
                "empty": self.env._("You have read them all."),
                "method": "_get_announcements",
                "action": "crm_resource.crm_resource_announcement_action",
                "context": {"search_default_filter_unread": 1},
            },
        ]

    def _get_announcements(self):
        announcements = self.env["crm.resource.announcement"]
        domain = [
            ("is_for_me", "=", True),
            ("is_read", "=", False),
            # whoever wrote it knows it
            ("author_id", "!=", self.env.uid),
        ]
        unread = announcements.search_fetch(
            domain, ["author_id", "date_from", "is_obligatory", "name"], limit=LIMIT + 1
        )
        return {
            "count": announcements.search_count(domain)
            if len(unread) > LIMIT
            else len(unread),
            "rows": [
                {
                    "id": announcement.id,
                    "model": "crm.resource.announcement",
                    "title": announcement.name,
                    # who wrote to all is no secret
                    "text": announcement.author_id.sudo().name,
                    "date": fields.Date.to_string(announcement.date_from),
                    "is_day": True,
                    "tone": announcement.is_obligatory and "danger",
                }
                for announcement in unread
            ],
        }
