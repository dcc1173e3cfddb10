from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import fields, models
from odoo.fields import Domain

from .crm_resource_start import LIMIT


class CrmResourceStart(models.AbstractModel):
    """What a person has to do today, and what waits for his word."""

    _inherit = "crm.resource.start"

    def _get_day_blocks(self):
        return [
            {
                "key": "activities",
                "sequence": 10,
                "title": self.env._("To Do Today"),
                "icon": "fa-check-square-o",
                "empty": self.env._("Nothing is due today."),
                "method": "_get_activities",
                "action": "mail.mail_activity_action_my",
            },
            {
                "key": "meetings",
                "sequence": 20,
                "title": self.env._("Meetings Today"),
                "icon": "fa-calendar",
                "empty": self.env._("No meetings today."),
                "method": "_get_meetings",
                "action": "calendar.action_calendar_event",
            },
        ]

    def _get_review_blocks(self):
        return [
            {
                "key": "reviews",
                "sequence": 70,
                "title": self.env._("Customers to Review"),
                "icon": "fa-search",
                "empty": self.env._("No customer waits for a review."),
                "method": "_get_reviews",
                "groups": "crm_resource.group_reviewer",
                "action": "crm_resource.res_partner_action_review",
            },
            {
                "key": "approvals",
                "sequence": 80,
                "title": self.env._("Waiting for My Approval"),
                "icon": "fa-gavel",
                "empty": self.env._("Nothing waits for your approval."),
                "method": "_get_approvals",
                "action": "crm_resource.tier_review_action_turn",
            },
        ]

    def _get_activities(self):
        today = fields.Date.context_today(self)
        activities = self.env["mail.activity"].search_fetch(
            [("user_id", "=", self.env.uid), ("date_deadline", "<=", today)],
            ["activity_type_id", "date_deadline", "res_id", "res_model", "summary"],
            order="date_deadline, id",
            limit=LIMIT + 1,
        )
        # those of documents; others have no page of their own
        named = activities.filtered(lambda a: a.res_model and a.res_id)
        return {
            "rows": [
                {
                    "id": activity.id,
                    "model": activity.res_model or False,
                    "res_id": activity.res_id or False,
                    # a person's own activity names its document
                    "title": activity.sudo().res_name
                    if activity in named
                    else activity.summary or activity.activity_type_id.name,
                    "text": activity.summary or activity.activity_type_id.name or "",
                    "icon": activity.activity_type_id.icon,
                    "date": fields.Date.to_string(activity.date_deadline),
                    "is_day": True,
                    "tone": "danger" if activity.date_deadline < today else "warning",
                    "partner_id": activity.res_model == "res.partner"
                    and activity.res_id,
                }
                for activity in activities
            ]
        }

    def _get_meetings(self):
        begin, end = self._get_day_span()
        # visits have a block of their own
        visits = self.env["crm.resource.visit"]
        is_visit = Domain.FALSE
        if visits.has_access("read"):
            is_visit = Domain("visit_ids", "any", visits._get_mine_domain())
        meetings = self.env["calendar.event"].search_fetch(
            Domain("partner_ids", "in", self.env.user.partner_id.ids)
            & Domain("stop", ">=", begin)
            & Domain("start", "<", end)
            & ~is_visit,
            ["allday", "location", "name", "start"],
            order="start, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": meeting.id,
                    "model": "calendar.event",
                    "title": meeting.name,
                    "text": meeting.location or "",
                    "date": fields.Datetime.to_string(meeting.start),
                    "is_day": meeting.allday,
                    "is_time": not meeting.allday,
                }
                for meeting in meetings
            ]
        }

    def _get_day_span(self):
        """Return when the person's day begins and ends, in UTC."""
        zone = timezone(self.env.user.tz or "UTC")
        day = fields.Date.context_today(self)
        return tuple(
            zone.localize(datetime.combine(moment, time.min))
            .astimezone(utc)
            .replace(tzinfo=None)
            for moment in (day, day + timedelta(days=1))
        )

    def _get_reviews(self):
        customers = self.env["res.partner"].search_fetch(
            [("customer_state", "=", "submitted")],
            ["date_submitted", "name", "submitted_by_id"],
            order="date_submitted, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": customer.id,
                    "model": "res.partner",
                    "title": customer.name,
                    # who asks is no secret to those who review
                    "text": customer.submitted_by_id.sudo().name or "",
                    "date": fields.Datetime.to_string(customer.date_submitted),
                }
                for customer in customers
            ]
        }

    def _get_approvals(self):
        reviews = self.env["tier.review"].search_fetch(
            [
                ("reviewer_ids", "in", [self.env.uid]),
                ("status", "=", "pending"),
                ("can_review", "=", True),
            ],
            ["create_date", "model", "name", "requested_by", "res_id"],
            order="create_date, id",
            limit=LIMIT + 1,
        )
        return {
            "rows": [
                {
                    "id": review.id,
                    "model": review.model,
                    "res_id": review.res_id,
                    "title": review.document_name or review.name,
                    # who asks is no secret to those who decide
                    "text": review.requested_by.sudo().name or "",
                    "date": fields.Datetime.to_string(review.create_date),
                }
                for review in reviews
            ]
        }
