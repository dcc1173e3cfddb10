from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# what the person who asks says; everything else follows
ASKED_FIELDS = {"partner_id", "date_to", "reason"}


class CrmResourceRecallExtension(models.Model):
    """More time with a customer: his salesperson asks, somebody else decides."""

    _name = "crm.resource.recall.extension"
    _description = "Extension Before a Recall"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('user_id', '=', uid), ('customer_state', '=', 'approved')]",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        tracking=True,
        help="Up to this day the customer is not recalled.",
    )
    reason = fields.Text(required=True)
    state = fields.Selection(
        [
            ("asked", "Asked"),
            ("granted", "Extended"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="asked",
        tracking=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    date_decided = fields.Datetime(string="Decided On", readonly=True)
    pool_id = fields.Many2one(
        "crm.resource.pool",
        string="Would Fall Back To",
        readonly=True,
        ondelete="set null",
    )
    date_recall = fields.Date(related="partner_id.date_recall")
    is_decider = fields.Boolean(compute="_compute_is_decider")

    _asked_unique = models.UniqueIndex(
        "(partner_id) WHERE state = 'asked'",
        "An extension was asked for this customer already: wait for the decision, or "
        "withdraw it first.",
    )

    @api.depends("state", "partner_id", "user_id")
    @api.depends_context("uid")
    def _compute_is_decider(self):
        for extension in self:
            extension.is_decider = (
                extension.state == "asked" and extension._may_decide()
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever has a customer asks for himself, and nobody has it granted yet."""
        vals_list = [
            {
                **{name: vals[name] for name in ASKED_FIELDS & vals.keys()},
                "user_id": self.env.uid,
                "state": "asked",
                "decided_by_id": False,
                "date_decided": False,
                "pool_id": False,
            }
            for vals in vals_list
        ]
        extensions = super().create(vals_list)
        for extension in extensions:
            extension._check_asked()
            # by which rule he falls back where is no secret to his salesperson
            own = extension.sudo()
            own.pool_id = own.partner_id.recall_rule_id.pool_id
            own._ask()
        return extensions

    def _check_asked(self):
        """Check that a person asks for his own customer, and for days to come.

        :raise UserError: if not
        """
        if self.partner_id.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "%(customer)s is not yours: only his salesperson asks for an "
                    "extension.",
                    customer=self.partner_id.display_name,
                )
            )
        if self.date_to <= fields.Date.context_today(self):
            raise UserError(
                self.env._("An extension ends on a day to come: choose a later day.")
            )

    def _ask(self):
        """Let the next leader above decide; where there is none, an administrator of
        the pool."""
        leaders = self._get_leaders()
        decider = (leaders or self.pool_id.admin_ids - self.user_id)[:1]
        if decider:
            self.activity_schedule(
                "crm_resource.mail_activity_data_extension",
                user_id=decider.id,
                summary=self.with_context(lang=decider.lang).env._(
                    "%(person)s asks to keep %(customer)s until %(day)s",
                    person=self.user_id.name,
                    customer=self.partner_id.name,
                    day=fields.Date.to_string(self.date_to),
                ),
            )

    def _get_leaders(self):
        """Return the leaders above the customer's department, the next one first."""
        # who leads which department is no secret
        customer = self.sudo().partner_id
        team = customer.team_id or customer.user_id.sale_team_id
        leaders = self.env["res.users"]
        while team:
            leaders |= team.user_id - self.user_id
            team = team.parent_id
        return leaders.with_env(self.env)

    def _may_decide(self):
        """Return whether the person may decide: nobody does on his own request."""
        user = self.env.user
        if user == self.user_id:
            return False
        return (
            self.env.su
            or user.has_group("crm_resource.group_reviewer")
            or user in self._get_leaders()
            # who administers a pool is no secret
            or user in self.sudo().pool_id.admin_ids
        )

    def action_grant(self):
        """Let the salesperson keep the customer up to the day he asks for."""
        for extension in self:
            own = extension._decide("granted")
            customer = own.partner_id
            if customer.user_id != own.user_id:
                raise UserError(
                    self.env._(
                        "%(customer)s is with %(person)s no longer: refuse this.",
                        customer=customer.name,
                        person=own.user_id.name,
                    )
                )
            if own.date_to <= fields.Date.context_today(self):
                raise UserError(
                    self.env._("The day asked for has passed: refuse the request.")
                )
            customer.date_protected_to = max(
                own.date_to, customer.date_protected_to or own.date_to
            )
            self.env["crm.resource.recall.rule"]._withdraw_warnings(customer)
        return True

    def action_refuse(self):
        """Leave the day of the recall as it is."""
        for extension in self:
            extension._decide("refused")
        return True

    def action_withdraw(self):
        """Take the request back; only whoever asked does."""
        for extension in self:
            extension.check_access("read")
            if extension.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only %(person)s takes his request back.",
                        person=extension.user_id.name,
                    )
                )
            extension._close("withdrawn")
        return True

    def _decide(self, state):
        """Keep the decision and tell the person who asked.

        :return: the request with all rights
        :raise AccessError: if it is not for this person to decide
        """
        self.check_access("read")
        if not self._may_decide():
            raise AccessError(
                self.env._(
                    "The leader of the department, an administrator of the pool or "
                    "market staff decides on extensions, and nobody on his own: ask "
                    "one of them."
                )
            )
        own = self._close(state)
        asker = own.user_id
        labels = dict(
            self._fields["state"]._description_selection(
                self.with_context(lang=asker.lang).env
            )
        )
        own.message_notify(
            partner_ids=asker.partner_id.ids,
            subject=self.with_context(lang=asker.lang).env._(
                "Extension for %(customer)s: %(state)s",
                customer=own.partner_id.name,
                state=labels[state],
            ),
            body=own.reason,
        )
        return own

    def _close(self, state):
        if self.state != "asked":
            raise UserError(
                self.env._(
                    "The request for %(customer)s is closed already: reload the page.",
                    customer=self.partner_id.display_name,
                )
            )
        # nobody writes requests; who may decide was checked before
        own = self.sudo()
        own.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "date_decided": fields.Datetime.now(),
            }
        )
        own.activity_unlink(["crm_resource.mail_activity_data_extension"])
        return own
