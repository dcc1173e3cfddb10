from odoo import api, fields, models


class CrmResourceCampaignCost(models.Model):
    """What a campaign, or one of its activities, is to cost and has cost."""

    _name = "crm.resource.campaign.cost"
    _description = "Cost of a Campaign"
    _order = "campaign_id, sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Description", required=True)
    campaign_id = fields.Many2one(
        "utm.campaign",
        compute="_compute_campaign_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="cascade",
    )
    event_id = fields.Many2one(
        "event.event",
        string="Activity",
        index="btree_not_null",
        ondelete="cascade",
    )
    product_id = fields.Many2one("product.product", ondelete="restrict")
    date = fields.Date(default=fields.Date.context_today, required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount_planned = fields.Monetary(string="Planned Amount")
    amount_actual = fields.Monetary(string="Actual")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_planned = fields.Monetary(
        string="Planned (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_company_amounts",
        store=True,
    )
    company_actual = fields.Monetary(
        string="Actual (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_company_amounts",
        store=True,
    )

    _check_amounts = models.Constraint(
        "CHECK(amount_planned >= 0 AND amount_actual >= 0)",
        "Costs cannot be negative: correct the amounts.",
    )
    _check_owner = models.Constraint(
        "CHECK(campaign_id IS NOT NULL OR event_id IS NOT NULL)",
        "A cost belongs to a campaign or an activity: choose one.",
    )

    @api.depends("event_id.crm_campaign_id")
    def _compute_campaign_id(self):
        for cost in self:
            cost.campaign_id = cost.event_id.crm_campaign_id or cost.campaign_id

    @api.depends("amount_planned", "amount_actual", "currency_id", "company_id", "date")
    def _compute_company_amounts(self):
        for cost in self:
            own = cost.currency_id or cost.company_id.currency_id
            args = (cost.company_id.currency_id, cost.company_id, cost.date)
            cost.company_planned = own._convert(cost.amount_planned, *args)
            cost.company_actual = own._convert(cost.amount_actual, *args)
