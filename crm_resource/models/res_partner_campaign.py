from odoo import api, fields, models

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """Campaigns and activities in which a customer took part."""

    _inherit = "res.partner"

    crm_target_ids = fields.One2many(
        "crm.resource.campaign.target", "partner_id", groups=INTERNAL
    )
    participation_count = fields.Integer(
        compute="_compute_page_counts", groups=INTERNAL
    )

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "participation_count": PageCount(
                "crm.resource.participation",
                ("customer_id",),
                found_in=PageCount("event.registration", is_of_customer=True),
            ),
        }

    @api.readonly
    def action_open_participations(self):
        """Open the activities for which these customers registered."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_participation_action"
            ),
            "domain": [("customer_id", "in", self.ids)],
            "context": {},
        }

    def action_bulk_message(self):
        """Open a message to these customers."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Message to Customers"),
            "res_model": "crm.resource.bulk.message",
            "views": [(False, "form")],
            "context": {
                "default_domain": repr([("id", "in", self.commercial_partner_id.ids)])
            },
        }

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "campaign",
                "label": self.env._("Campaigns"),
                "icon": "fa-bullhorn",
                "caption": self.env._("On the list of a campaign"),
                "model": "crm.resource.campaign.target",
                "date_field": "create_date",
                "partner_field": "customer_id",
                "title_field": "campaign_id",
                "user_field": "user_id",
                "domain": [("reason", "=", False)],
            },
            {
                "kind": "campaign",
                "key": "participation",
                "label": self.env._("Campaigns"),
                "icon": "fa-ticket",
                "caption": self.env._("Activity for customers"),
                "model": "crm.resource.participation",
                "date_field": "date",
                "partner_field": "customer_id",
                "found_in": ["event.registration", "partner_id"],
                "title_field": "event_id",
                "text_field": "partner_id",
                "user_field": "user_id",
            },
            {
                "kind": "bulk",
                "label": self.env._("Bulk Messages"),
                "icon": "fa-paper-plane-o",
                "model": "crm.resource.bulk.message.line",
                "date_field": "date_sent",
                "partner_field": "customer_id",
                "title_field": "message_id",
                "text_field": "address",
                "domain": [("state", "=", "sent")],
            },
        ]
