from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

RECEIVERS = [
    ("customer", "The Customer"),
    ("main", "Main Contact"),
    ("invoice", "Billing Contact"),
    ("contacts", "All Contacts"),
]
CHANNELS = [("mail", "E-mail"), ("sms", "SMS")]
REASONS = [
    ("unapproved", "Not approved"),
    ("terminated", "Terminated"),
    ("pool", "In the pool"),
    ("opt_out", "Wants no care"),
    ("blacklist", "On the blacklist"),
    ("no_email", "No e-mail address"),
    ("no_phone", "No phone number"),
    ("duplicate", "Same address as another one"),
]
# who is meant of the contacts of a customer; where there is none, he is it himself
CONTACTS = {
    "customer": SQL("FALSE"),
    "main": SQL("contact.is_main_contact"),
    "invoice": SQL("contact.type = 'invoice'"),
    "contacts": SQL(
        "contact.type = 'contact' AND NOT COALESCE(contact.is_company, FALSE)"
    ),
}


class CrmResourceTargetMixin(models.AbstractModel):
    """Whom a message is for, who is left out, and why: one statement for any number of
    customers, with the rights of whoever answers for it."""

    _name = "crm.resource.target.mixin"
    _description = "Selection of Customers"
    _inherit = "crm.resource.condition.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    category_ids = fields.Many2many(
        "res.partner.category", string="Tags", help="One of these. Empty: all."
    )
    channel = fields.Selection(CHANNELS, required=True, default="mail")
    receiver = fields.Selection(
        RECEIVERS,
        string="Addressed To",
        required=True,
        default="customer",
        help="Of customers without such a contact, it goes to the customer.",
    )
    is_pool_included = fields.Boolean(
        string="Also Customers in the Pool",
        help="Otherwise customers whom nobody looks after are left out.",
    )

    @api.model
    def _get_answered_fields(self):
        return super()._get_answered_fields() | {
            "category_ids",
            "channel",
            "company_id",
            "domain",
            "is_pool_included",
            "receiver",
        }

    def _get_typed_domain(self):
        domain = super()._get_typed_domain()
        if self.category_ids:
            domain &= Domain("category_id", "in", self.category_ids.ids)
        return domain

    def _get_target_query(self):
        """Return the SELECT of ``partner_id``, ``customer_id``, ``user_id``,
        ``team_id``, ``level_id``, ``address``, and ``reason``: why he is left out, or
        NULL. One address is reached once.
        """
        self.ensure_one()
        return SQL(
            """
            SELECT partner_id, customer_id, user_id, team_id, level_id, address,
                   CASE WHEN reason IS NULL AND ROW_NUMBER() OVER (
                             PARTITION BY address, reason IS NULL
                             ORDER BY customer_id, partner_id) > 1
                        THEN 'duplicate' ELSE reason END AS reason
              FROM (%s) candidate
            """,
            self._get_candidates_query(),
        )

    def _get_candidates_query(self):
        partners = self._as_responsible(self.env["res.partner"])
        matching = partners._search(
            self._get_typed_domain()
            & Domain("customer_state", "!=", False)
            & Domain("company_id", "in", [False, self.company_id.id])
        )
        return SQL(
            """
            SELECT receiver.id AS partner_id, customer.id AS customer_id,
                   customer.user_id, customer.team_id, standing.level_id,
                   %(address)s AS address,
                   CASE WHEN customer.customer_state <> 'approved' THEN 'unapproved'
                        WHEN customer.date_terminated IS NOT NULL THEN 'terminated'
                        WHEN customer.user_id IS NULL AND NOT %(pool)s THEN 'pool'
                        ELSE %(reason)s END AS reason
              FROM res_partner customer
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = customer.id
              LEFT JOIN res_partner contact
                ON contact.commercial_partner_id = customer.id
               AND contact.id <> customer.id AND contact.active AND %(contacts)s
              JOIN res_partner receiver
                ON receiver.id = COALESCE(contact.id, customer.id)
             WHERE customer.id IN %(matching)s
            """,
            address=self._get_address(),
            pool=self.is_pool_included,
            reason=self.env["crm.resource.care.rule"]._get_reason(self.channel),
            contacts=CONTACTS[self.receiver],
            matching=matching.subselect(),
        )

    def _get_address(self):
        """Return the expression of where a ``receiver`` is reached."""
        if self.channel == "mail":
            return SQL("receiver.email_normalized")
        return SQL("COALESCE(receiver.crm_mobile_sanitized, receiver.phone_sanitized)")
