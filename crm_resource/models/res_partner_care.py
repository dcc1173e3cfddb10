from odoo import api, fields, models

from .lunar_calendar import Key, get_next, is_lunar_available
from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """What greetings and gifts need to know of a contact, and which he got."""

    _inherit = "res.partner"

    gender = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("other", "Other")], groups=INTERNAL
    )
    is_care_refused = fields.Boolean(
        string="Wants No Care",
        tracking=True,
        help="No greetings, gifts and promotions for him; of a customer, for none of "
        "his contacts.",
        groups=INTERNAL,
    )
    crm_mobile_sanitized = fields.Char(
        compute="_compute_crm_mobile_sanitized", store=True, groups=INTERNAL
    )
    special_day_ids = fields.One2many(
        "crm.resource.special.day",
        "partner_id",
        string="Special Days",
        groups=INTERNAL,
    )
    date_next_birthday = fields.Date(
        string="Next Birthday", compute="_compute_date_next_birthday", groups=INTERNAL
    )
    care_count = fields.Integer(
        compute="_compute_page_counts",
        groups=INTERNAL,
        help="Customers show what was done for their contacts, too.",
    )

    @api.depends("crm_mobile", "country_id")
    def _compute_crm_mobile_sanitized(self):
        for partner in self:
            partner.crm_mobile_sanitized = partner.crm_mobile and partner._phone_format(
                fname="crm_mobile"
            )

    @api.depends("birth_calendar", "birth_month", "birth_day", "is_birth_month_leap")
    def _compute_date_next_birthday(self):
        today = fields.Date.context_today(self)
        is_lunar_known = is_lunar_available()
        for partner in self:
            is_lunar = partner.birth_calendar == "lunar"
            if (
                not (partner.birth_month and partner.birth_day)
                or not partner._is_birthday_possible()
                or (is_lunar and not is_lunar_known)
            ):
                partner.date_next_birthday = False
                continue
            key = Key(
                "lunar" if is_lunar else "solar",
                partner.birth_month,
                partner.birth_day,
                is_lunar and partner.is_birth_month_leap,
                0,
            )
            partner.date_next_birthday = get_next(key, today)

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "care_count": PageCount("crm.resource.care", ("partner_id", "customer_id")),
        }

    @api.readonly
    def action_open_care(self):
        """Open what was done for these customers or contacts."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_care_action"
            ),
            "domain": [
                "|",
                ("partner_id", "in", self.ids),
                ("customer_id", "in", self.ids),
            ],
            "context": {},
        }

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "care",
                "label": self.env._("Care"),
                "model": "crm.resource.care",
                "date_field": "date_occasion",
                "partner_field": "customer_id",
                "title_field": "display_name",
            },
        ]
