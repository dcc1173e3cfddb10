from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, plaintext2html

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
            message.preview = line and message._get_preview(line.partner_id)

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
        if CONTENT & vals.keys() and not self.env.su:
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
                        template=template.sudo().name,
                    )
                )

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | CONTENT

    def _get_typed_domain(self):
        domain = super()._get_typed_domain()
        if self.group_id:
            # whoever sends it reads the conditions of the group, and matches with his
            # own rights
            domain &= self.sudo().group_id._get_typed_domain()
        return domain

    def _get_candidates_query(self):
        if (
            not (self.group_id or self.filter_id or self.category_ids)
            and self._get_typed_domain().is_true()
        ):
            raise UserError(
                self.env._(
                    "Choose who gets the message: a target group, a filter, tags, or "
                    "conditions."
                )
            )
        return super()._get_candidates_query()

    def _get_responsible_lack(self):
        """As others, but salespeople answer for messages to their own customers."""
        user = self.responsible_id
        if (
            user.active
            and user.has_group("sales_team.group_sale_salesman")
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

    # ------------------------------------------------------------
    # Who gets it
    # ------------------------------------------------------------

    def action_preview(self):
        """List who gets the message, who is left out, and why."""
        self._check_sender()
        self._check_state("draft")
        self._list_receivers()
        return True

    def _check_state(self, state):
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(message)s” is %(state)s: this cannot be done any more.",
                    message=self.name,
                    state=labels[self.state],
                )
            )

    def _list_receivers(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_resource_bulk_message_line WHERE message_id = %(id)s;
                INSERT INTO crm_resource_bulk_message_line (
                    message_id, company_id, partner_id, customer_id, user_id, address,
                    state, reason, create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, %(company)s, partner_id, customer_id, user_id, address,
                       CASE WHEN reason IS NULL THEN 'planned' ELSE 'skipped' END,
                       reason, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) target
                """,
                id=self.id,
                company=self.company_id.id,
                query=self._get_target_query(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["crm.resource.bulk.message.line"].invalidate_model()
        self.invalidate_recordset()

    def _get_template(self):
        return self.template_id if self.channel == "mail" else self.sms_template_id

    def action_schedule(self):
        """Send the message as soon as its time has come."""
        self._check_sender()
        self._check_state("draft")
        if not self._get_template() and not (self.body or "").strip():
            raise UserError(self.env._("Choose a template, or write a text."))
        self._list_receivers()
        if not self.receiver_count:
            raise UserError(
                self.env._("Nobody would get it: look at who is left out, and why.")
            )
        self.env["crm.resource.bulk.quota"]._take(
            self.company_id, self.env.user, self.receiver_count
        )
        # nobody writes the state; that he may send it was checked above
        self.sudo().write(
            {
                "state": "scheduled",
                "date_planned": self.date_planned or fields.Datetime.now(),
                "date_template": self._get_template().sudo().write_date,
            }
        )
        cron = self.env.ref("crm_resource.ir_cron_bulk_message")
        # whoever sends need not manage jobs
        cron.sudo()._trigger(self.date_planned)
        return True

    def action_cancel(self):
        """Take back what was not sent yet."""
        self.ensure_one()
        self.check_access("write")
        self._check_state("scheduled")
        # nobody writes the state; that he may was checked above
        self.sudo().state = "cancelled"
        return True

    def action_open_lines(self):
        """Open who gets it, and who does not."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_bulk_message_line_action"
            ),
            "domain": [("message_id", "in", self.ids)],
        }
