from odoo import fields, models


class CrmResourceVisitType(models.Model):
    """A kind of contact, and what is usual for it."""

    _name = "crm.resource.visit.type"
    _description = "Kind of Visit"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("visit", "Visit at the customer"),
            ("received", "Visit of the customer"),
            ("phone", "Phone call"),
            ("online", "Online meeting"),
            ("exhibition", "Exhibition"),
            ("other", "Other"),
        ],
        required=True,
        default="visit",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    icon = fields.Char(
        default="fa-handshake-o",
        help="Name of an icon of Font Awesome, as fa-phone.",
    )
    is_on_site = fields.Boolean(
        string="On Site",
        help="The person goes there: he checks in and out.",
    )
    is_meeting = fields.Boolean(
        string="In the Calendar",
        default=True,
        help="A planned visit of this kind stands in the calendar, too.",
    )
    is_counted = fields.Boolean(
        string="Counts as Visit",
        default=True,
        help="It counts where customers are due visits by their level.",
    )
    is_report_required = fields.Boolean(
        string="Report Required", help="It is done only with a report."
    )
    duration = fields.Float(
        string="Usual Duration", default=1, help="In hours, of what is planned."
    )
    alarm_ids = fields.Many2many(
        "calendar.alarm",
        "crm_resource_visit_type_alarm_rel",
        string="Reminders",
        help="By the calendar: notification, e-mail or SMS before it begins.",
    )
    visit_properties_definition = fields.PropertiesDefinition(
        string="Further Fields of Visits"
    )

    _name_unique = models.UniqueIndex(
        "(name) WHERE active IS TRUE", "There is a kind of visit of that name already."
    )
    _check_duration = models.Constraint(
        "CHECK(duration > 0 AND duration <= 24)",
        "A visit usually lasts more than 0 and at most 24 hours: correct the duration.",
    )
