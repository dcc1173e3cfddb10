from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """What visits there were to a customer, and are to come."""

    _inherit = "res.partner"

    crm_visit_ids = fields.One2many(
        "crm.resource.visit", "partner_id", string="Visits", groups=INTERNAL
    )
    visit_count = fields.Integer(
        string="Number of Visits", compute="_compute_page_counts", groups=INTERNAL
    )

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "crm.resource.visit"]

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "visit_count": PageCount("crm.resource.visit"),
        }

    @api.model
    def _get_timeline_sources(self):
        return [*super()._get_timeline_sources(), self._get_visit_source()]

    def _get_visit_source(self):
        return {
            "kind": "visit",
            "label": self.env._("Visits"),
            "icon": "fa-handshake-o",
            "caption": self.env._("Visit"),
            "model": "crm.resource.visit",
            "date_field": "date_start",
            "partner_field": "partner_id",
            "get_titles": lambda visits: {
                visit.id: visit.subject or visit.type_id.name for visit in visits
            },
            "text_field": "result_id",
            "user_field": "user_id",
            "domain": Domain("state", "in", ("planned", "checked_in", "done")),
        }

    def _get_page_figures(self):
        return [*super()._get_page_figures(), *self._get_visit_figures()]

    def _get_visit_figures(self):
        """Return when the customer was visited last, and how often in 12 months."""
        if not self.visit_count:
            return []
        visits = self.env["crm.resource.visit"]
        done = Domain("partner_id", "=", self.id) & Domain("state", "=", "done")
        since = fields.Datetime.subtract(fields.Datetime.now(), years=1)
        [[last]] = visits._read_group(done, aggregates=["date_start:max"])
        count = visits.search_count(done & Domain("date_start", ">=", since))
        if not last:
            return []
        day = fields.Datetime.context_timestamp(self, last).date()
        return [
            {
                "key": "visit",
                "sequence": 75,
                "label": self.env._("Last Visit"),
                "kind": "date",
                "value": fields.Date.to_string(day),
                "note": self.env._("%(count)s in 12 months", count=count),
                "action": "action_open_visits",
            }
        ]

    def action_open_visits(self):
        """Open the visits to the customer."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_visit_action_all"
            ),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    def action_log_visit(self):
        """Open the record of a visit that took place."""
        return self._open_dialog(
            self.env._("Log a Visit"),
            "crm.resource.visit.log",
            default_partner_id=self.commercial_partner_id.id,
        )

    def action_plan_visit(self):
        """Open a new visit to the customer."""
        return self._open_form(
            self.env._("New Visit"),
            "crm.resource.visit",
            default_partner_id=self.commercial_partner_id.id,
        )

    def _anonymise_documents(self, names, emails):
        """Clear what visits tell of these partners; that they took place stays."""
        result = super()._anonymise_documents(names, emails)
        visits = self.env["crm.resource.visit"].with_context(tracking_disable=True)
        visits = visits.search(
            Domain("partner_id", "in", self.ids) | Domain("contact_ids", "in", self.ids)
        )
        # whoever may anonymise clears what he may not all change
        visits.sudo()._anonymise()
        return result
