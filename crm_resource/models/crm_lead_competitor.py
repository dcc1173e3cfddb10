from odoo import fields, models


class CrmLead(models.Model):
    """Against whom an opportunity is won or lost."""

    _inherit = "crm.lead"

    competitor_id = fields.Many2one(
        "crm.resource.competitor",
        string="Main Competitor",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )

    def write(self, vals):
        """A reason or a competitor may be told after the end."""
        result = super().write(vals)
        if {"competitor_id", "lost_reason_id"} & vals.keys():
            ended = self.filtered(
                lambda lead: lead.competitor_id and lead.won_status != "pending"
            )
            for outcome, leads in ended.grouped("won_status").items():
                leads._record_encounters(outcome)
        return result

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Remember the encounter with the competitor of what was just won or lost."""
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        outcomes = {}
        for lead in self.filtered("competitor_id"):
            old, new = (
                _get_outcome(status.get(lead.id, {}))
                for status in (old_status_by_lead, new_status_by_lead)
            )
            if old != new:
                outcomes.setdefault(new, self.browse())
                outcomes[new] |= lead
        for outcome, leads in outcomes.items():
            leads._record_encounters(outcome)
        return result

    def _record_encounters(self, outcome):
        """Enter how opportunities ended against their competitor, or correct what was
        entered."""
        # a colleague may have entered it; whoever ends an opportunity may say so
        encounters = self.env["crm.resource.competitor.encounter"].sudo()
        known = encounters.search([("lead_id", "in", self.ids)])
        vals_list = []
        for lead in self:
            vals = {
                "outcome": outcome,
                "reason_id": lead.lost_reason_id.id if outcome == "lost" else False,
                "date": fields.Date.context_today(self),
            }
            own = known.filtered(
                lambda encounter, lead=lead: (
                    encounter.lead_id == lead
                    and encounter.competitor_id == lead.competitor_id
                )
            )
            if own:
                own.write(vals)
            elif outcome != "open":
                currency = lead.company_id.currency_id or self.env.company.currency_id
                vals_list.append(
                    {
                        **vals,
                        "competitor_id": lead.competitor_id.id,
                        "lead_id": lead.id,
                        "user_id": self.env.uid,
                        "currency_id": currency.id,
                    }
                )
        encounters.create(vals_list)


def _get_outcome(status):
    """Return how an opportunity with this status ended."""
    if status.get("is_won"):
        return "won"
    return "lost" if status.get("is_lost") else "open"
