from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

# key of what a transaction remembers: ids of customers by id of their owner's partner
GIVEN = "crm_resource.given_customers"
# how many customers a message to their salesperson names
NAMED_IN_MESSAGE = 10


class ResPartner(models.Model):
    """Importing customers from a file."""

    _inherit = "res.partner"

    @api.model
    def load(self, fields, data):
        """Import customers without a message for each of them, which is nine tenths of
        the time it takes; every row is checked as ever."""
        if not self.env.context.get("default_customer_state"):
            return super().load(fields, data)
        before = self._get_customer_owners() if {"id", ".id"} & set(fields) else {}
        quiet = self.with_context(**self._get_import_context())
        result = super(ResPartner, quiet).load(fields, data)
        imported = self.browse(result["ids"] or [])
        given = imported.filtered(lambda c: c.user_id.id != before.get(c.id, False))
        for owner, customers in given.grouped("user_id").items():
            if owner:
                customers._give_to(owner)
        return result

    @api.model
    def _get_customer_owners(self):
        """Return the ids of the owners of all customers by the ids of these."""
        self.flush_model(["customer_state", "user_id"])
        query = "SELECT id, user_id FROM res_partner WHERE customer_state IS NOT NULL"
        return dict(self.env.execute_query(SQL(query)))

    def _give_to(self, owner):
        """Let the owner follow his new customers, and tell him once all is done: a
        trial of an import is rolled back before, and tells nobody."""
        self.message_subscribe(owner.partner_id.ids)
        if owner == self.env.user:
            return
        precommit = self.env.cr.precommit
        given = precommit.data.setdefault(GIVEN, defaultdict(set))
        given[owner.partner_id.id].update(self.ids)
        precommit.add(self.browse()._tell_salespeople)

    @api.model
    def _tell_salespeople(self):
        """Tell each salesperson in one message how many customers he was given."""
        given = self.env.cr.precommit.data.pop(GIVEN, {})
        for owner_id, ids in given.items():
            customers = self.browse(sorted(ids)).exists()
            owner = self.browse(owner_id)
            if customers:
                customers.with_context(lang=owner.lang)._tell_salesperson(owner)

    def _tell_salesperson(self, owner):
        names = [Markup("<li>%s</li>") % c.name for c in self[:NAMED_IN_MESSAGE]]
        if len(self) > NAMED_IN_MESSAGE:
            names.append(Markup("<li>…</li>"))
        self.env["res.partner"].message_notify(
            partner_ids=owner.ids,
            subject=self.env._("You were given %(count)s customers", count=len(self)),
            body=Markup("<ul>%s</ul>") % Markup().join(names),
        )

    def _convert_fields_to_values(self, field_names):
        """Contacts take over terms of their company from it, its credit limit for
        instance: whoever imports contacts need not be allowed to read these."""
        self._origin.check_access("read")
        # the values only pass from the company, which the user reaches, to its contacts
        company = self.sudo()
        return super(ResPartner, company)._convert_fields_to_values(field_names)

    @api.model
    def get_import_templates(self):
        """Offer a file for customers where customers are imported, and one for contacts
        in their library."""
        templates = self.env["crm.resource.import.template"]
        if self.env.context.get("default_customer_state"):
            return [templates._get_button("customers")]
        if self.env.context.get("crm_resource_contacts"):
            return [templates._get_button("contacts")]
        return super().get_import_templates()
