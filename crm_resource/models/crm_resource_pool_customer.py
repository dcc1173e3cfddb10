from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .res_partner import MONEY_GROUPS

# what a pool may hide: the column of the contact or of his standing
MASKED_COLUMNS = {
    "customer_code": SQL("partner.customer_code"),
    "phone": SQL("partner.phone"),
    "email": SQL("partner.email"),
    "website": SQL("partner.website"),
    "vat": SQL("partner.vat"),
    "street": SQL("partner.street"),
    "city": SQL("partner.city"),
    "registration_source_id": SQL("partner.registration_source_id"),
    "customer_type_id": SQL("partner.customer_type_id"),
    "turnover": SQL("standing.turnover"),
    "date_last_purchase": SQL("standing.date_last_purchase"),
    "date_last_contact": SQL("standing.date_last_contact"),
    "user_last_id": SQL("entered.user_from_id"),
    "reason": SQL("entered.reason"),
}
MASKABLE = tuple(MASKED_COLUMNS)


class CrmResourcePoolCustomer(models.Model):
    """A customer as those who may claim him see him.

    They do not reach his record: what a pool hides is empty here, in lists, filters,
    groups, exports and totals alike.
    """

    _name = "crm.resource.pool.customer"
    _description = "Customer in a Pool"
    _auto = False
    _order = "date_pooled desc, id desc"

    pool_id = fields.Many2one("crm.resource.pool", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    name = fields.Char(readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    region_id = fields.Many2one("crm.resource.region", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    date_pooled = fields.Datetime(string="In the Pool Since", readonly=True)
    user_last_id = fields.Many2one(
        "res.users", string="Previous Salesperson", readonly=True
    )
    reason = fields.Char(readonly=True)
    customer_code = fields.Char(string="Code", readonly=True)
    phone = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    website = fields.Char(readonly=True)
    vat = fields.Char(string="Tax ID", readonly=True)
    street = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    registration_source_id = fields.Many2one(
        "utm.source", string="Source", readonly=True
    )
    customer_type_id = fields.Many2one("crm.resource.dictionary", readonly=True)
    turnover = fields.Monetary(readonly=True, groups=MONEY_GROUPS)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_last_purchase = fields.Date(string="Last Purchase", readonly=True)
    date_last_contact = fields.Date(string="Last Contact", readonly=True)
    claim_message = fields.Char(string="Why Not Now", compute="_compute_claim_message")

    _depends = {
        "crm.resource.assignment": ["date_end", "user_from_id", "reason"],
        "crm.resource.pool": ["company_id", "hidden_field_ids"],
        "crm.resource.standing": [
            "currency_id",
            "date_last_contact",
            "date_last_purchase",
            "level_id",
            "turnover",
        ],
        "res.partner": [
            "active",
            "city",
            "company_id",
            "complete_name",
            "country_id",
            "customer_code",
            "customer_state",
            "customer_type_id",
            "date_held_from",
            "email",
            "industry_id",
            "phone",
            "pool_id",
            "region_id",
            "registration_source_id",
            "street",
            "vat",
            "website",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT partner.id, partner.pool_id, partner.complete_name AS name,
                   COALESCE(partner.company_id, pool.company_id) AS company_id,
                   partner.region_id, partner.industry_id, partner.country_id,
                   partner.date_held_from AS date_pooled,
                   standing.level_id, standing.currency_id,
                   %(masked)s
              FROM res_partner partner
              JOIN (
                    SELECT pool.id, pool.company_id, ARRAY(
                               SELECT field.name
                                 FROM crm_resource_pool_hidden_field_rel hidden
                                 JOIN ir_model_fields field
                                   ON field.id = hidden.ir_model_fields_id
                                WHERE hidden.crm_resource_pool_id = pool.id
                           ) AS hidden
                      FROM crm_resource_pool pool
                   ) pool ON pool.id = partner.pool_id
              LEFT JOIN crm_resource_standing standing
                ON standing.id = partner.standing_id
              LEFT JOIN crm_resource_assignment entered
                ON entered.partner_id = partner.id AND entered.date_end IS NULL
             WHERE partner.pool_id IS NOT NULL AND partner.active
               AND partner.customer_state IS NOT NULL
            """,
            masked=SQL(", ").join(
                SQL(
                    "CASE WHEN %s = ANY(pool.hidden) THEN NULL ELSE %s END AS %s",
                    name,
                    column,
                    SQL.identifier(name),
                )
                for name, column in MASKED_COLUMNS.items()
            ),
        )

    @api.depends_context("uid")
    @api.depends("pool_id")
    def _compute_claim_message(self):
        for pool, customers in self.grouped("pool_id").items():
            refusals = pool._get_refusals(self.env.user, customers.ids)
            for customer in customers:
                customer.claim_message = refusals.get(customer.id, False)

    def action_claim(self):
        """Make the chosen customers the user's own: all of them, or all but those who
        are named with the rule that forbids it.

        :raise AccessError: if the user sees none of them
        :raise UserError: if none can be claimed
        """
        found = self._get_mine()
        if not found:
            self.exists().check_access("read")
        # the pool looks at what the user may not see, and lets him do what it allows
        claimed, refusals = [], {}
        for pool, ids in found.items():
            got, refused = pool.sudo()._claim(self.env.user, ids)
            claimed += got
            refusals |= refused
        gone = set(self.ids) - set(claimed) - set(refusals)
        messages = [*refusals.values()]
        if gone:
            messages.append(
                self.env._(
                    "%(count)s of them left the pool a moment ago, or somebody is "
                    "claiming them: reload the page.",
                    count=len(gone),
                )
            )
        if not claimed:
            raise UserError("\n".join(messages))
        return self._tell_claimed(claimed, messages)

    def _get_mine(self):
        """Return the ids of those who are left, by pool from which the user claims:
        what a search would find, without the time to look at what pools hide."""
        self.browse().check_access("read")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT pool_id, ARRAY_AGG(id ORDER BY place)
                  FROM UNNEST(%s::int4[]) WITH ORDINALITY asked(id, place)
                  JOIN res_partner USING (id)
                 WHERE pool_id IS NOT NULL AND active AND customer_state IS NOT NULL
                 GROUP BY pool_id
                """,
                self.ids,
            )
        )
        found = {self.env["crm.resource.pool"].browse(pool): ids for pool, ids in rows}
        return {
            pool: ids
            for pool, ids in found.items()
            if pool.has_access("read") and pool.is_mine
        }

    def _tell_claimed(self, claimed, messages):
        if len(claimed) == 1 and not messages:
            return {
                "type": "ir.actions.act_window",
                "res_model": "res.partner",
                "res_id": claimed[0],
                "views": [(False, "form")],
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if messages else "success",
                "title": self.env._(
                    "%(count)s customers are yours now", count=len(claimed)
                ),
                "message": "\n".join(messages),
                "sticky": bool(messages),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
