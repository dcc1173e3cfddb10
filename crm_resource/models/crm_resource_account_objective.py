from odoo import api, fields, models


class CrmResourceAccountObjective(models.Model):
    """What an account plan is to reach, and by what one sees it."""

    _name = "crm.resource.account.objective"
    _description = "Objective of an Account Plan"
    _order = "plan_id, date, id"

    plan_id = fields.Many2one(
        "crm.resource.account.plan", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    name = fields.Char(string="Objective", required=True)
    date = fields.Date(string="Until", required=True)
    kind = fields.Selection(
        [
            ("sales", "Sales of the period"),
            ("money", "Amount"),
            ("number", "Number"),
            ("percent", "Percentage"),
        ],
        string="Measure",
        required=True,
        default="number",
        help="Sales are counted by the company's definition; the rest is typed.",
    )
    value_start = fields.Float(string="At the Beginning")
    value_target = fields.Float(string="Target Value", required=True)
    value_typed = fields.Float(string="Typed Value")
    value = fields.Float(
        string="Reached", compute="_compute_value", inverse="_inverse_value"
    )
    progress = fields.Integer(
        compute="_compute_progress", help="In %, from the beginning to the target."
    )
    state = fields.Selection(
        [("open", "Open"), ("reached", "Reached"), ("missed", "Missed")],
        string="Status",
        compute="_compute_progress",
    )

    @api.depends("kind", "value_typed", "plan_id.partner_id", "plan_id.date_from")
    def _compute_value(self):
        counted = self.filtered(lambda objective: objective.kind == "sales")
        sales = {plan: plan._get_sales() for plan in counted.plan_id}
        for objective in self:
            objective.value = (
                sales[objective.plan_id]
                if objective in counted
                else objective.value_typed
            )

    def _inverse_value(self):
        for objective in self:
            if objective.kind != "sales":
                objective.value_typed = objective.value

    @api.depends("date", "value", "value_start", "value_target")
    def _compute_progress(self):
        today = fields.Date.context_today(self)
        for objective in self:
            way = objective.value_target - objective.value_start
            done = objective.value - objective.value_start
            share = done / way if way else float(done >= 0)
            objective.progress = round(100 * min(max(share, 0), 1))
            if share >= 1:
                objective.state = "reached"
            else:
                is_late = objective.date and objective.date < today
                objective.state = "missed" if is_late else "open"

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever decides on the plan says what it is to reach."""
        objectives = super().create(vals_list)
        objectives.plan_id._check_actor()
        return objectives

    def write(self, vals):
        """As `create`."""
        self.plan_id._check_actor()
        result = super().write(vals)
        if "plan_id" in vals:
            self.plan_id._check_actor()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_others(self):
        self.plan_id._check_actor()
