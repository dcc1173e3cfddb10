from odoo import models
from odoo.fields import Domain

# what a lead is told of somebody who is not known yet
LEAD_FIELDS = {
    "contact_name": "contact_name",
    "partner_name": "partner_name",
    "function": "function",
    "email": "email_from",
    "phone": "phone",
    "street": "street",
    "zip": "zip",
    "city": "city",
    "website": "website",
}
QUIET = {
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class CrmResourceWebSubmission(models.Model):
    """Submissions become leads: one for each person who has none open."""

    _inherit = "crm.resource.web.submission"

    def _make_leads(self):
        """Make leads of these submissions of one form, or extend open ones."""
        known = self._get_partners()
        leads = self._get_open_leads(known)
        fresh, later = [], []
        for submission in self:
            keys = submission._get_keys(known.get(submission))
            found = next((leads[key] for key in keys if key in leads), None)
            (later if found else fresh).append(submission)
            leads |= dict.fromkeys(keys, found or submission)
        made = self.browse([s.id for s in fresh])._create_leads(known)
        for submission in later:
            keys = submission._get_keys(known.get(submission))
            lead = leads[keys[0]]
            submission._extend(made.get(lead, lead), known.get(submission))

    def _get_keys(self, partner):
        """Return what says who posted: two with one of these in common are one. Who
        says nothing of himself is nobody else."""
        number = self._get_number()
        keys = [
            partner and ("partner", partner.commercial_partner_id.id),
            self.email and ("email", self.email),
            number and ("phone", number),
        ]
        return [key for key in keys if key] or [("submission", self.id)]

    def _get_number(self):
        country = self.company_id.country_id
        return self.phone and self._phone_format(number=self.phone, country=country)

    def _get_unsaved_customer(self):
        """Return the customer that allocation rules look at."""
        values, form = self._get_values(), self.form_id
        products = [
            int(answer["value"])
            for answer in self.answers
            if answer["type"] == "product"
        ]
        return self.env["res.partner"].new(
            {
                "name": self.label,
                "email": self.email,
                "phone": self.phone,
                "street": values.get("street"),
                "zip": values.get("zip"),
                "city": values.get("city"),
                "company_id": self.company_id.id,
                "registration_source_id": form.source_id.id,
                "interest_categ_ids": self.env["product.product"]
                .browse(products)
                .exists()
                .categ_id.ids,
            }
        )

    def _get_identity_domain(self):
        """Return the domain of contacts and leads with the addresses or numbers."""
        return Domain(
            "email_normalized", "in", self.filtered("email").mapped("email")
        ) | Domain(
            "phone_sanitized",
            "in",
            [number for s in self if (number := s._get_number())],
        )

    def _get_partners(self):
        """Return who of those who posted is known, by submission; customers first."""
        companies = [self.company_id.id, False]
        found = self.env["res.partner"].search(
            self._get_identity_domain()
            & Domain("company_id", "in", companies)
            & Domain("partner_share", "=", True)
        )
        by_key = {}
        for partner in found.sorted(
            lambda p: (not p.commercial_partner_id.customer_state, p.id)
        ):
            by_key.setdefault(("email", partner.email_normalized), partner)
            by_key.setdefault(("phone", partner.phone_sanitized), partner)
        partners = {
            submission: next(
                (by_key[key] for key in submission._get_keys(None) if key in by_key),
                None,
            )
            for submission in self
        }
        return {key: partner for key, partner in partners.items() if partner}

    def _get_open_leads(self, known):
        """Return the open leads of those who posted, by what says who they are."""
        customers = {partner.commercial_partner_id.id for partner in known.values()}
        found = self.env["crm.lead"].search(
            (
                self._get_identity_domain()
                | Domain("partner_id", "child_of", list(customers))
            )
            & Domain("company_id", "in", [self.company_id.id, False])
            & Domain("won_status", "=", "pending"),
            order="id desc",
        )
        leads = {}
        for lead in found:
            for key in (
                ("partner", lead.partner_id.commercial_partner_id.id),
                ("email", lead.email_normalized),
                ("phone", lead.phone_sanitized),
            ):
                if key[1]:
                    leads.setdefault(key, lead)
        return leads

    def _create_leads(self, known):
        """Make a lead of each submission.

        :return: dict of `crm.lead` by submission
        """
        if not self:
            return {}
        holders = self.form_id._get_holders(self, known)
        leads = (
            self.env["crm.lead"]
            .with_context(**QUIET)
            .create(
                [
                    submission._prepare_lead(
                        known.get(submission), *holders[submission]
                    )
                    for submission in self
                ]
            )
        )
        for submission, lead in zip(self, leads, strict=True):
            submission._set_lead(lead, known.get(submission))
        return dict(zip(self, leads, strict=True))

    def _prepare_lead(self, partner, user, team):
        values, form = self._get_values(), self.form_id
        lead = {
            "name": values.get("subject") or f"{form.name}: {self.label}",
            "type": form._get_lead_type(),
            "description": self._get_note(),
            "company_id": self.company_id.id,
            "user_id": user.id,
            "team_id": team.id,
            "source_id": form.source_id.id,
            "medium_id": form.medium_id.id,
            "campaign_id": form.campaign_id.id,
        }
        if partner:
            # whoever knows his address may not change what is kept of a customer: what
            # he typed stands in the note
            return {**lead, "partner_id": partner.id}
        return lead | {
            field: values[name] for name, field in LEAD_FIELDS.items() if name in values
        }

    def _extend(self, lead, partner):
        """Add to a lead what the same person posted later."""
        lead.with_context(**QUIET).message_post(
            body=self._get_note(), subtype_xmlid="mail.mt_note"
        )
        self._set_lead(lead, partner)

    def _set_lead(self, lead, partner):
        self.write(
            {
                "lead_id": lead.id,
                "partner_id": (partner or lead.partner_id).commercial_partner_id.id,
                "user_id": lead.user_id.id,
            }
        )
        if self.form_id.kind == "complaint":
            lead.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Complaint from the web"),
                user_id=(lead.user_id or self.form_user_id).id,
            )
