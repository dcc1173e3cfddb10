from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceLevelClassify(models.TransientModel):
    _name = "crm.resource.level.classify"
    _description = "Classify Customers"

    policy_id = fields.Many2one(
        "crm.resource.level.policy", required=True, ondelete="cascade"
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain=[("customer_state", "!=", False)],
        help="Empty: all customers of the policy.",
    )
    date = fields.Date(string="As Of", required=True, default=fields.Date.context_today)
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview")], default="choose"
    )
    line_ids = fields.One2many("crm.resource.level.classify.line", "classify_id")
    move_ids = fields.One2many(
        "crm.resource.level.classify.move", "classify_id", string="Moves"
    )
    moved_count = fields.Integer(compute="_compute_moved_count")

    @api.model
    def default_get(self, fields):
        """Customers marked in a list are the ones to classify, by their leading
        policy.
        """
        values = super().default_get(fields)
        partners = self.env["res.partner"]
        if self.env.context.get("active_model") == "res.partner":
            partners = partners.browse(self.env.context.get("active_ids", []))
            values["partner_ids"] = partners.ids
        if not values.get("policy_id"):
            policies = self.env["crm.resource.level.policy"]
            company = partners.company_id[:1] if partners else self.env.company
            values["policy_id"] = policies._get_leading(company).id
        return values

    @api.depends("move_ids")
    def _compute_moved_count(self):
        for classify in self:
            classify.moved_count = sum(classify.move_ids.mapped("customer_count"))

    def action_preview(self):
        """Show who would move, from where to where, and why."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM crm_resource_level_classify_line
                     WHERE classify_id = %(id)s
                )
                INSERT INTO crm_resource_level_classify_line (
                    classify_id, partner_id, user_id, level_from_id, level_to_id,
                    turnover, purchasing_power, figure, is_manual, currency_id,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, partner_id, user_id, old_level_id, level_id, turnover,
                       purchasing_power, figure, is_manual, %(currency)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(rated)s) rated
                 WHERE old_level_id IS DISTINCT FROM level_id
                """,
                id=self.id,
                # who may classify sees all customers; computed figures only
                rated=self.sudo().policy_id._rate(self.date, self._get_partners()),
                currency=self.policy_id.currency_id.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_recordset()
        self._count_moves()
        self.state = "preview"
        return self._reopen()

    def _count_moves(self):
        moves = self.env["crm.resource.level.classify.line"]._read_group(
            [("classify_id", "=", self.id)],
            ["level_from_id", "level_to_id"],
            ["__count", "turnover:sum"],
        )
        own = self.sudo()  # computed rows, which nobody may write
        own.move_ids.unlink()
        own.move_ids.create(
            [
                {
                    "classify_id": self.id,
                    "level_from_id": level_from.id,
                    "level_to_id": level_to.id,
                    "customer_count": count,
                    "turnover": turnover,
                }
                for level_from, level_to, count, turnover in moves
            ]
        )

    def action_back(self):
        """Return to the choice."""
        self.state = "choose"
        return self._reopen()

    def action_open_lines(self):
        """List the customers who would move."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_level_classify_line_action"
            ),
            "domain": [("classify_id", "=", self.id)],
        }

    def action_apply(self):
        """Give the customers their levels, log the changes and tell the owners."""
        self.ensure_one()
        # computed figures, which nobody may write
        policy = self.policy_id.sudo()
        policy._notify_moves(policy._classify(self.date, self._get_partners()))
        return self.policy_id.action_open_changes()

    def _get_partners(self):
        """Return the chosen customers, None for all of the policy."""
        return self.partner_ids or None

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Classify Customers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CrmResourceLevelClassifyMove(models.TransientModel):
    _name = "crm.resource.level.classify.move"
    _description = "Moves Between Two Levels"
    _order = "customer_count desc, id"

    classify_id = fields.Many2one(
        "crm.resource.level.classify", required=True, index=True, ondelete="cascade"
    )
    level_from_id = fields.Many2one(
        "crm.resource.level", string="Old Level", ondelete="cascade"
    )
    level_to_id = fields.Many2one(
        "crm.resource.level", string="New Level", ondelete="cascade"
    )
    customer_count = fields.Integer(string="Customers")
    turnover = fields.Monetary()
    currency_id = fields.Many2one(related="classify_id.policy_id.currency_id")

    def action_open_lines(self):
        """List the customers of this move."""
        self.ensure_one()
        action = self.classify_id.action_open_lines()
        action["domain"] += [
            ("level_from_id", "=", self.level_from_id.id),
            ("level_to_id", "=", self.level_to_id.id),
        ]
        return action


class CrmResourceLevelClassifyLine(models.TransientModel):
    _name = "crm.resource.level.classify.line"
    _description = "Customer Who Would Move"
    _order = "turnover desc, id"
    _rec_name = "partner_id"

    classify_id = fields.Many2one(
        "crm.resource.level.classify", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    level_from_id = fields.Many2one(
        "crm.resource.level", string="Old Level", ondelete="cascade"
    )
    level_to_id = fields.Many2one(
        "crm.resource.level", string="New Level", ondelete="cascade"
    )
    turnover = fields.Monetary()
    purchasing_power = fields.Monetary()
    figure = fields.Float(digits=(16, 2))
    is_manual = fields.Boolean(string="By Hand")
    currency_id = fields.Many2one("res.currency", ondelete="cascade")
