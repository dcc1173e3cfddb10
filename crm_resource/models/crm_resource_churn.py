from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner import MONEY_GROUPS

CAUSES = [
    ("months", "Silent for Months"),
    ("rhythm", "Off His Rhythm"),
    ("never", "Never Bought"),
]
# what becomes of these is not settled: of a lost customer the next purchase settles it
UNSETTLED = ("open", "deferred", "lost")


class CrmResourceChurn(models.Model):
    """A customer who is about to be lost, and what becomes of it.

    Cases are made and closed by the nightly job and by buttons; nobody writes them.
    """

    _name = "crm.resource.churn"
    _description = "Churn Case"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.past.mixin",
    ]
    _past_dates = ("date", "create_date")
    _order = "date desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, index="btree_not_null"
    )
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    level_id = fields.Many2one(related="partner_id.level_id")
    cause = fields.Selection(CAUSES, required=True, readonly=True)
    date = fields.Date(string="Found On", required=True, readonly=True)
    date_last_purchase = fields.Date(
        string="Last Purchase",
        readonly=True,
        help="What was known when the case was found.",
    )
    sales_before = fields.Monetary(
        string="Sales at Stake",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Sales of the company in the 12 months that ended with the last purchase.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("deferred", "Deferred"),
            ("lost", "Lost"),
            ("won_back", "Won Back"),
            ("dropped", "Dropped"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    date_open = fields.Date(
        string="Waiting Since",
        required=True,
        readonly=True,
        help="Since when somebody has to deal with it: found, or opened again.",
    )
    date_closed = fields.Date(
        string="Closed On",
        readonly=True,
        help="Won back: the day of the purchase.",
    )
    date_deferred_to = fields.Date(
        string="Deferred Until", readonly=True, tracking=True
    )
    competitor_id = fields.Many2one(
        "crm.resource.competitor",
        string="Lost To",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    lost_reason_id = fields.Many2one(
        "crm.lost.reason",
        string="Churn Reason",
        readonly=True,
        ondelete="restrict",
        tracking=True,
    )
    note = fields.Text(string="Remark", readonly=True)
    retention_ids = fields.One2many("crm.resource.retention", "churn_id", readonly=True)
    told_user_id = fields.Many2one("res.users", string="Told", readonly=True)
    date_escalated = fields.Date(string="Leader Told On", readonly=True)
    is_actor = fields.Boolean(compute="_compute_is_actor")

    _unsettled_unique = models.UniqueIndex(
        "(partner_id) WHERE state IN ('open', 'deferred', 'lost')",
        "This customer has another churn case that is not settled: deal with that one.",
    )
    _dropped_idx = models.Index("(partner_id, date_closed) WHERE state = 'dropped'")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} {case.partner_id.name or ''}"

    @api.depends("partner_id.user_id", "partner_id.team_id")
    @api.depends_context("uid")
    def _compute_is_actor(self):
        for case in self:
            case.is_actor = case._is_actor()

    def _is_actor(self):
        """Return whether the person deals with the case: the customer's salesperson,
        the leaders above, and market staff."""
        return self.env.su or self.partner_id.is_giver

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_defer(self):
        """Open the dialog to try to keep the customers."""
        return self._open_dialog("defer", self.env._("Defer the Loss"))

    def action_lose(self):
        """Open the dialog to confirm that the customers are lost."""
        return self._open_dialog("lose", self.env._("Confirm the Loss"))

    def action_drop(self):
        """Open the dialog to say that the customers are not about to be lost."""
        return self._open_dialog("drop", self.env._("Drop the Case"))

    def action_note_result(self):
        """Open the dialog to say what came of the last measure."""
        return self._open_dialog("result", self.env._("Result of the Measure"))

    def _open_dialog(self, decision, title):
        self._check_actor()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.resource.churn.decide",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_churn_ids": self.ids,
                "default_decision": decision,
            },
        }

    def action_reopen(self):
        """Take a deferral, a loss or a drop back.

        :raise AccessError: if it is not for this person to do
        :raise UserError: if a case is open, or the customer was won back
        """
        self._check_actor()
        for case in self:
            case._check_state("deferred", "lost", "dropped")
            if case.sudo().partner_id.date_terminated:  # to tell why it is refused
                raise UserError(
                    self.env._(
                        "%(customer)s is terminated: have the customer reopened first.",
                        customer=case.partner_id.display_name,
                    )
                )
        today = fields.Date.context_today(self)
        self._settle(
            "open",
            outcome="ended",
            date_open=today,
            date_closed=False,
            date_deferred_to=False,
            lost_reason_id=False,
            competitor_id=False,
            date_escalated=False,
            told_user_id=False,
        )
        self._tell(self.ids)
        return True
