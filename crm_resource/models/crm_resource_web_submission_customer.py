from odoo import fields, models

from .crm_resource_web_submission_lead import QUIET

CUSTOMER_FIELDS = ("email", "phone", "street", "zip", "city", "website")


class CrmResourceWebSubmission(models.Model):
    """Registrations become customers to be reviewed; nobody comes in twice."""

    _inherit = "crm.resource.web.submission"

    def _make_customers(self):
        """Make customers of these submissions of one form, except of known contacts:
        what these posted is noted with them."""
        known = self._get_partners()
        seen, fresh = {}, []
        for submission in self:
            keys = submission._get_keys(known.get(submission))
            first = next((seen[key] for key in keys if key in seen), submission)
            if first == submission and submission not in known:
                fresh.append(submission)
            seen |= dict.fromkeys(keys, first)
        made = self.browse([s.id for s in fresh])._create_customers()
        for submission in self:
            if submission in made:
                continue
            keys = submission._get_keys(known.get(submission))
            partner = known.get(submission) or made[seen[keys[0]]]
            submission._note(partner.commercial_partner_id)

    def _create_customers(self):
        """Make a customer of each submission.

        :return: dict of `res.partner` by submission
        """
        if not self:
            return {}
        holders = self.form_id._get_holders(self, {})
        partners = (
            self.env["res.partner"]
            .with_context(**QUIET)
            .create([s._prepare_customer(*holders[s]) for s in self])
        )
        for submission, partner in zip(self, partners, strict=True):
            submission._note(partner)
        # what nobody has to complete is reviewed at once
        partners.filtered(lambda p: not p._get_missing_labels())._submit_registered()
        return dict(zip(self, partners, strict=True))

    def _prepare_customer(self, user, team):
        values, form = self._get_values(), self.form_id
        firm, person = values.get("partner_name"), values.get("contact_name")
        partner = {name: values[name] for name in CUSTOMER_FIELDS if name in values}
        contact = {"name": person, "function": values.get("function")}
        partner |= {
            "name": firm or person or self.label,
            "is_company": bool(firm),
            "customer_state": "new",
            "registration_source_id": form.source_id.id,
            "company_id": self.company_id.id,
            "lang": form.lang,
            "user_id": user.id,
            "team_id": team.id,
        }
        if firm and person:
            partner["child_ids"] = [fields.Command.create(contact)]
        return partner

    def _note(self, partner):
        partner.with_context(**QUIET).message_post(
            body=self._get_note(), subtype_xmlid="mail.mt_note"
        )
        self.write({"partner_id": partner.id, "user_id": partner.user_id.id})
