from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import INTERNAL


class ResPartner(models.Model):
    """What was proposed to a customer, and how customers of his kind are developed."""

    _inherit = "res.partner"

    crm_solution_ids = fields.One2many(
        "crm.resource.solution",
        "partner_id",
        string="Requirement Solutions",
        groups=INTERNAL,
    )

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "crm.resource.solution"]

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "solution",
                "label": self.env._("Requirement Solutions"),
                "icon": "fa-lightbulb-o",
                "caption": self.env._("Solution"),
                "model": "crm.resource.solution",
                "date_field": "date_proposed",
                "partner_field": "partner_id",
                "get_titles": lambda solutions: {
                    solution.id: solution.display_name for solution in solutions
                },
                "text_field": "state",
                "user_field": "user_id",
                "domain": Domain("date_proposed", "!=", False),
            },
        ]

    def action_open_solutions(self):
        """Open the requirement solutions of the customer."""
        self.ensure_one()
        self.check_access("read")
        customer = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_solution_action"
            ),
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }

    def action_open_strategies(self):
        """Open the strategies for customers of this kind."""
        self.ensure_one()
        self.check_access("read")
        strategies = self.env["crm.resource.strategy"]
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_strategy_action"
            ),
            "domain": list(strategies._get_customer_domain(self)),
        }
