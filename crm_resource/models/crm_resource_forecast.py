from odoo import api, fields, models
from odoo.fields import Domain

STATES = [
    ("striving", "Striving"),
    ("signed", "Signed"),
    ("lost", "Lost"),
]


class CrmResourceForecast(models.Model):
    """What a customer is expected to sign for, when, and how likely it is."""

    _name = "crm.resource.forecast"
    _description = "Sales Forecast"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.priced.mixin",
    ]
    _rate_date = "date_expected"
    _step_values = {
        "name": "New",
        "state": "striving",
        "order_id": False,
        "contract_id": False,
        "date_closed": False,
        "lost_reason_id": False,
        "lost_note": False,
        "push_count": 0,
        "adjuster_id": False,
    }
    _order = "date_expected, id"
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "partner_id"]

    subject = fields.Char(tracking=True)
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="striving",
        copy=False,
        tracking=True,
    )
    category = fields.Selection(
        [("pipeline", "Pipeline"), ("best", "Best Case"), ("commit", "Commit")],
        required=True,
        default="pipeline",
        tracking=True,
        help="How sure the salesperson is, whatever the probability: what he commits "
        "himself to, what comes if all goes well, and the rest.",
    )

    level_id = fields.Many2one(related="partner_id.level_id", string="Customer Level")
    # when, and how likely
    date_expected = fields.Date(
        string="Expected Signing",
        required=True,
        tracking=True,
    )
    push_count = fields.Integer(
        string="Times Put Off",
        readonly=True,
        copy=False,
        aggregator="sum",
        help="How often the expected signing was moved to a later month.",
    )
    probability = fields.Float(
        compute="_compute_probability",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator="avg",
        digits=(5, 2),
        help="In %. The company says with what a forecast begins.",
    )
    date_closed = fields.Date(string="Closed On", readonly=True, copy=False)

    # how it ended
    order_id = fields.Many2one(
        "sale.order",
        string="Signed Order",
        readonly=True,
        copy=False,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    contract_id = fields.Many2one(
        "crm.resource.contract",
        string="Signed Contract",
        readonly=True,
        copy=False,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    lost_reason_id = fields.Many2one(
        "crm.lost.reason",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    lost_note = fields.Char(string="Reason in Words", readonly=True, copy=False)
    is_document_missing = fields.Boolean(
        string="Signed Without a Document",
        compute="_compute_is_document_missing",
        search="_search_is_document_missing",
        help="Its opportunity was won, but nobody has said with which order or "
        "contract.",
    )

    _check_probability = models.Constraint(
        "CHECK(probability BETWEEN 0 AND 100)",
        "A probability lies between 0 and 100 %: correct it.",
    )
    _lead_unique = models.UniqueIndex(
        "(lead_id) WHERE lead_id IS NOT NULL",
        "This opportunity has a forecast already: open that one instead.",
    )
    _order_unique = models.UniqueIndex(
        "(order_id) WHERE order_id IS NOT NULL",
        "This order has signed another forecast already: choose another order.",
    )
    _contract_unique = models.UniqueIndex(
        "(contract_id) WHERE contract_id IS NOT NULL",
        "This contract has signed another forecast already: choose another one.",
    )
    _open_idx = models.Index("(company_id, date_expected) WHERE state = 'striving'")
    _closed_idx = models.Index("(company_id, date_closed) WHERE state = 'signed'")

    @api.depends("state", "company_id")
    def _compute_probability(self):
        for forecast in self:
            # how companies work is no secret
            company = forecast.company_id.sudo()
            forecast.probability = company[f"crm_forecast_{forecast.state}"]

    @api.depends("state", "order_id", "contract_id")
    def _compute_is_document_missing(self):
        for forecast in self:
            forecast.is_document_missing = (
                forecast.state == "signed"
                and not forecast.order_id
                and not forecast.contract_id
            )

    def _search_is_document_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return (
            Domain("state", "=", "signed")
            & Domain("order_id", "=", False)
            & Domain("contract_id", "=", False)
        )

    @api.depends("name", "subject", "partner_id.display_name")
    def _compute_display_name(self):
        for forecast in self:
            # whoever sees the forecast sees whom it is about
            customer = forecast.sudo().partner_id.display_name
            parts = (forecast._get_number(), forecast.subject or customer)
            forecast.display_name = " ".join(filter(None, parts))

    def _is_readonly(self):
        return self.state != "striving"
