from odoo import api, fields, models
from odoo.fields import Domain


class CrmResourceContractInstalment(models.Model):
    """A part of a contract's total, with what makes it due."""

    _name = "crm.resource.contract.instalment"
    _description = "Instalment of a Contract"
    _order = "contract_id, sequence, date_planned, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "crm.resource.contract", required=True, index=True, ondelete="cascade"
    )
    # those of the contract, stored: lists ask for them among many contracts
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        related="contract_id.user_id", string="Salesperson", store=True, index=True
    )
    team_id = fields.Many2one(
        related="contract_id.team_id",
        string="Department",
        store=True,
        index="btree_not_null",
    )
    currency_id = fields.Many2one(
        related="contract_id.currency_id", store=True, precompute=True
    )
    contract_state = fields.Selection(
        related="contract_id.state", string="Contract Status", store=True, index=True
    )

    sequence = fields.Integer(default=10)
    number = fields.Integer(compute="_compute_number", aggregator=None)
    name = fields.Char(string="What For", required=True)
    # what makes it due
    date_planned = fields.Date(string="Planned On", index=True)
    milestone = fields.Char(
        help="What must have happened before it is due: somebody confirms it."
    )
    date_confirmed = fields.Date(
        string="Milestone Reached On", readonly=True, copy=False
    )
    confirmed_id = fields.Many2one(
        "res.users", string="Confirmed By", readonly=True, copy=False
    )
    date_due = fields.Date(
        string="To Invoice On",
        compute="_compute_date_due",
        store=True,
        help="The planned day; with a milestone, not before it is reached.",
    )
    # how much
    amount_type = fields.Selection(
        [("percent", "Percent"), ("fixed", "Amount")],
        string="Measured In",
        default="percent",
        required=True,
    )
    percent = fields.Float(
        string="%",
        min_display_digits=2,
        aggregator=None,
        help="Of the contract's total.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="Tax included.",
    )
    is_retention = fields.Boolean(
        string="Retention Money",
        help="Kept by the customer until the end of the warranty.",
    )
    method_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Payment Method",
        domain=[("kind", "=", "settlement")],
        ondelete="restrict",
        index="btree_not_null",
    )
    remind_days = fields.Integer(
        string="Remind (Days)",
        default=7,
        aggregator=None,
        help="How long before it is due the salesperson is reminded. 0: not at all.",
    )
    date_remind = fields.Date(
        string="Remind On", compute="_compute_date_remind", store=True
    )
    is_void = fields.Boolean(
        string="Void", readonly=True, copy=False, help="It will not be invoiced."
    )
    note = fields.Char()
    date_tried = fields.Datetime(
        string="Last Invoicing", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # by line, what of it the instalment takes: see `instalment_share`
    shares = fields.Json(copy=False, groups=fields.NO_ACCESS)

    _check_amount = models.Constraint(
        "CHECK(amount >= 0 AND percent >= 0)",
        "An instalment cannot be negative: correct its amount.",
    )
    _check_days = models.Constraint(
        "CHECK(remind_days >= 0)",
        "Days of a reminder cannot be negative: enter 0 for none.",
    )
    _check_moment = models.Constraint(
        "CHECK(date_planned IS NOT NULL OR milestone IS NOT NULL)",
        "An instalment has a planned day or a milestone: enter one of them.",
    )
    _due_idx = models.Index("(company_id, date_due) WHERE is_void IS NOT TRUE")

    @api.depends("contract_id.instalment_ids.sequence")
    def _compute_number(self):
        for contract, instalments in self.grouped("contract_id").items():
            places = {
                instalment: place
                for place, instalment in enumerate(contract.instalment_ids, 1)
            }
            for instalment in instalments:
                instalment.number = places.get(instalment, 0)

    @api.depends("number", "name", "contract_id.display_name")
    def _compute_display_name(self):
        for instalment in self:
            instalment.display_name = (
                f"{instalment.contract_id.name} {instalment.number} {instalment.name}"
            )

    @api.depends("date_planned", "milestone", "date_confirmed")
    def _compute_date_due(self):
        for instalment in self:
            reached, planned = instalment.date_confirmed, instalment.date_planned
            if instalment.milestone:
                instalment.date_due = reached and max(reached, planned or reached)
            else:
                instalment.date_due = planned

    @api.depends("date_planned", "remind_days")
    def _compute_date_remind(self):
        for instalment in self:
            instalment.date_remind = (
                instalment.date_planned
                and instalment.remind_days
                and fields.Date.subtract(
                    instalment.date_planned, days=instalment.remind_days
                )
            )

    @api.depends(
        "amount_type",
        "percent",
        "contract_id.amount_total",
        "contract_id.currency_id",
        "contract_id.instalment_ids.amount_type",
        "contract_id.instalment_ids.percent",
        "contract_id.instalment_ids.sequence",
    )
    def _compute_amount(self):
        """Percents are rounded as sums from the first on: if they add up to 100, the
        amounts add up to the total."""
        for contract, instalments in self.grouped("contract_id").items():
            currency = contract.currency_id or self.env.company.currency_id
            amounts = {}
            percent = rounded = 0
            for instalment in contract.instalment_ids:
                if instalment.amount_type == "percent":
                    percent += instalment.percent
                    until = currency.round(contract.amount_total * percent / 100)
                    amounts[instalment] = until - rounded
                    rounded = until
            for instalment in instalments:
                instalment.amount = amounts.get(instalment, instalment.amount)

    def _prepare_renewal(self, term):
        """Return the values of the same instalment of the next term.

        :param term: `relativedelta` by which it is later
        """
        return {
            "sequence": self.sequence,
            "name": self.name,
            "date_planned": self.date_planned and self.date_planned + term,
            "milestone": self.milestone,
            "amount_type": self.amount_type,
            "percent": self.percent,
            "amount": self.amount,
            "is_retention": self.is_retention,
            "method_id": self.method_id.id,
            "remind_days": self.remind_days,
        }

    @api.model
    def _get_open_domain(self):
        """Return the condition of instalments that bind, and are still to be dealt
        with."""
        return Domain("contract_state", "in", ("signed", "running")) & Domain(
            "is_void", "=", False
        )
