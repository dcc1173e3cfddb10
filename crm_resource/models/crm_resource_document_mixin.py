from odoo import api, models
from odoo.tools import SQL

from .crm_resource_audience import Reach


class CrmResourceDocumentMixin(models.AbstractModel):
    """A document that its salesperson, his department and whoever reaches its customer
    reach."""

    _name = "crm.resource.document.mixin"
    _inherit = "crm.resource.reach.mixin"
    _description = "Document With an Audience"

    # the fields that say whose the document is
    _reach_user = "user_id"
    _reach_team = "team_id"
    _reach_partner = "partner_id"
    # the fields through which it shows what is known of partners
    _reach_partners = ("partner_id",)
    # which rows of the table, named ``document``, are such documents
    _reach_documents = SQL("TRUE")

    @api.depends(
        lambda self: (
            self._reach_user,
            self._reach_team,
            f"{self._reach_partner}.audience_id",
            f"{self._reach_partner}.commercial_partner_id.date_hidden_before",
        )
    )
    def _compute_audience_id(self):
        return super()._compute_audience_id()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse customers whom the person does not reach: a document would show what
        he may not see."""
        self._check_partner_access(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """As `create`; what is there already may stay."""
        self._check_partner_access(vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        """As `create`: whoever calls chooses the context."""
        values = super().default_get(fields)
        self.browse()._check_partner_access(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """As `create`: what is filled in would show it as well."""
        self._check_partner_access(values)
        return super().onchange(values, field_names, fields_spec)

    def _check_partner_access(self, *vals_list):
        """Check that the person may read the partners that documents shall refer to.

        :raise AccessError: if he may not
        """
        if self.env.su:
            return
        named = self.env["res.partner"]
        for vals in vals_list:
            for name in self._reach_partners:
                value = vals.get(name) or ()
                partner = named.browse(getattr(value, "id", value))
                if partner != self[name]:
                    named |= partner
        named.check_access("read")

    def _get_owners(self):
        partner = self[self._reach_partner]
        return (
            self[self._reach_user].id or 0,
            self[self._reach_team].id or 0,
            partner.audience_id.id or 0,
            self._get_barred_user(partner.commercial_partner_id).id or 0,
        )

    def _get_barred_user(self, customer):
        """Return the customer's salesperson if he is not shown what is older than his
        claim."""
        before = customer.date_hidden_before
        # a document that is being created is younger
        if before and self.create_date and self.create_date < before:
            return customer.user_id
        return customer.user_id.browse()

    @api.model
    def _get_owners_source(self, partners):
        return SQL(
            """
            SELECT document.id,
                   JSONB_BUILD_ARRAY(
                       COALESCE(document.%(user)s, 0), COALESCE(document.%(team)s, 0),
                       COALESCE(partner.audience_id, 0),
                       CASE WHEN document.create_date < customer.date_hidden_before
                            THEN COALESCE(customer.user_id, 0) ELSE 0 END
                   )::text AS owners
              FROM %(table)s document
              LEFT JOIN res_partner partner ON partner.id = document.%(partner)s
              LEFT JOIN res_partner customer
                ON customer.id = partner.commercial_partner_id
             WHERE %(documents)s AND %(scope)s
            """,
            table=SQL.identifier(self._table),
            user=SQL.identifier(self._reach_user),
            team=SQL.identifier(self._reach_team),
            partner=SQL.identifier(self._reach_partner),
            documents=self._reach_documents,
            scope=SQL("TRUE")
            if partners is None
            else SQL("partner.commercial_partner_id = ANY(%s)", partners.ids),
        )

    @api.model
    def _get_reaches(self, owners):
        # nobody reads audiences, which follow from what he may not see
        Audience = self.env["crm.resource.audience"].sudo()
        bases = Audience.browse({base for _user, _team, base, _barred in owners} - {0})
        reaches = {base.id: base._get_reach() for base in bases}
        return {
            (user, team, base, barred): Reach(
                editors=frozenset({user} - {0}),
                teams=frozenset({team} - {0}),
                # as in the ERP; who is looked after is no business of everybody
                is_open=not user and not base,
                is_document=True,
            )
            | reaches.get(base, Reach())._without(barred)
            for user, team, base, barred in owners
        }
