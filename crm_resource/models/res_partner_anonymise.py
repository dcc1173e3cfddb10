from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# what says who somebody is; region, industry and figures stay, for the statistics
PERSONAL_FIELDS = (
    "barcode",
    "birth_calendar",
    "birth_day",
    "birth_month",
    "birth_year",
    "city",
    "comment",
    "company_name",
    "company_registry",
    "crm_anniversary_label",
    "crm_date_anniversary",
    "crm_fax",
    "crm_home_phone",
    "crm_mobile",
    "department",
    "email",
    "function",
    "hobbies",
    "image_1920",
    "is_birth_month_leap",
    "phone",
    "ref",
    "salutation_id",
    "street",
    "street2",
    "vat",
    "website",
    "zip",
)
PERSONAL_FIELDS_OF_LEADS = (
    "city",
    "contact_name",
    "description",
    "email_cc",
    "email_from",
    "function",
    "partner_name",
    "phone",
    "street",
    "street2",
    "website",
    "zip",
)


class ResPartner(models.Model):
    """Taking what is personal off people and firms who ask for it, or whose data must
    not be kept any longer."""

    _inherit = "res.partner"

    def _anonymise(self):
        """Remove for ever what says who these partners and their contacts are: names,
        addresses, numbers, dates of birth, notes and messages.

        Orders, invoices, figures and histories stay, under a name that says nothing.

        :return: the partners that were changed
        :raise UserError: if one of them logs in, or has something open
        """
        partners = self._get_anonymised()
        partners._check_settled()
        partners._log_anonymised()
        names = partners.filtered("name").mapped("name")
        emails = partners.filtered("email").mapped("email")
        partners._anonymise_documents(names, emails)
        for bank in partners.bank_ids:
            bank.write({"acc_number": f"XXXX{bank.id}", "acc_holder_name": False})
        cleared = dict.fromkeys(PERSONAL_FIELDS, False)
        for partner in partners.with_context(tracking_disable=True):
            partner.write(
                {**cleared, "name": self.env._("Anonymous %(id)s", id=partner.id)}
            )
        partners.active = False
        # last, since some changes are noted by messages
        partners._anonymise_messages()
        partners.flush_recordset()
        return partners

    def _get_anonymised(self):
        """Return these partners and all who belong to them: they lose their names,
        too."""
        return self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )

    def _check_settled(self):
        """Check that nothing is left to do with these partners.

        :raise UserError: if there is
        """
        companies = self.env["res.company"].search([("partner_id", "in", self.ids)])
        if companies:
            raise UserError(
                self.env._(
                    "%(name)s is one of your own companies: it cannot be anonymised.",
                    name=companies[0].name,
                )
            )
        if users := self.user_ids:
            raise UserError(
                self.env._(
                    "%(name)s logs in: remove the user first.", name=users[0].name
                )
            )
        order = self.env["sale.order"].search(
            [
                ("partner_id", "in", self.ids),
                ("state", "=", "sale"),
                ("invoice_status", "=", "to invoice"),
            ],
            limit=1,
        )
        move = self.env["account.move"].search(
            [
                ("partner_id", "in", self.ids),
                ("state", "=", "posted"),
                ("amount_residual", "!=", 0),
                ("payment_state", "in", ["not_paid", "partial"]),
            ],
            limit=1,
        )
        if document := order or move:
            raise UserError(
                self.env._(
                    "%(name)s still has something open: settle %(document)s first.",
                    name=document.partner_id.name,
                    document=document.display_name,
                )
            )

    def _anonymise_messages(self):
        """Remove what was written to and about these partners."""
        of_partners = Domain("model", "=", "res.partner") & Domain(
            "res_id", "in", self.ids
        )
        self.env["mail.message"].search(of_partners).unlink()
        self.env["mail.mail"].search([("recipient_ids", "in", self.ids)]).unlink()
        self.env["mail.activity"].with_context(active_test=False).search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.ids)]
        ).unlink()
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ]
        ).unlink()
        self.env.flush_all()
        # messages of theirs elsewhere stay, with an author who has no name
        self.env.cr.execute(
            SQL(
                "UPDATE mail_message SET email_from = NULL WHERE author_id = ANY(%s)",
                self.ids,
            )
        )
        self.env.invalidate_all(flush=False)

    def _anonymise_documents(self, names, emails):
        """Clear what documents repeat of these partners."""
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False, tracking_disable=True)
            .search(
                # an address alone may be that of somebody else's customer
                Domain("partner_id", "in", self.ids)
                | Domain("partner_id", "=", False)
                & Domain("user_id", "=", False)
                & Domain("email_from", "in", emails)
            )
        )
        cleared = dict.fromkeys(PERSONAL_FIELDS_OF_LEADS, False)
        for lead in leads:
            is_named = any(name in lead.name for name in names)
            title = self.env._("Anonymous %(id)s", id=lead.id)
            lead.write({**cleared, **({"name": title} if is_named else {})})
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
        ).unlink()

    def _log_anonymised(self):
        """Note in the ERP's privacy log, where there is one, what is done."""
        if "privacy.log" not in self.env:
            return
        self.env["privacy.log"].create(
            [
                {
                    "anonymized_name": partner.name or "-",
                    # the log takes nothing that is no address
                    "anonymized_email": partner.email_normalized or "-@-",
                    "execution_details": self.env._("Anonymised"),
                    "records_description": f"res.partner: #{partner.id}",
                }
                for partner in self
            ]
        )
