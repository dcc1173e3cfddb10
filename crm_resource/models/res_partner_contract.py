from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount

READERS = (
    "sales_team.group_sale_salesman,crm_resource.group_reviewer,"
    "crm_resource.group_executive,account.group_account_invoice"
)


class ResPartner(models.Model):
    """What the customer signed."""

    _inherit = "res.partner"

    crm_contract_ids = fields.One2many(
        "crm.resource.contract", "partner_id", string="Contracts", groups=INTERNAL
    )
    contract_count = fields.Integer(
        string="Number of Contracts", compute="_compute_page_counts", groups=INTERNAL
    )

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "crm.resource.contract"]

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "contract_count": PageCount("crm.resource.contract"),
        }

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "contract",
                "label": self.env._("Contracts"),
                "icon": "fa-handshake-o",
                "caption": self.env._("Contract"),
                "model": "crm.resource.contract",
                "date_field": "date_signed",
                "partner_field": "partner_id",
                "get_titles": lambda contracts: {
                    contract.id: contract.display_name for contract in contracts
                },
                "text_field": "state",
                "user_field": "user_id",
                "domain": Domain("state", "not in", ("draft", "approval")),
            },
        ]

    def _get_page_figures(self):
        return [*super()._get_page_figures(), *self._get_contract_figures()]

    def _get_contract_figures(self):
        """Return what running contracts are worth, in the currency of the person's
        company."""
        if not self.contract_count:
            return []
        company = self.env.company
        today = fields.Date.context_today(self)
        contracts = self.env["crm.resource.contract"]
        totals = contracts._read_group(
            Domain("partner_id", "=", self.id) & contracts._get_binding_domain(),
            ["company_id"],
            ["amount_company:sum", "__count"],
        )
        if not totals:
            return []
        value = sum(
            # in which currency companies count is no secret
            owner.sudo().currency_id._convert(
                amount, company.currency_id, company, today
            )
            for owner, amount, _count in totals
        )
        return [
            {
                "key": "contract",
                "sequence": 31,
                "label": self.env._("Contracts in Force"),
                "kind": "money",
                "value": value,
                "currency_id": company.currency_id.id,
                "note": self.env._(
                    "%(count)s in force", count=sum(count for *_, count in totals)
                ),
                "action": "action_open_contracts",
                "groups": READERS,
            }
        ]

    def action_open_contracts(self):
        """Open the contracts of the customer."""
        self.ensure_one()
        self.check_access("read")
        customer = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_contract_action"
            ),
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }
