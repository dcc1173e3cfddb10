from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("approval", "In Approval"),
    ("signed", "Signed"),
    ("running", "Running"),
    ("completed", "Completed"),
    ("terminated", "Terminated"),
]
# those in which a contract binds both
BINDING = ("signed", "running")


class CrmResourceContract(models.Model):
    """What a customer signed: what he buys, for how much, and when he pays for it."""

    _name = "crm.resource.contract"
    _description = "Sales Contract"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.priced.mixin",
        "crm.resource.approval.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "reference", "partner_id"]
    # accountants write what they find, and change nothing
    _mail_post_access = "read"
    _rate_date = "date_signed"
    _reach_partners = ("partner_id", "contact_id", "partner_invoice_id")
    _step_values = {
        "name": "New",
        "state": "draft",
        "version": 1,
        "date_closed": False,
        "termination_id": False,
        "termination_note": False,
        "renewed_id": False,
    }
    _derived_fields = frozenset(
        {
            "amount_company",
            "amount_lines",
            "amount_planned",
            "amount_tax",
            "amount_total",
            "amount_unplanned",
            "amount_untaxed",
            "currency_rate",
            "date_notice",
            "date_renewal",
        }
    )
    _settled_fields = frozenset(
        {
            "company_id",
            "currency_id",
            "date_end",
            "date_signed",
            "date_start",
            "fiscal_position_id",
            "instalment_ids",
            "insured_object",
            "is_excess_allowed",
            "is_frame",
            "lead_id",
            "line_ids",
            "partner_id",
            "payment_term_id",
            "policy_number",
            "pricelist_id",
            "subject",
            "terms",
            "type_id",
        }
    )
    _actor_fields = frozenset(
        {
            "contact_id",
            "contract_properties",
            "forecast_id",
            "notice_days",
            "partner_invoice_id",
            "reference",
            "renewal_days",
            "team_id",
            "user_id",
        }
    )

    subject = fields.Char(required=True, tracking=True)
    reference = fields.Char(
        string="Customer Reference",
        copy=False,
        help="The number that the contract has with the customer.",
    )
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    type_id = fields.Many2one(
        "crm.resource.contract.type",
        default=lambda self: self._get_default_type(),
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    contract_properties = fields.Properties(
        string="Properties", definition="type_id.properties_definition", copy=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('id', 'child_of', partner_id)]",
        check_company=True,
        index="btree_not_null",
    )
    partner_invoice_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        compute="_compute_partner_invoice_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'child_of', partner_id)]",
        check_company=True,
    )
    forecast_id = fields.Many2one(
        "crm.resource.forecast",
        domain="[('partner_id', '=', partner_id), ('state', '=', 'striving')]",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        check_company=True,
        groups="sales_team.group_sale_salesman,crm_resource.group_reviewer,"
        "crm_resource.group_executive",
        help="Signing the contract signs it.",
    )

    # when
    date_signed = fields.Date(
        string="Signed On",
        copy=False,
        tracking=True,
        help="Empty: the day on which it is marked as signed.",
    )
    date_start = fields.Date(string="Begins On", tracking=True)
    date_end = fields.Date(
        string="Ends On", tracking=True, help="Empty: it has no end."
    )
    notice_days = fields.Integer(
        string="Notice Period (Days)",
        compute="_compute_days",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    renewal_days = fields.Integer(
        string="Remind of Renewal (Days)",
        compute="_compute_days",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="How long before the notice period, or before the end, the salesperson "
        "is reminded. 0: not at all.",
    )
    date_notice = fields.Date(
        string="Notice Until",
        compute="_compute_dates",
        store=True,
        help="The last day on which either side can give notice.",
    )
    date_renewal = fields.Date(
        string="Renewal Reminder", compute="_compute_dates", store=True
    )
    date_closed = fields.Date(string="Closed On", readonly=True, copy=False)
    termination_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Reason of the Termination",
        domain=[("kind", "=", "termination")],
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    termination_note = fields.Text(
        string="Termination in Words", readonly=True, copy=False
    )
    renewed_id = fields.Many2one(
        "crm.resource.contract",
        string="Renewal Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    renewal_ids = fields.One2many(
        "crm.resource.contract", "renewed_id", string="Renewals"
    )
    version = fields.Integer(readonly=True, default=1, copy=False, aggregator="max")

    # how much
    currency_id = fields.Many2one(readonly=False, required=True, tracking=True)
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_fiscal_position_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        help="Of the invoices of its instalments.",
    )
    line_ids = fields.One2many(
        "crm.resource.contract.line", "contract_id", string="Products", copy=True
    )
    terms = fields.Html(
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="analytic.group_analytic_accounting",
    )

    # frame contracts and policies
    is_frame = fields.Boolean(
        string="Frame Contract",
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        help="Orders call off what was agreed, as one needs it.",
    )
    is_excess_allowed = fields.Boolean(
        string="Orders May Exceed It",
        help="Orders may come to more than the contract's total.",
    )
    is_policy = fields.Boolean(related="type_id.is_policy")
    policy_number = fields.Char(copy=False, tracking=True)
    insured_object = fields.Char(help="Who or what is insured.")

    level_id = fields.Many2one(related="partner_id.level_id", string="Customer Level")

    _name_unique = models.UniqueIndex(
        "(company_id, name) WHERE name <> 'New'",
        "There is a contract of that number already: choose another number.",
    )
    _policy_unique = models.UniqueIndex(
        "(company_id, policy_number) WHERE policy_number IS NOT NULL",
        "There is a policy of that number already: look it up, or correct the number.",
    )
    _renewed_unique = models.UniqueIndex(
        "(renewed_id) WHERE renewed_id IS NOT NULL",
        "This contract is renewed already: open its renewal instead.",
    )
    _check_dates = models.Constraint(
        "CHECK(date_start IS NULL OR date_end IS NULL OR date_end >= date_start)",
        "A contract cannot end before it begins: correct its dates.",
    )
    _check_days = models.Constraint(
        "CHECK(notice_days >= 0 AND renewal_days >= 0)",
        "Days cannot be negative: enter 0 for none.",
    )
    _running_idx = models.Index("(date_end) WHERE state IN ('signed', 'running')")

    # ------------------------------------------------------------
    # What follows from customer and type
    # ------------------------------------------------------------

    @api.model
    def _get_default_type(self):
        companies = [False, self.env.company.id]
        return self.env["crm.resource.contract.type"].search(
            [("company_id", "in", companies)], limit=1
        )

    @api.depends("partner_id")
    def _compute_partner_invoice_id(self):
        for contract in self:
            # the address is the ERP's word, whoever asks
            partner = contract.partner_id.sudo()
            address = partner and partner.address_get(["invoice"])["invoice"]
            contract.partner_invoice_id = address

    @api.depends("partner_id", "partner_invoice_id", "company_id")
    def _compute_fiscal_position_id(self):
        for contract in self:
            positions = self.env["account.fiscal.position"].with_company(
                contract.company_id
            )
            contract.fiscal_position_id = positions._get_fiscal_position(
                contract.partner_invoice_id
            )

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for contract in self:
            partner = contract.partner_id.with_company(contract.company_id)
            contract.payment_term_id = partner.property_payment_term_id

    @api.depends("type_id")
    def _compute_kind(self):
        for contract in self:
            contract.is_frame = contract.type_id.is_frame

    @api.depends("type_id")
    def _compute_days(self):
        for contract in self:
            contract.notice_days = contract.type_id.notice_days
            contract.renewal_days = contract.type_id.renewal_days

    @api.depends("type_id", "partner_id")
    def _compute_terms(self):
        for contract in self:
            kind = contract.type_id.with_context(lang=contract.partner_id.lang)
            contract.terms = kind.terms or contract.terms

    @api.depends("date_end", "notice_days", "renewal_days")
    def _compute_dates(self):
        for contract in self:
            notice = contract.date_end and fields.Date.subtract(
                contract.date_end, days=contract.notice_days
            )
            contract.date_notice = notice
            contract.date_renewal = (
                notice
                and contract.renewal_days
                and fields.Date.subtract(notice, days=contract.renewal_days)
            )

    @api.depends("name", "subject", "version")
    def _compute_display_name(self):
        for contract in self:
            parts = (contract._get_number(), contract.subject)
            contract.display_name = " ".join(filter(None, parts))

    @api.constrains("partner_id", "contact_id", "partner_invoice_id")
    def _check_contacts(self):
        for contract in self:
            # whose contacts they are does not depend on who asks
            known = contract.sudo()
            for contact in known.contact_id | known.partner_invoice_id:
                if contact.commercial_partner_id != known.partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s is no contact or address of %(customer)s: "
                            "choose one of his.",
                            contact=contact.name,
                            customer=known.partner_id.name,
                        )
                    )

    def _is_readonly(self):
        return self.state != "draft"

    @api.model
    def _get_binding_domain(self):
        """Return the condition of the contracts that bind both sides today."""
        return Domain("state", "in", BINDING)
