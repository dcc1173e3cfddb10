from odoo import api, fields, models
from odoo.fields import Domain

from .crm_resource_churn import UNSETTLED
from .res_partner import INTERNAL
from .res_partner_page_count import PageCount

# whoever writes one of these may end the care for a customer
CARE_FIELDS = {"active", "customer_state", "date_terminated"}


class ResPartner(models.Model):
    """Where the customer stands, and whether he is about to be lost."""

    _inherit = "res.partner"

    lifecycle = fields.Selection(related="standing_id.lifecycle", groups=INTERNAL)
    date_lifecycle = fields.Date(related="standing_id.date_lifecycle", groups=INTERNAL)
    relation_state = fields.Selection(
        related="standing_id.relation_state", groups=INTERNAL
    )
    lifecycle_change_ids = fields.One2many(
        "crm.resource.lifecycle.change",
        "partner_id",
        string="Lifecycle History",
        readonly=True,
        groups=INTERNAL,
    )
    churn_ids = fields.One2many(
        "crm.resource.churn",
        "partner_id",
        string="Churn Cases",
        readonly=True,
        groups=INTERNAL,
    )
    churn_count = fields.Integer(
        string="Number of Churn Cases",
        compute="_compute_page_counts",
        groups=INTERNAL,
    )

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "churn_count": PageCount("crm.resource.churn"),
        }

    def write(self, vals):
        """Whoever is not looked after any more is not about to be lost either."""
        result = super().write(vals)
        if not CARE_FIELDS.isdisjoint(vals):
            # what follows from the state is computed, whoever changes it
            cases = self.sudo().churn_ids
            if cases:
                cases._drop_left(fields.Date.context_today(self), partners=self)
            # as above
            customers = self.sudo().filtered("standing_id")
            if customers:
                customers.env["crm.resource.standing"]._refresh_lifecycles(customers)
        return result

    def unlink(self):
        """The database would delete the cases without their messages and activities."""
        self.check_access("unlink")
        # whoever may delete the customer may delete what is about him
        self.sudo().churn_ids.unlink()
        return super().unlink()

    def _follow_sale(self):
        """Let the figures of customers who have just bought follow at once, where that
        changes where they stand: the others wait for the night."""
        cases = self.env["crm.resource.churn"]
        waiting = cases.search(
            [("partner_id", "in", self.ids), ("state", "in", UNSETTLED)]
        ).partner_id
        waiting |= self.filtered_domain(
            Domain("lifecycle", "=", "prospect")
            | Domain("relation_state", "=", "following")
        )
        if not waiting:
            return
        standings = self.env["crm.resource.standing"]
        standings._refresh_purchases(waiting)
        cases._win_back(partners=waiting)
        standings._refresh_lifecycles(waiting)

    @api.readonly
    def action_open_churn(self):
        """Open the churn cases of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_resource.crm_resource_churn_action"
        )
        return {**action, "domain": [("partner_id", "=", self.id)], "context": {}}

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "lifecycle",
                "icon": "fa-refresh",
                "label": self.env._("Lifecycle"),
                "model": "crm.resource.lifecycle.change",
                "date_field": "date",
                "partner_field": "partner_id",
                "title_field": "lifecycle_to",
            },
            {
                "kind": "churn",
                "icon": "fa-exclamation-triangle",
                "label": self.env._("Churn"),
                "model": "crm.resource.churn",
                "date_field": "date",
                "partner_field": "partner_id",
                "title_field": "name",
            },
        ]
