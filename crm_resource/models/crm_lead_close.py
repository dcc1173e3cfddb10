from odoo import fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """What follows when an opportunity is closed."""

    _inherit = "crm.lead"

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Whoever was won and is not known yet becomes a customer in review."""
        won = self.filtered(
            lambda lead: (
                new_status_by_lead.get(lead.id, {}).get("is_won")
                and not old_status_by_lead.get(lead.id, {}).get("is_won")
                and not lead.partner_id
                and (lead.company_id or self.env.company).crm_lead_makes_customer
            )
        )
        for lead in won:
            lead._make_customer()
        return super()._handle_won_lost(old_status_by_lead, new_status_by_lead)

    def _make_customer(self):
        """Enter the customer with everything the opportunity knows, or link the one who
        is there already under this name."""
        self.ensure_one()
        # whoever wins an opportunity enters its customer, whose review follows
        lead = self.sudo()
        known = lead._find_matching_partner() or lead._find_namesake()
        if known:
            lead.partner_id = known
            lead.message_post(
                body=self.env._(
                    "%(customer)s was there already, and is linked.",
                    customer=known.name,
                )
            )
            return
        contact = lead.with_context(mail_create_nosubscribe=True)._create_customer()
        customer = contact.commercial_partner_id
        customer.write(
            {
                "customer_state": "submitted",
                "submitted_by_id": self.env.uid,
                "date_submitted": fields.Datetime.now(),
                "team_id": lead.team_id.id,
                "company_id": lead.company_id.id,
            }
        )
        lead.partner_id = contact
        customer._notify_reviewer()

    def _find_namesake(self):
        """Return the customer of just this name, if there is one."""
        name = (self.partner_name or "").strip()
        if not name:
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            Domain("customer_state", "!=", False)
            & Domain("name", "=", name)
            & Domain("company_id", "in", [False, self.company_id.id]),
            limit=1,
        )
