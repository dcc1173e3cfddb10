from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import plaintext2html

STATES = [
    ("draft", "Draft"),
    ("scheduled", "Scheduled"),
    ("done", "Sent"),
    ("cancelled", "Cancelled"),
    ("failed", "Stopped"),
]
# what is free to change only before it is scheduled
CONTENT = {
    "body",
    "campaign_id",
    "category_ids",
    "channel",
    "company_id",
    "date_planned",
    "domain",
    "filter_id",
    "group_id",
    "is_pool_included",
    "name",
    "receiver",
    "sms_template_id",
    "template_id",
}
CODE_FIELDS = {"state", "date_template"}


class CrmResourceBulkMessage(models.Model):
    """An e-mail or SMS to many customers, at once or at a time."""

    _name = "crm.resource.bulk.message"
    _description = "Bulk Message"
    _inherit = [
        "mail.thread",
        "crm.resource.target.mixin",
        "crm.resource.message.mixin",
    ]
    _order = "date_planned desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True, tracking=True)
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    group_id = fields.Many2one(
        "crm.resource.target.group",
        string="Target Group",
        ondelete="restrict",
        help="The customers of the group whom you reach. Contacts and way are those of "
        "the message.",
    )
    category_ids = fields.Many2many(relation="crm_resource_bulk_message_category_rel")
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null")
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail Template",
        domain=[("model", "=", "res.partner")],
        ondelete="restrict",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Template",
        domain=[("model", "=", "res.partner")],
        ondelete="restrict",
    )
    body = fields.Text(
        string="Text", help="Sent as it stands, if there is no template."
    )
    date_planned = fields.Datetime(
        string="Send At", copy=False, help="Empty: as soon as it is scheduled."
    )
    date_template = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many(
        "crm.resource.bulk.message.line", "message_id", string="Receivers"
    )
    receiver_count = fields.Integer(string="Gets It", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent To", compute="_compute_counts")
    skipped_count = fields.Integer(string="Left Out", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed For", compute="_compute_counts")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    _scheduled_idx = models.Index("(date_planned, id) WHERE state = 'scheduled'")

    @api.depends_context("uid")
    def _compute_counts(self):
        counts = {}
        for message, state, count in self.env[
            "crm.resource.bulk.message.line"
        ]._read_group(
            [("message_id", "in", self.ids)], ["message_id", "state"], ["__count"]
        ):
            counts[message, state] = count
        for message in self:
            get = lambda state, message=message: counts.get((message._origin, state), 0)  # noqa: E731
            message.receiver_count = get("planned") + get("sent")
            message.sent_count = get("sent")
            message.skipped_count = get("skipped")
            message.failed_count = get("failed")

    @api.depends_context("uid")
    @api.depends("channel", "template_id", "sms_template_id", "body", "line_ids")
    def _compute_preview(self):
        for message in self:
            line = message.line_ids.filtered(lambda line: line.state != "skipped")[:1]
            message.preview = bool(line) and message._get_preview(line.partner_id)

    def _get_preview(self, partner):
        """Return what one of the receivers gets, with the rights of the reader."""
        try:
            if self.channel == "sms":
                return plaintext2html(self._render_sms(partner)[partner.id] or "")
            return self._render_mails(partner)[partner.id].get("body_html") or ""
        except (AccessError, UserError) as error:
            return plaintext2html(error.args[0])

    # ------------------------------------------------------------
    # Who may send what
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A message begins as a draft, whatever the context says."""
        return super().create(
            [{**vals, "state": "draft", "date_template": False} for vals in vals_list]
        )

    def write(self, vals):
        """What is scheduled stays as it is."""
        if not self.env.su:
            vals = {k: value for k, value in vals.items() if k not in CODE_FIELDS}
        if self._get_content_fields() & vals.keys() and not self.env.su:
            for message in self.filtered(lambda message: message.state != "draft"):
                raise UserError(
                    self.env._(
                        "“%(message)s” is not a draft any more: cancel it, and make a "
                        "new one.",
                        message=message.name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for message in self.filtered(
            lambda message: message.state not in ("draft", "cancelled")
        ):
            raise UserError(
                self.env._(
                    "“%(message)s” is kept: customers got it, or will get it.",
                    message=message.name,
                )
            )

    @api.constrains("channel", "template_id", "sms_template_id", "date_planned")
    def _check_templates(self):
        for message in self:
            template = message.template_id or message.sms_template_id
            # which model a template is for is no secret
            if template and template.sudo().model != "res.partner":
                raise ValidationError(
                    self.env._(
                        "“%(template)s” is not a template for customers: choose "
                        "another one.",
                        # nor its name
                        template=template.sudo().name,
                    )
                )

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | self._get_content_fields()

    @api.model
    def _get_content_fields(self):
        """Hook: what is free to change only before it is scheduled.

        :return: set of names
        """
        return CONTENT

    def _get_responsible_lack(self):
        """As others, but salespeople answer for messages to their own customers."""
        user = self.responsible_id
        if (
            user.active
            and user.has_group("sales_team.group_sale_salesman")
            # of which company the message is, is no secret
            and user._is_in_company(self.sudo().company_id)
        ):
            return None
        return super()._get_responsible_lack()

    def _check_sender(self):
        """Check that the person may send this.

        :raise UserError: if he may not
        """
        self.ensure_one()
        self.check_access("write")
        if self.responsible_id != self.env.user:
            raise UserError(
                self.env._(
                    "%(person)s wrote this message, and it would be sent with his "
                    "rights: make a copy, and send that.",
                    person=self.responsible_id.name,
                )
            )
