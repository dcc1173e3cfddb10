import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .crm_resource_audience import Reach
from .crm_resource_reach_mixin import freeze
from .res_partner import INTERNAL

# until a customer is approved, those who enter customers work on him
ENTRY_STATES = ["new", "submitted", "returned", "rejected"]
# what takes a contact away from its customer
MOVING_FIELDS = {"is_company", "parent_id"}


class ResPartner(models.Model):
    """Who reaches a customer: his owner, the leaders above his department, and those
    who help. Contacts are reached like their customer; all others by everybody."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.resource.reach.mixin"]

    _reach_is_document = False

    collaborator_ids = fields.One2many(
        "crm.resource.collaborator",
        "partner_id",
        string="Collaborators",
        groups=INTERNAL,
    )

    _customer_audience_idx = models.Index(
        "(audience_id, complete_name) WHERE customer_state IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Whom a salesperson enters is his, if he names nobody: else he would not see
        him any more."""
        user = self.env.user
        if (
            not self.env.su
            and user.has_group("sales_team.group_sale_salesman")
            and not user.has_group("crm_resource.group_clerk")
        ):
            state = self.env.context.get("default_customer_state")
            vals_list = [
                {"user_id": user.id, **vals}
                if not vals.get("parent_id") and vals.get("customer_state", state)
                else vals
                for vals in vals_list
            ]
        # computed; that it is readonly keeps no call from outside from writing it
        vals_list = [
            {name: vals[name] for name in vals if name != "commercial_partner_id"}
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        """A contact is not moved to a customer whom the person does not reach, and not
        with orders on the terms of the customer he leaves."""
        # as in `create`
        vals = {name: vals[name] for name in vals if name != "commercial_partner_id"}
        if MOVING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        customers = {contact: contact.commercial_partner_id for contact in self}
        result = super().write(vals)
        if vals.get("parent_id"):
            self.check_access("write")
        self.filtered(
            lambda contact: (
                contact.commercial_partner_id != customers[contact]
                and customers[contact].customer_state
            )
        )._check_movable(customers)
        return result

    def _check_movable(self, customers):
        """Check that contacts may leave their customers.

        :param dict customers: `res.partner` whom they leave, by contact
        :raise AccessError: if they may not
        """
        if self.env.su or self.env.user.has_group("crm_resource.group_reviewer"):
            return
        for contact in self:
            before = customers[contact].date_hidden_before
            if before and contact.create_date < before:
                raise AccessError(
                    self.env._(
                        "%(contact)s belongs to the hidden past of %(customer)s: ask a "
                        "customer reviewer to move this contact.",
                        contact=contact.name,
                        customer=customers[contact].name,
                    )
                )
        # that there are orders is no secret to whoever edits the contact
        order = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("state", "=", "sale"),
                    "|",
                    ("partner_id", "in", self.ids),
                    ("partner_invoice_id", "in", self.ids),
                ],
                limit=1,
            )
        )
        if order:
            raise AccessError(
                self.env._(
                    "%(contact)s has orders on the terms of a customer: enter a new "
                    "contact, or ask a customer reviewer to move this one.",
                    contact=(order.partner_id & self or order.partner_invoice_id).name,
                )
            )

    @api.depends(
        "partner_share",
        "commercial_partner_id.customer_state",
        "commercial_partner_id.user_id",
        "commercial_partner_id.team_id",
        "commercial_partner_id.pool_id",
        "commercial_partner_id.collaborator_ids.user_id",
        "commercial_partner_id.collaborator_ids.access",
    )
    def _compute_audience_id(self):
        return super()._compute_audience_id()

    @api.model
    def _get_reached_ids(self, operation):
        # False: no customer
        return [*super()._get_reached_ids(operation), False]

    def _get_owners(self):
        customer = self.commercial_partner_id
        # colleagues are seen by everybody, whatever company they belong to
        if not customer.customer_state or not self.partner_share:
            return ()
        # in a pool a customer is nobody's, and nobody helps
        helpers = customer.collaborator_ids.browse()
        if not customer.pool_id:
            helpers = customer.collaborator_ids.sorted(lambda helper: helper.user_id.id)
        by_access = helpers.grouped("access")
        return (
            customer.user_id.id or 0,
            customer.team_id.id or 0,
            customer.customer_state in ENTRY_STATES,
            *(
                tuple(by_access[access].user_id.ids) if access in by_access else ()
                for access in ("edit", "read")
            ),
        )

    @api.model
    def _get_owners_source(self, partners):
        # as above
        return self._get_helped_source(partners, SQL("customer.pool_id IS NULL"))

    def _get_helped_source(self, partners, is_helped):
        return SQL(
            """
            SELECT partner.id,
                   CASE WHEN customer.customer_state IS NULL
                             OR NOT partner.partner_share THEN '[]'
                        ELSE JSONB_BUILD_ARRAY(
                            COALESCE(customer.user_id, 0),
                            COALESCE(customer.team_id, 0),
                            customer.customer_state = ANY(%(entry)s),
                            COALESCE(helper.editors, '[]'),
                            COALESCE(helper.readers, '[]'))::text
                   END AS owners
              FROM res_partner partner
              JOIN res_partner customer ON customer.id = partner.commercial_partner_id
              LEFT JOIN (
                    SELECT partner_id,
                           JSONB_AGG(user_id ORDER BY user_id)
                               FILTER (WHERE access = 'edit') AS editors,
                           JSONB_AGG(user_id ORDER BY user_id)
                               FILTER (WHERE access = 'read') AS readers
                      FROM crm_resource_collaborator
                     WHERE %(helped)s
                     GROUP BY partner_id
                   ) helper ON helper.partner_id = customer.id AND %(is_helped)s
             WHERE %(scope)s
            """,
            entry=ENTRY_STATES,
            is_helped=is_helped,
            # those of all others would be put together, too
            helped=_limit("partner_id", partners),
            scope=_limit("customer.id", partners),
        )

    @api.model
    def _get_reaches(self, owners):
        return {
            key: Reach(
                editors=frozenset({key[0], *key[3]} - {0}),
                readers=frozenset(key[4]),
                teams=frozenset({key[1]} - {0}),
                is_entry=key[2],
            )
            if key
            else None
            for key in owners
        }

    @api.model
    def _get_audiences_of(self, holders):
        """Return the ids of the audiences that customers will have with other owners.

        :param dict holders: `Holder` by id of customer
        :return: dict of ids, None where everybody reaches the customer, by id; whoever
            is no customer of his own any more is missing
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) source WHERE id = ANY(%s)",
                self._get_helped_source(self.browse(holders), SQL("TRUE")),
                list(holders),
            )
        )
        owners = {}
        for key, text in rows:
            user, team, pool = holders[key]
            match freeze(json.loads(text)):
                case _user, _team, is_entry, *helpers:
                    helpers = ((), ()) if pool else helpers
                    owners[key] = (user or 0, team or 0, is_entry, *helpers)
                case _:
                    owners[key] = ()
        audiences = self._get_audiences({*owners.values()})
        return {key: audiences[owner] for key, owner in owners.items()}

    @api.model
    def _refresh_audiences(self, partners=None):
        """Set the audience of many customers, of their contacts and documents."""
        result = super()._refresh_audiences(partners)
        self._refresh_document_audiences(partners)
        return result

    @api.model
    def _pass_on_audiences(self, customers):
        """Set the audience of the contacts and documents of customers who have theirs
        already."""
        # colleagues have no audience that could be passed on
        colleagues = self.env.execute_query(
            SQL(
                """
                WITH passed AS (
                    UPDATE res_partner contact
                       SET audience_id = customer.audience_id
                      FROM res_partner customer
                     WHERE customer.id = ANY(%(ids)s) AND customer.partner_share
                       AND contact.commercial_partner_id = customer.id
                       AND contact.partner_share
                       AND contact.audience_id IS DISTINCT FROM customer.audience_id
                )
                SELECT id FROM res_partner
                 WHERE id = ANY(%(ids)s) AND NOT partner_share
                """,
                ids=customers.ids,
            )
        )
        self.invalidate_model(["audience_id"])
        if colleagues:
            self._refresh_audiences(self.browse(key for (key,) in colleagues))
        self._refresh_document_audiences(customers)

    def _refresh_document_audiences(self, partners):
        self._refresh_audiences_of(self._get_document_models(), partners)

    @api.model
    def _get_document_models(self):
        """Hook: the models of documents that whoever reaches a customer reaches.

        :return: list of names of models that inherit `crm.resource.document.mixin`
        """
        return ["crm.lead", "sale.order", "account.move"]


def _limit(column, partners):
    """Return the condition that a column is one of these partners, None: any."""
    if partners is None:
        return SQL("TRUE")
    return SQL("%s = ANY(%s)", SQL.identifier(*column.split(".")), partners.ids)
