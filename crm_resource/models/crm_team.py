from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmTeam(models.Model):
    _inherit = "crm.team"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.team",
        string="Department Above",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The leader of a department also reaches what belongs to the departments "
        "below it.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", string="Departments Below")

    @api.model_create_multi
    def create(self, vals_list):
        """Who leads it reaches what belongs to it."""
        teams = super().create(vals_list)
        self.env["crm.resource.audience"]._forget_reached_ids()
        return teams

    def write(self, vals):
        """As `create`."""
        result = super().write(vals)
        self.env["crm.resource.audience"]._forget_reached_ids()
        return result

    def unlink(self):
        """As `create`."""
        result = super().unlink()
        self.env["crm.resource.audience"]._forget_reached_ids()
        return result

    def _compute_invoiced(self):
        """Add up what the user sees: the ERP's own figure looks past the rules."""
        # whether our rules hold is no secret
        if self.env.su or not self.env["crm.resource.audience"].sudo()._is_enforced():
            return super()._compute_invoiced()
        today = fields.Date.today()
        invoices = self.env["account.move"]
        totals = invoices.has_access("read") and invoices._read_group(
            [
                ("team_id", "in", self.ids),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("payment_state", "in", ("in_payment", "paid", "reversed")),
                ("state", "=", "posted"),
                ("date", ">=", today.replace(day=1)),
                ("date", "<=", today),
            ],
            ["team_id"],
            ["amount_untaxed_signed:sum"],
        )
        invoiced = dict(totals or ())
        for team in self:
            team.invoiced = invoiced.get(team._origin, 0)

    @api.model
    def _may_allocate_all(self):
        """Return whether the user may give any customer to anybody."""
        user = self.env.user
        return user.has_group("crm_resource.group_reviewer") or user.has_group(
            "sales_team.group_sale_salesman_all_leads"
        )

    @api.model
    def _is_allocator(self):
        """Return whether the user gives customers to others at all."""
        return self._may_allocate_all() or bool(self._get_led_teams())

    @api.model
    def _get_led_teams(self):
        """Return the departments that the user leads, at any depth, or shares as one
        with the group Department Documents."""
        user = self.env.user
        # who is in which department is no secret
        teams = self.sudo()
        domain = Domain("user_id", "=", user.id)
        if user.has_group("crm_resource.group_department"):
            domain |= Domain("member_ids", "in", user.ids)
        return teams.search([("id", "child_of", teams.search(domain).ids)])

    @api.model
    def _get_headed_members(self):
        """Return the users whose department the user leads, at any depth."""
        # who is in which department is no secret
        teams = self.sudo()
        led = teams.search([("user_id", "=", self.env.uid)])
        return teams.search([("id", "child_of", led.ids)]).member_ids

    @api.model
    def _get_led_members(self):
        """Return the users whose department the user leads, at any depth, or shares as
        one with the group Department Documents."""
        user = self.env.user
        # who is in which department is no secret
        teams = self.sudo()
        led = teams.search([("user_id", "=", user.id)])
        shared = teams.browse()
        if user.has_group("crm_resource.group_department"):
            shared = teams.search([("member_ids", "in", user.ids)]) - led
        members = teams.search([("id", "child_of", (led | shared).ids)]).member_ids
        return members - shared.user_id

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A department cannot stand above itself: choose another one."
                )
            )
