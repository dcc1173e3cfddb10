from odoo import api, fields, models


class ResCompany(models.Model):
    """How the instalments of contracts are invoiced."""

    _inherit = "res.company"

    crm_contract_invoice = fields.Selection(
        [("draft", "Drafts"), ("posted", "Posted")],
        string="Invoices of Instalments Are",
        default="draft",
        required=True,
    )
    crm_contract_is_invoiced = fields.Boolean(
        string="Invoice Instalments by Night",
        help="What is due becomes an invoice every night; what cannot be invoiced is "
        "reported to the salesperson.",
    )
    crm_contract_dun_days = fields.Integer(
        string="Remind of Late Payments After (Days)",
        help="The salesperson is reminded when a payment is late by as many days, and "
        "again after as many. 0: never.",
    )
    crm_contract_is_dunned = fields.Boolean(
        string="Remind Customers by Mail, Too",
        help="The customer gets a mail on the same days.",
    )
    crm_contract_plan_id = fields.Many2one(
        "account.analytic.plan",
        string="Analytic Plan of Contracts",
        help="Every contract gets an analytic account of this plan when it is signed. "
        "Empty: none.",
    )

    _check_dun_days = models.Constraint(
        "CHECK(crm_contract_dun_days >= 0)",
        "Days cannot be negative: enter 0 for none.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Every company numbers its contracts."""
        companies = super().create(vals_list)
        companies._create_contract_sequences()
        return companies

    @api.model
    def _create_missing_contract_sequences(self):
        """Give companies that number no contracts yet a sequence for it."""
        sequences = self.env["ir.sequence"].search(
            [("code", "=", "crm.resource.contract")]
        )
        without = self.search([("id", "not in", sequences.company_id.ids)])
        without._create_contract_sequences()

    def _create_contract_sequences(self):
        # whoever creates a company need not manage sequences
        self.env["ir.sequence"].sudo().create(
            [
                {
                    "name": self.env._(
                        "Contracts of %(company)s", company=company.name
                    ),
                    "code": "crm.resource.contract",
                    "prefix": "CT/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                    "company_id": company.id,
                }
                for company in self
            ]
        )
