from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_resource_care_rule import CHANNELS, OCCASIONS

CARE_STATES = [
    ("planned", "To Send"),
    ("assigned", "With the Salesperson"),
    ("sent", "Sent"),
    ("done", "Done"),
    ("skipped", "Skipped"),
    ("failed", "Failed"),
]
REASONS = [
    ("opt_out", "Wants no care"),
    ("blacklist", "On the blacklist"),
    ("no_email", "No e-mail address"),
    ("no_phone", "No phone number"),
    ("no_owner", "No salesperson"),
    ("late", "Too late"),
    ("canceled", "Activity cancelled"),
    ("error", "Could not be sent"),
]


class CrmResourceCare(models.Model):
    """What was done for whom by a rule of care: one row for each contact, rule and
    occasion. Only code writes here."""

    _name = "crm.resource.care"
    _description = "Customer Care"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_dates = ("date_planned",)
    _past_user = "user_id"
    _order = "date_occasion desc, id desc"
    _rec_name = "partner_id"

    rule_id = fields.Many2one(
        "crm.resource.care.rule",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    occasion = fields.Selection(OCCASIONS, required=True, readonly=True)
    label = fields.Char(string="Special Day", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        help="Whose customer it was.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date_occasion = fields.Date(string="Occasion On", required=True, readonly=True)
    date_planned = fields.Date(
        string="Due On",
        required=True,
        readonly=True,
        help="The occasion less the days by which the rule is ahead of it.",
    )
    date_done = fields.Date(string="Done On", readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    product_id = fields.Many2one("product.product", string="Gift", readonly=True)
    gift = fields.Char(string="Gift in Words", readonly=True)
    amount = fields.Monetary(string="Budget", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        CARE_STATES, string="Status", required=True, readonly=True, default="planned"
    )
    reason = fields.Selection(REASONS, readonly=True)
    note = fields.Char(string="What Went Wrong", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    sms_id = fields.Many2one(
        "sms.sms",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    _occasion_unique = models.Constraint(
        "UNIQUE(rule_id, partner_id, date_occasion)",
        "By a rule, a contact is cared for once on an occasion.",
    )
    _planned_idx = models.Index("(rule_id, id) WHERE state = 'planned'")

    @api.depends("rule_id.name", "label", "partner_id.display_name")
    def _compute_display_name(self):
        for care in self:
            # what the care was for is no secret to whoever reads it
            title = care.label or care.sudo().rule_id.name
            care.display_name = f"{title}: {care.partner_id.display_name}"

    def _close(self, state, reason=None, note=None):
        """Keep how it ended.

        :param str state: a key of :data:`CARE_STATES`
        :param str reason: a key of :data:`REASONS`
        """
        is_over = state in ("sent", "done")
        # nobody writes the log; whoever calls has changed what it speaks of
        self.sudo().write(
            {
                "state": state,
                "reason": reason,
                "note": note,
                "date_done": is_over and fields.Date.context_today(self),
            }
        )

    def action_retry(self):
        """Let the next run send anew what could not be sent."""
        self.check_access("read")
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._("Only market staff sends again: ask one of them.")
            )
        if self.filtered(lambda care: care.state != "failed"):
            raise UserError(
                self.env._("Only what failed is sent again: choose such rows only.")
            )
        # nobody writes the log; that he may was checked above
        self.sudo().write(
            {
                "state": "planned",
                "reason": False,
                "note": False,
                "mail_id": False,
                "sms_id": False,
                "date_planned": fields.Date.context_today(self),
            }
        )
        return True
