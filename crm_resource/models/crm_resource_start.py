from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .res_partner_page import RECALL_DAYS

LIMIT = 8
# for how many days a customer counts as newly given
NEW_DAYS = 14


class CrmResourceStart(models.AbstractModel):
    """A person's start page: blocks of what is to be done today."""

    _name = "crm.resource.start"
    _description = "Start Page"

    @api.model
    def _get_start_blocks(self):
        """Hook: what stands on a person's start page.

        :return: list of dicts with the keys ``key``, ``sequence``, ``title``, ``icon``,
            ``empty`` (what it says if there is nothing), ``method`` and, if it has
            them, ``groups`` (those who have it, as in views), ``action`` (external id
            of all of it) and ``context`` of the action. The method returns a dict of

            * ``rows``: dicts of ``id``, ``model``, ``title`` and, if there are any,
              ``text``, ``date`` (text), ``is_day``, ``tone``, ``icon`` and
              ``partner_id`` (a customer with whom a call may be logged at once); one
              more than `LIMIT` if there are more
            * or ``figures``, as on a customer's page
        """
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
            {
                "key": "pinned",
                "sequence": 30,
                "title": self.env._("Pinned Customers"),
                "icon": "fa-star",
                "empty": self.env._("Pin the customers you work on by their star."),
                "method": "_get_pinned",
                "action": "crm_resource.res_partner_action_customer",
                "context": {"search_default_filter_pinned": 1},
            },
            {
                "key": "recalls",
                "sequence": 40,
                "title": self.env._("About to Be Recalled"),
                "icon": "fa-hourglass-half",
                "empty": self.env._("None of your customers is about to be recalled."),
                "method": "_get_recalls",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.res_partner_action_recall",
                "context": {"search_default_filter_my": 1},
            },
            {
                "key": "new",
                "sequence": 50,
                "title": self.env._("Newly Given to Me"),
                "icon": "fa-gift",
                "empty": self.env._("No customer was given to you of late."),
                "method": "_get_new",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.res_partner_action_customer",
                "context": {"search_default_filter_my": 1},
            },
            {
                "key": "sales",
                "sequence": 60,
                "title": self.env._("My Sales"),
                "icon": "fa-line-chart",
                "empty": "",
                "method": "_get_sales",
                "groups": "sales_team.group_sale_salesman",
            },
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

    @api.model
    def _get_own_blocks(self):
        """Return the blocks that the person has, by key, in the order of the page.

        :raise AccessError: if he is no colleague
        """
        user = self.env.user
        if not user._is_internal():
            raise AccessError(self.env._("The start page is for colleagues only."))
        blocks = [
            block
            for block in self._get_start_blocks()
            if not block.get("groups") or user.has_groups(block["groups"])
        ]
        blocks.sort(key=lambda block: block["sequence"])
        return {block["key"]: block for block in blocks}

    @api.model
    @api.readonly
    def get_blocks(self):
        """Return the person's blocks without what is in them.

        :return: list of dicts
        """
        names = ("key", "title", "icon", "empty", "action", "context")
        return [
            {name: block.get(name) for name in names}
            for block in self._get_own_blocks().values()
        ]

    @api.model
    @api.readonly
    def get_block(self, key):
        """Return what is in a block.

        :param str key: of `get_blocks`
        :return: dict of ``rows``, of ``has_more`` and of ``figures``
        :raise UserError: if the person has no such block
        """
        block = self._get_own_blocks().get(key)
        if not block:
            raise UserError(
                self.env._("Your start page has no such block: reload the page.")
            )
        content = getattr(self, block["method"])()
        rows = content.get("rows", [])
        return {
            "rows": rows[:LIMIT],
            "has_more": len(rows) > LIMIT,
            "figures": content.get("figures", []),
        }

    # ------------------------------------------------------------
    # The blocks
    # ------------------------------------------------------------

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
        zone = timezone(self.env.user.tz or "UTC")
        day = fields.Date.context_today(self)
        begin, end = (
            zone.localize(datetime.combine(moment, time.min))
            .astimezone(utc)
            .replace(tzinfo=None)
            for moment in (day, day + timedelta(days=1))
        )
        meetings = self.env["calendar.event"].search_fetch(
            [
                ("partner_ids", "in", self.env.user.partner_id.ids),
                ("stop", ">=", begin),
                ("start", "<", end),
            ],
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

    def _get_pinned(self):
        pins = self.env["crm.resource.pin"].search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("partner_id.customer_state", "!=", False),
                ("partner_id.active", "=", True),
            ],
            ["partner_id"],
            limit=LIMIT + 1,
        )
        # who does not reach a customer any more has lost the pin
        customers = pins.partner_id._filtered_access("read")
        customers.fetch(["name", "standing_id"])
        return {"rows": [self._get_customer_row(customer) for customer in customers]}

    def _get_recalls(self):
        today = fields.Date.context_today(self)
        # his own customers; what the rows tell he reads himself
        standings = self.env["crm.resource.standing"].sudo()
        standings = standings.search_fetch(
            [
                ("partner_id.user_id", "=", self.env.uid),
                ("partner_id.customer_state", "!=", False),
                ("date_recall", "<=", today + timedelta(days=RECALL_DAYS)),
            ],
            ["partner_id"],
            order="date_recall, id",
            limit=LIMIT + 1,
        )
        customers = standings.partner_id.sudo(False)._filtered_access("read")
        return {"rows": [self._get_customer_row(customer) for customer in customers]}

    def _get_new(self):
        moves = self.env["crm.resource.assignment"].search_fetch(
            [
                ("user_to_id", "=", self.env.uid),
                ("partner_id.user_id", "=", self.env.uid),
                ("date_end", "=", False),
                ("date", ">=", fields.Datetime.now() - timedelta(days=NEW_DAYS)),
                ("author_id", "!=", self.env.uid),
            ],
            ["author_id", "date", "kind", "partner_id"],
            order="date desc, id desc",
            limit=LIMIT + 1,
        )
        kinds = dict(moves._fields["kind"]._description_selection(self.env))
        rows = []
        for move in moves:
            # who gave him is no secret
            giver = move.author_id.sudo().name
            words = [kinds[move.kind], giver]
            rows.append(
                {
                    **self._get_customer_row(move.partner_id),
                    "text": " · ".join(filter(None, words)),
                    "date": fields.Datetime.to_string(move.date),
                    "is_day": False,
                    "tone": False,
                }
            )
        return {"rows": rows}

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

    def _get_sales(self):
        """The person's sales of this month, and of the days before to the same day of
        the month before."""
        today = fields.Date.context_today(self)
        month = today.replace(day=1)
        company = self.env.company
        # how companies count sales is no secret
        companies = self.env.companies.sudo()
        before = month - relativedelta(months=1)
        self.env.flush_all()
        [(now, then, last)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE date >= %(month)s), 0),
                       COALESCE(SUM(amount) FILTER (WHERE date <= %(until)s), 0),
                       COALESCE(SUM(amount) FILTER (WHERE date < %(month)s), 0)
                  FROM (%(sales)s) sales
                 WHERE user_id = %(user)s
                """,
                month=month,
                until=today - relativedelta(months=1),
                user=self.env.uid,
                sales=self.env["crm.resource.sales"]._get_query(
                    date_from=before,
                    date_to=today,
                    companies=companies,
                    currency=company.currency_id,
                ),
            )
        )
        figure = {"kind": "money", "currency_id": company.currency_id.id}
        return {
            "figures": [
                {
                    **figure,
                    "key": "month",
                    "label": self.env._("This Month"),
                    "value": float(now),
                    "trend": float((now - then) / then) if then > 0 else None,
                    "note": self.env._("to the same day of last month"),
                },
                {
                    **figure,
                    "key": "last_month",
                    "label": self.env._("Last Month"),
                    "value": float(last),
                },
            ]
        }

    def _get_customer_row(self, customer):
        """Return the row of a customer: last contact, days until he is recalled."""
        today = fields.Date.context_today(self)
        texts = []
        if customer.date_last_contact:
            days = (today - customer.date_last_contact).days
            texts.append(self.env._("last contact %(days)s days ago", days=days))
        else:
            texts.append(self.env._("no contact yet"))
        recall = customer.date_recall
        if recall:
            days = (recall - today).days
            texts.append(self.env._("%(days)s days left", days=days))
        return {
            "id": customer.id,
            "model": "res.partner",
            # an archived or moved customer keeps his name here
            "title": customer.name,
            "text": " · ".join(texts),
            "date": recall and fields.Date.to_string(recall),
            "is_day": True,
            "tone": customer._get_recall_tone(),
            "partner_id": customer.id,
        }
