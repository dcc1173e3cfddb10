from odoo import api, fields, models


class CrmResourceChurnDecide(models.TransientModel):
    """What becomes of customers who are about to be lost."""

    _name = "crm.resource.churn.decide"
    _description = "Deal With Churn Cases"

    churn_ids = fields.Many2many("crm.resource.churn", string="Cases", required=True)
    decision = fields.Selection(
        [
            ("defer", "Defer: something is done to keep the customer"),
            ("lose", "Confirm the loss"),
            ("drop", "Drop: the customer is not about to be lost"),
            ("result", "Say what came of the last measure"),
        ],
        required=True,
        default="defer",
    )
    method_id = fields.Many2one("crm.resource.retention.method", string="Measure")
    title = fields.Char(string="What Is Done")
    date_to = fields.Date(
        string="Until",
        help="The case rests up to this day and opens again if the customer has not "
        "bought by then.",
    )
    lost_reason_id = fields.Many2one("crm.lost.reason", string="Churn Reason")
    competitor_id = fields.Many2one("crm.resource.competitor", string="Lost To")
    note = fields.Text(string="Remark")
    result = fields.Text(string="Result of the Last Measure")
    has_measure = fields.Boolean(compute="_compute_has_measure")

    @api.depends("churn_ids")
    def _compute_has_measure(self):
        for dialog in self:
            # whoever calls may name cases that he does not reach
            cases = dialog.sudo().churn_ids._origin.with_env(self.env)
            reached = cases._filtered_access("read")
            dialog.has_measure = bool(reached) and all(reached.mapped("retention_ids"))

    def action_decide(self):
        """Do what was chosen; the cases check who may.

        :raise AccessError: if a case is not for this person to deal with
        :raise UserError: if something is missing
        """
        self.ensure_one()
        cases = self.churn_ids
        cases._check_actor()
        if (self.result or "").strip() and self.decision != "result":
            cases._note_result(self.result)
        if self.decision == "defer":
            cases._defer(self.method_id, self.date_to, self.title)
        elif self.decision == "lose":
            cases._lose(self.lost_reason_id, self.note, self.competitor_id)
        elif self.decision == "drop":
            cases._drop(self.note)
        else:
            cases._note_result(self.result)
        return {"type": "ir.actions.act_window_close"}
