from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# days from today up to which a simulation makes sense
LONGEST = 366


class CrmResourceRecallSimulate(models.TransientModel):
    """Who would lose which customers on a day, as far as the person reaches them."""

    _name = "crm.resource.recall.simulate"
    _description = "Simulate a Recall"

    date = fields.Date(
        string="Recalls Of",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=1),
    )
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview")], default="choose"
    )
    line_ids = fields.One2many(
        "crm.resource.recall.simulate.line", "simulate_id", readonly=True
    )
    loser_ids = fields.One2many(
        "crm.resource.recall.simulate.loser", "simulate_id", readonly=True
    )
    customer_count = fields.Integer(compute="_compute_customer_count")

    @api.depends("loser_ids.customer_count")
    def _compute_customer_count(self):
        for simulate in self:
            simulate.customer_count = sum(simulate.loser_ids.mapped("customer_count"))

    def action_preview(self):
        """Show who would lose whom, if nothing happens until then."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if self.date < today:
            raise UserError(
                self.env._(
                    "What was recalled in the past stands in the batches of "
                    "assignments: choose today or a day to come."
                )
            )
        if self.date > fields.Date.add(today, days=LONGEST):
            raise UserError(
                self.env._(
                    "What happens in more than a year nobody knows: choose an earlier "
                    "day."
                )
            )
        self.env.flush_all()
        reached = self.env["res.partner"]._search([("customer_state", "!=", False)])
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM crm_resource_recall_simulate_line
                     WHERE simulate_id = %(id)s
                )
                INSERT INTO crm_resource_recall_simulate_line (
                    simulate_id, partner_id, user_id, recall_rule_id, pool_id,
                    date_recall, create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, partner_id, user_id, recall_rule_id, pool_id,
                       date_recall, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(due)s) due
                 WHERE date_recall = %(date)s AND partner_id IN %(reached)s
                """,
                id=self.id,
                due=self.env["crm.resource.recall.rule"]._get_recall_query(
                    today, until=self.date
                ),
                date=self.date,
                reached=reached.subselect(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_recordset()
        self._count_losses()
        self.state = "preview"
        return self._reopen()

    def _count_losses(self):
        counts = self.env["crm.resource.recall.simulate.line"]._read_group(
            [("simulate_id", "=", self.id)], ["user_id", "pool_id"], ["__count"]
        )
        own = self.sudo()  # computed rows, which nobody may write
        own.loser_ids.unlink()
        own.loser_ids.create(
            [
                {
                    "simulate_id": self.id,
                    "user_id": user.id,
                    "pool_id": pool.id,
                    "customer_count": count,
                }
                for user, pool, count in counts
            ]
        )

    def action_back(self):
        """Return to the choice of the day."""
        self.state = "choose"
        return self._reopen()

    def action_open_lines(self):
        """List the customers who would be recalled."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_recall_simulate_line_action"
            ),
            "domain": [("simulate_id", "=", self.id)],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulate a Recall"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CrmResourceRecallSimulateLoser(models.TransientModel):
    _name = "crm.resource.recall.simulate.loser"
    _description = "Salesperson Who Would Lose Customers"
    _order = "customer_count desc, id"
    _rec_name = "user_id"

    simulate_id = fields.Many2one(
        "crm.resource.recall.simulate", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    pool_id = fields.Many2one(
        "crm.resource.pool", string="Falls Back To", ondelete="cascade"
    )
    customer_count = fields.Integer(string="Customers")

    def action_open_lines(self):
        """List the customers whom this person would lose."""
        self.ensure_one()
        action = self.simulate_id.action_open_lines()
        action["domain"] += [
            ("user_id", "=", self.user_id.id),
            ("pool_id", "=", self.pool_id.id),
        ]
        return action


class CrmResourceRecallSimulateLine(models.TransientModel):
    _name = "crm.resource.recall.simulate.line"
    _description = "Customer Who Would Be Recalled"
    _order = "user_id, partner_id"
    _rec_name = "partner_id"

    simulate_id = fields.Many2one(
        "crm.resource.recall.simulate", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    recall_rule_id = fields.Many2one(
        "crm.resource.recall.rule", string="Rule", ondelete="cascade"
    )
    pool_id = fields.Many2one(
        "crm.resource.pool", string="Falls Back To", ondelete="cascade"
    )
    date_recall = fields.Date(string="Recalled On")
