from odoo import api, fields, models
from odoo.tools import is_html_empty

STATES = [
    ("draft", "Draft"),
    ("proposed", "Presented"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("superseded", "Superseded"),
]


class CrmResourceSolution(models.Model):
    """What a customer needs, and what we propose to him: a new version keeps the one
    before readable."""

    _name = "crm.resource.solution"
    _description = "Requirement Solution"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.resource.priced.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "partner_id"]
    _step_values = {
        "name": "New",
        "state": "draft",
        "version": 1,
        "previous_id": False,
        "date_proposed": False,
        "date_closed": False,
    }
    _derived_fields = frozenset(
        {"amount_company", "amount_lines", "currency_id", "currency_rate", "volume"}
    )
    _settled_fields = frozenset(
        {
            "company_id",
            "date",
            "lead_id",
            "line_ids",
            "partner_id",
            "pricelist_id",
            "proposal",
            "requirement",
        }
    )
    _actor_fields = frozenset({"subject", "team_id", "user_id"})

    subject = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Of the exchange rate, if it is not of the future.",
    )
    requirement = fields.Html(help="What the customer needs, in his words.")
    proposal = fields.Html(string="Solution", help="What we propose to him.")
    line_ids = fields.One2many(
        "crm.resource.solution.line", "solution_id", string="Products", copy=True
    )
    amount_company = fields.Monetary(
        string="Solution Value",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="Untaxed: the sum of the products, in company currency.",
    )
    volume = fields.Float(
        compute="_compute_volume",
        store=True,
        digits="Product Unit",
        help="The quantities of all products, each in its own unit.",
    )
    version = fields.Integer(readonly=True, default=1, copy=False, aggregator="max")
    previous_id = fields.Many2one(
        "crm.resource.solution",
        string="Former Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    date_proposed = fields.Date(string="Proposed On", readonly=True, copy=False)
    date_closed = fields.Date(string="Decided On", readonly=True, copy=False)

    # what the analysis asks
    level_id = fields.Many2one(related="partner_id.level_id", string="Customer Level")
    region_id = fields.Many2one(related="partner_id.region_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")

    _previous_unique = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "There is a newer version already: open that one instead.",
    )
    _proposed_idx = models.Index("(user_id, date_proposed) WHERE state = 'proposed'")

    @api.depends("amount_lines", "currency_rate", "company_id")
    def _compute_amount_company(self):
        for solution in self:
            solution.amount_company = solution.company_id.currency_id.round(
                solution.amount_lines / (solution.currency_rate or 1)
            )

    @api.depends("line_ids.product_qty")
    def _compute_volume(self):
        for solution in self:
            solution.volume = sum(solution.line_ids.mapped("product_qty"))

    @api.depends("name", "subject", "version")
    def _compute_display_name(self):
        for solution in self:
            version = f"v{solution.version}" if solution.version > 1 else False
            parts = (solution._get_number(), version, solution.subject)
            solution.display_name = " ".join(filter(None, parts))

    def _is_readonly(self):
        return self.state != "draft"

    def _is_empty(self):
        """Return whether a solution proposes nothing yet."""
        return is_html_empty(self.proposal) and not self.line_ids
