from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.crm_resource_allocation_rule import METHODS
from ..models.unchecked_many2one import UncheckedMany2one

# the plan follows from these
PLANNED_FIELDS = {
    "company_id",
    "domain",
    "method",
    "partner_ids",
    "pool_ids",
    "source",
    "target",
    "team_id",
    "user_ids",
}


class CrmResourceAllocation(models.TransientModel):
    """Giving many customers to departments or people: first who would get whom, and
    why; then exactly that."""

    _name = "crm.resource.allocation"
    _description = "Allocate Customers"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source = fields.Selection(
        [
            ("free", "Customers whom nobody has"),
            ("pool", "Customers of pools"),
            ("filter", "Customers of a filter"),
            ("chosen", "Chosen customers"),
        ],
        string="Whom",
        required=True,
        default="free",
    )
    pool_ids = fields.Many2many("crm.resource.pool", string="Pools", check_company=True)
    domain = fields.Char(default="[]")
    partner_ids = fields.Many2many("res.partner", string="Customers")
    target = fields.Selection(
        [
            ("rules", "By the allocation rules"),
            ("team", "To a department"),
            ("people", "To people"),
        ],
        string="To Whom",
        required=True,
        default="rules",
    )
    team_id = fields.Many2one("crm.team", string="Department", check_company=True)
    user_ids = fields.Many2many(
        "res.users", string="People", domain=[("share", "=", False)]
    )
    method = fields.Selection(METHODS, string="How", default="round_robin")
    reason = fields.Char()
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview")], default="choose"
    )
    line_ids = fields.One2many("crm.resource.allocation.line", "allocation_id")
    load_ids = fields.One2many("crm.resource.allocation.load", "allocation_id")
    load_chart = fields.Html(compute="_compute_load_chart", sanitize=False)
    given_count = fields.Integer(readonly=True)
    left_count = fields.Integer(readonly=True)
    is_allowed = fields.Boolean(compute="_compute_is_allowed")

    @api.model
    def default_get(self, fields):
        """Customers marked in a list are chosen."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values["source"] = "chosen"
            values["partner_ids"] = self.env.context.get("active_ids", [])
        return values

    def write(self, vals):
        """Another choice needs another plan."""
        if not PLANNED_FIELDS.isdisjoint(vals):
            self._forget_plan()
            vals = {**vals, "state": "choose"}
        return super().write(vals)

    @api.depends_context("uid")
    def _compute_is_allowed(self):
        self.is_allowed = self.env["crm.team"]._is_allocator()

    @api.depends("load_ids")
    def _compute_load_chart(self):
        for allocation in self:
            loads = allocation.load_ids
            allocation.load_chart = loads and self.env["ir.qweb"]._render(
                "crm_resource.allocation_load_chart",
                {
                    "loads": loads,
                    "most": max(*loads.mapped("before"), *loads.mapped("after"), 1),
                },
            )

    # ------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------

    def action_preview(self):
        """Show who would get whom, and why.

        :raise AccessError: if the user allocates no customers
        :raise UserError: if nothing is to allocate, or to nobody
        """
        self.ensure_one()
        self._check_allocator()
        candidates = self._get_candidates()
        if not candidates:
            raise UserError(
                self.env._("There is no customer to allocate: choose others.")
            )
        plan, people = self._plan(candidates)
        self._store(candidates, plan, people)
        self.state = "preview"
        return self._reopen()

    def _forget_plan(self):
        own = self.sudo()  # computed rows, which nobody may write
        own.line_ids.unlink()
        own.load_ids.unlink()

    def action_back(self):
        """Return to the choice."""
        self.state = "choose"
        return self._reopen()

    def _check_allocator(self):
        """Check that the user allocates customers.

        :raise AccessError: if he does not
        """
        if not self.env["crm.team"]._is_allocator():
            raise AccessError(
                self.env._(
                    "Customers are allocated by market staff and by the leaders of "
                    "departments: ask one of them."
                )
            )

    def action_open_lines(self):
        """List who would get whom."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_allocation_line_action"
            ),
            "domain": [("allocation_id", "=", self.id)],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allocate Customers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CrmResourceAllocationLine(models.TransientModel):
    """Filled by the ten thousand: only the link to the dialog has a foreign key."""

    _name = "crm.resource.allocation.line"
    _description = "Customer to Allocate"
    _order = "partner_id, id"
    _rec_name = "partner_id"

    allocation_id = fields.Many2one(
        "crm.resource.allocation", required=True, index=True, ondelete="cascade"
    )
    partner_id = UncheckedMany2one("res.partner", string="Customer")
    user_from_id = UncheckedMany2one("res.users", string="Salesperson Now")
    team_from_id = UncheckedMany2one("crm.team", string="Department Now")
    pool_from_id = UncheckedMany2one("crm.resource.pool", string="Pool Now")
    user_to_id = UncheckedMany2one("res.users", string="Salesperson")
    team_to_id = UncheckedMany2one("crm.team", string="Department")
    rule_id = UncheckedMany2one("crm.resource.allocation.rule")
    why = fields.Char()


class CrmResourceAllocationLoad(models.TransientModel):
    _name = "crm.resource.allocation.load"
    _description = "Customers of a Person Before and After"
    _order = "given desc, id"
    _rec_name = "user_id"

    allocation_id = fields.Many2one(
        "crm.resource.allocation", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Person", ondelete="cascade")
    before = fields.Integer(string="Customers Before")
    given = fields.Integer()
    after = fields.Integer(string="Customers After")
