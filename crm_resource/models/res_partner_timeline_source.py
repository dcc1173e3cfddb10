from odoo import models
from odoo.fields import Domain

# what people wrote; what the system notes is no event
WRITTEN = ("comment", "email", "email_outgoing", "sms")


class ResPartner(models.Model):
    """What stands on a customer's timeline, kind by kind."""

    _inherit = "res.partner"

    def _get_meeting_source(self):
        events = self.env["calendar.event"]
        me = Domain("partner_ids", "in", self.env.user.partner_id.ids)
        is_visit = Domain.FALSE  # visits stand there themselves
        if self.env["crm.resource.visit"].has_access("read"):
            is_visit = Domain("visit_ids", "!=", False)
        return {
            "kind": "meeting",
            "label": self.env._("Meetings"),
            "icon": "fa-calendar",
            "caption": self.env._("Meeting"),
            "model": "calendar.event",
            "date_field": "start",
            "partner_field": "partner_ids",
            "title_field": "name",
            "text_field": "location",
            "user_field": "user_id",
            # what is private to others is not shown even as busy
            "domain": Domain("active", "=", True)
            & (Domain(events._get_default_privacy_domain()) | me)
            & ~is_visit,
        }

    def _get_message_sources(self):
        """What people wrote about the customer and his documents, and the activities
        they did."""
        message = {
            "label": self.env._("Messages"),
            "icon": "fa-envelope-o",
            "kind": "message",
            "caption": self.env._("Message"),
            "model": "mail.message",
            "date_field": "date",
            "partner_field": "partner_id",
            "get_titles": lambda messages: {
                message.id: message.subject or message.record_name
                for message in messages
            },
            "text_field": "preview",
            "user_field": "author_id",
        }
        written = Domain("message_type", "in", WRITTEN) & Domain(
            "mail_activity_type_id", "=", False
        )
        done = Domain("mail_activity_type_id", "!=", False)
        documents = {
            "res.partner": "id",
            "crm.lead": "partner_id",
            "sale.order": "partner_id",
            "account.move": "partner_id",
        }
        sources = []
        for document, field in documents.items():
            common = {
                **message,
                "document": document,
                "group": f"mail_{document}",
                "partner_field": field,
            }
            sources.append({**common, "key": f"message_{document}", "domain": written})
            if document == "account.move":
                continue
            sources.append(
                {
                    **common,
                    "kind": "activity",
                    "label": self.env._("Activities"),
                    "icon": "fa-phone",
                    "caption": self.env._("Activity done"),
                    "key": f"activity_{document}",
                    "title_field": "mail_activity_type_id",
                    "get_titles": None,
                    "domain": done,
                }
            )
        return sources

    def _get_opportunity_sources(self):
        lead = {
            "kind": "opportunity",
            "label": self.env._("Opportunities"),
            "icon": "fa-star-o",
            "model": "crm.lead",
            "partner_field": "partner_id",
            "title_field": "name",
            "user_field": "user_id",
            "amount_field": "expected_revenue",
            "currency_field": "company_currency",
        }
        return [
            {
                **lead,
                "key": "lead_created",
                "date_field": "create_date",
                "caption": self.env._("Opportunity created"),
            },
            {
                **lead,
                "key": "lead_won",
                "group": "lead_closed",
                "date_field": "date_closed",
                "caption": self.env._("Opportunity won"),
                "domain": Domain("won_status", "=", "won"),
            },
            {
                **lead,
                "key": "lead_lost",
                "group": "lead_closed",
                "date_field": "date_closed",
                "caption": self.env._("Opportunity lost"),
                "text_field": "lost_reason_id",
                "domain": Domain("won_status", "=", "lost"),
            },
        ]

    def _get_order_sources(self):
        order = {
            "kind": "order",
            "group": "order",
            "label": self.env._("Orders"),
            "icon": "fa-shopping-cart",
            "model": "sale.order",
            "date_field": "date_order",
            "partner_field": "partner_id",
            "title_field": "name",
            "user_field": "user_id",
            "amount_field": "amount_total",
            "currency_field": "currency_id",
        }
        return [
            {
                **order,
                "key": "quotation",
                "caption": self.env._("Quotation"),
                "domain": Domain("state", "in", ("draft", "sent")),
            },
            {
                **order,
                "key": "order",
                "caption": self.env._("Order"),
                "domain": Domain("state", "=", "sale"),
            },
        ]

    def _get_invoice_sources(self):
        invoice = {
            "kind": "invoice",
            "group": "invoice",
            "label": self.env._("Invoices"),
            "icon": "fa-file-text-o",
            "model": "account.move",
            "date_field": "invoice_date",
            "partner_field": "partner_id",
            "title_field": "name",
            "user_field": "invoice_user_id",
            "amount_field": "amount_total",
            "currency_field": "currency_id",
        }
        posted = Domain("state", "=", "posted")
        return [
            {
                **invoice,
                "key": "invoice",
                "caption": self.env._("Invoice"),
                "domain": posted
                & Domain("move_type", "in", ("out_invoice", "out_receipt")),
            },
            {
                **invoice,
                "key": "credit_note",
                "caption": self.env._("Credit note"),
                "domain": posted & Domain("move_type", "=", "out_refund"),
            },
        ]

    def _get_payment_source(self):
        return {
            "kind": "payment",
            "label": self.env._("Payments"),
            "icon": "fa-money",
            "caption": self.env._("Payment"),
            "model": "account.payment",
            "date_field": "date",
            "partner_field": "partner_id",
            "title_field": "name",
            "text_field": "memo",
            "amount_field": "amount",
            "currency_field": "currency_id",
            "domain": Domain("state", "in", ("in_process", "paid"))
            & Domain("partner_type", "=", "customer"),
        }

    def _get_past_sale_source(self):
        return {
            "kind": "past_sale",
            "label": self.env._("Past Sales"),
            "icon": "fa-history",
            "caption": self.env._("Past sale"),
            "model": "crm.resource.past.sale",
            "date_field": "date",
            "partner_field": "partner_id",
            "title_field": "document",
            "text_field": "name",
            "user_field": "user_id",
            "amount_field": "amount",
            "currency_field": "currency_id",
        }

    def _get_level_source(self):
        return {
            "kind": "level",
            "label": self.env._("Levels"),
            "icon": "fa-signal",
            "caption": self.env._("Level"),
            "model": "crm.resource.level.change",
            "date_field": "date",
            "partner_field": "partner_id",
            "get_titles": lambda changes: {
                change.id: _get_change(change.level_from_id, change.level_to_id)
                for change in changes
            },
            "text_field": "policy_id",
            "user_field": "user_id",
        }

    def _get_owner_source(self):
        return {
            "kind": "owner",
            "label": self.env._("Salespeople"),
            "icon": "fa-user-o",
            "caption": self.env._("Salesperson"),
            "model": "crm.resource.assignment",
            "date_field": "date",
            "partner_field": "partner_id",
            "get_titles": lambda moves: {
                move.id: _get_change(
                    move.user_from_id or move.pool_from_id or move.team_from_id,
                    move.user_to_id or move.pool_to_id or move.team_to_id,
                )
                for move in moves
            },
            "text_field": "reason",
            "user_field": "author_id",
        }

    def _get_state_source(self):
        fields_model = self.env["ir.model.fields"]
        states = [
            fields_model._get_ids(self._name)[name]
            for name in ("customer_state", "date_terminated")
        ]
        return {
            "kind": "state",
            "label": self.env._("Review"),
            "icon": "fa-check-square-o",
            "caption": self.env._("Status"),
            "key": "state",
            "model": "mail.message",
            "document": "res.partner",
            "date_field": "date",
            "partner_field": "id",
            "get_titles": lambda messages: messages._get_tracked_texts(states),
            "user_field": "author_id",
            "domain": Domain("tracking_value_ids.field_id", "in", states),
        }


def _get_change(before, after):
    """Return the names of two records as a change from one to the other."""
    # who reads the change is shown the names of what it is about, nothing else
    names = [record.sudo().display_name or "-" for record in (before, after)]
    return " → ".join(names) if before else names[1]
