from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.crm_resource_assignment import Holder


class CrmResourceGiveBack(models.TransientModel):
    """Giving customers back to a pool, with what was still planned for them."""

    _name = "crm.resource.give.back"
    _description = "Give Back Customers"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    pool_id = fields.Many2one(
        "crm.resource.pool",
        required=True,
        check_company=True,
        default=lambda self: self.env["crm.resource.pool"].search([], limit=1),
    )
    reason = fields.Char(required=True)
    plans = fields.Selection(
        [
            ("pass", "Leave the opportunities to whoever takes the customer"),
            ("cancel", "Give up the opportunities as lost"),
        ],
        string="Open Plans",
        help="Activities and meetings that were planned with the customers are called "
        "off in both cases.",
    )
    lost_reason_id = fields.Many2one("crm.lost.reason")
    activity_count = fields.Integer(string="Activities", compute="_compute_plans")
    meeting_count = fields.Integer(string="Meetings", compute="_compute_plans")
    opportunity_count = fields.Integer(string="Opportunities", compute="_compute_plans")
    has_plans = fields.Boolean(compute="_compute_plans")

    @api.depends("partner_ids")
    def _compute_plans(self):
        for wizard in self:
            plans = wizard._get_plans()
            wizard.activity_count = len(plans["mail.activity"])
            wizard.meeting_count = len(plans["calendar.event"])
            wizard.opportunity_count = len(plans["crm.lead"])
            wizard.has_plans = any(plans.values())

    def _get_plans(self):
        """Return what the salespeople of the customers still plan with them: records by
        model."""
        # whoever calls may name customers whom he does not reach
        named = self.sudo().partner_ids._origin.with_env(self.env)
        # market staff, who give customers back, need not reach leads and meetings:
        # these are counted and settled, and not shown
        customers = named._filtered_access("write").sudo()
        env = customers.env
        partners = env["res.partner"].search(
            [("commercial_partner_id", "in", customers.ids)]
        )
        people = Domain("user_id", "in", customers.user_id.ids)
        return {
            "mail.activity": env["mail.activity"].search(
                people
                & Domain("res_model", "=", "res.partner")
                & Domain("res_id", "in", partners.ids)
            ),
            "calendar.event": env["calendar.event"].search(
                people
                & Domain("partner_ids", "in", partners.ids)
                & Domain("start", ">", fields.Datetime.now())
            ),
            "crm.lead": env["crm.lead"].search(
                people
                & Domain("partner_id", "in", partners.ids)
                & Domain("won_status", "=", "pending")
            ),
        }

    def action_give_back(self):
        """Settle what was planned and give the customers to the pool.

        :raise UserError: if nobody says what becomes of opportunities, or the pool
            takes other customers only
        """
        self.ensure_one()
        customers = self.partner_ids
        self._check_given()
        plans = self._get_plans()
        if plans["crm.lead"] and not self.plans:
            raise UserError(
                self.env._(
                    "There are open plans with these customers: choose what becomes of "
                    "them."
                )
            )
        self._settle(plans)
        # who gives a customer back may do that, and nothing else with pools
        assignments = self.env["crm.resource.assignment"].sudo()
        given = assignments._assign(
            dict.fromkeys(customers.ids, Holder(pool=self.pool_id.id)),
            "give_back",
            reason=self.reason.strip(),
        )
        if len(given) < len(customers):
            raise UserError(
                self.env._(
                    "Somebody else is changing one of these customers: try again."
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s customers are in pool %(pool)s now.",
                    count=len(given),
                    pool=self.pool_id.name,
                ),
                "next": self.env["ir.actions.act_window"]._for_xml_id(
                    "crm_resource.res_partner_action_customer"
                ),
            },
        }

    def _check_given(self):
        """Check that the user may give these customers away, and the pool takes them.

        :raise AccessError: if he may not
        :raise UserError: if it does not
        """
        customers = self.partner_ids
        customers.check_access("write")
        self.pool_id.check_access("read")
        foreign = customers.filtered(lambda customer: not customer.is_giver)
        if foreign:
            raise AccessError(
                self.env._(
                    "%(customer)s is looked after by somebody else: only his "
                    "salesperson or the leader of the department gives him back.",
                    customer=foreign[0].name,
                )
            )
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Give a reason: it tells the others what to do now.")
            )
        refused = customers - self.pool_id._get_accepted(customers)
        if refused:
            raise UserError(
                self.env._(
                    "%(customer)s does not fit into pool %(pool)s: choose another one.",
                    customer=refused[0].name,
                    pool=self.pool_id.name,
                )
            )

    def _settle(self, plans):
        plans["calendar.event"].active = False
        plans["mail.activity"].action_archive()
        opportunities = plans["crm.lead"]
        if self.plans == "cancel":
            opportunities.action_set_lost(lost_reason_id=self.lost_reason_id.id)
        else:
            # nobody's until somebody takes the customer, whose they are then
            opportunities.write({"user_id": False, "team_id": False})
