from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.target_spread import spread

MONTHS = {"month": 1, "quarter": 3, "year": 12}


class CrmResourceContractPlan(models.TransientModel):
    """Make the payment plan of a contract: it adds up to the total, to the cent."""

    _name = "crm.resource.contract.plan"
    _description = "Make a Payment Plan"

    contract_id = fields.Many2one("crm.resource.contract", required=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    amount = fields.Monetary(
        string="To Plan",
        compute="_compute_amount",
        help="The contract's total, less what is invoiced.",
    )
    kind = fields.Selection(
        [
            ("parts", "Equal parts"),
            ("recurring", "Recurring until the contract ends"),
            ("term", "By payment terms"),
        ],
        string="Divided Into",
        default="parts",
        required=True,
    )
    count = fields.Integer(string="Number of Parts", default=3)
    interval = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="Every",
        default="month",
        required=True,
    )
    date_first = fields.Date(
        string="First On",
        compute="_compute_date_first",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
    )
    method_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Payment Method",
        domain=[("kind", "=", "settlement")],
    )
    remind_days = fields.Integer(string="Remind (Days)", default=7)

    @api.depends("contract_id")
    def _compute_amount(self):
        for dialog in self:
            settled = dialog._get_settled()
            dialog.amount = dialog.contract_id.amount_total - sum(
                settled.mapped("amount")
            )

    @api.depends("contract_id")
    def _compute_date_first(self):
        today = fields.Date.context_today(self)
        for dialog in self:
            dialog.date_first = dialog.contract_id.date_start or today

    @api.depends("contract_id")
    def _compute_payment_term_id(self):
        for dialog in self:
            dialog.payment_term_id = dialog.contract_id.payment_term_id

    def _get_settled(self):
        return self.contract_id.instalment_ids.filtered("is_settled")

    def action_make(self):
        """Replace the instalments that are not invoiced.

        :raise UserError: if there is nothing to plan, or nothing to plan it by
        """
        self.ensure_one()
        self.contract_id._check_written({"instalment_ids": True})
        if self.amount <= 0:
            raise UserError(
                self.env._(
                    "There is nothing to plan: enter what the customer buys first."
                )
            )
        parts = getattr(self, f"_get_{self.kind}")()
        settled = self._get_settled()
        (self.contract_id.instalment_ids - settled).unlink()
        first = len(settled) + 1
        self.contract_id.instalment_ids = [
            Command.create(
                {
                    "sequence": number * 10,
                    "name": self.env._("Instalment %(number)s", number=number),
                    "date_planned": day,
                    "amount_type": "fixed",
                    "amount": amount,
                    "method_id": self.method_id.id,
                    "remind_days": self.remind_days,
                }
            )
            for number, (day, amount) in enumerate(parts, first)
            if amount
        ]
        return {"type": "ir.actions.act_window_close"}

    def _get_parts(self):
        """Return days and amounts of equal parts."""
        if self.count < 1:
            raise UserError(self.env._("A plan has at least one part: say how many."))
        step = MONTHS[self.interval]
        days = [
            self.date_first + relativedelta(months=step * place)
            for place in range(self.count)
        ]
        return self._spread(days)

    def _get_recurring(self):
        """Return days and amounts from the first day to the contract's end."""
        end = self.contract_id.date_end
        if not end or end < self.date_first:
            raise UserError(
                self.env._(
                    "A recurring plan needs the day on which the contract ends, after "
                    "the first instalment: enter it in the contract."
                )
            )
        step, days = MONTHS[self.interval], []
        while (day := self.date_first + relativedelta(months=step * len(days))) <= end:
            days.append(day)
        return self._spread(days)

    def _get_term(self):
        """Return days and amounts as payment terms have them."""
        if not self.payment_term_id:
            raise UserError(self.env._("Choose the payment terms to plan by."))
        terms = self.payment_term_id._compute_terms(
            date_ref=self.date_first,
            currency=self.currency_id,
            company=self.company_id,
            tax_amount=0,
            tax_amount_currency=0,
            sign=1,
            untaxed_amount=self.amount,
            untaxed_amount_currency=self.amount,
        )
        return [(line["date"], line["foreign_amount"]) for line in terms["line_ids"]]

    def _spread(self, days):
        unit = f"{self.currency_id.rounding:f}"
        amounts = spread(self.currency_id.round(self.amount), [1] * len(days), unit)
        return list(zip(days, map(float, amounts), strict=True))
