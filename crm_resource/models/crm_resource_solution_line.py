from odoo import api, fields, models


class CrmResourceSolutionLine(models.Model):
    """A product, or a category of products, that a solution needs."""

    _name = "crm.resource.solution.line"
    _description = "Line of a Solution"
    _inherit = "crm.resource.priced.line.mixin"
    _order = "solution_id, sequence, id"
    _check_company_auto = True
    _document = "solution_id"

    solution_id = fields.Many2one(
        "crm.resource.solution", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="solution_id.company_id")
    currency_id = fields.Many2one(related="solution_id.currency_id")
    company_currency_id = fields.Many2one(related="solution_id.company_currency_id")
    amount_company = fields.Monetary(
        string="Solution Value",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="Untaxed, in company currency.",
    )

    # what the analysis asks
    partner_id = fields.Many2one(related="solution_id.partner_id", string="Customer")
    level_id = fields.Many2one(related="solution_id.level_id", string="Customer Level")
    region_id = fields.Many2one(related="solution_id.region_id")
    industry_id = fields.Many2one(related="solution_id.industry_id")
    user_id = fields.Many2one(related="solution_id.user_id", string="Salesperson")
    team_id = fields.Many2one(related="solution_id.team_id", string="Department")
    state = fields.Selection(related="solution_id.state", string="Status")
    date = fields.Date(related="solution_id.date")

    @api.depends("price_subtotal", "solution_id.currency_rate")
    def _compute_amount_company(self):
        for line in self:
            line.amount_company = line.company_id.currency_id.round(
                line.price_subtotal / (line.solution_id.currency_rate or 1)
            )
