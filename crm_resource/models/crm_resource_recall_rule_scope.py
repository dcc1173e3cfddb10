from odoo import models
from odoo.tools import SQL


class CrmResourceRecallRule(models.Model):
    """Which rule holds a customer, and what it asks for."""

    _inherit = "crm.resource.recall.rule"

    def _get_rules_query(self, rules, kinds):
        """Return the SELECT of what the rules ask for."""
        clock = self.env["crm.resource.clock"]
        return SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT %(id)s AS id, %(company)s AS company_id, %(pool)s AS pool_id,
                       %(is_all)s AS is_all, %(protection)s AS is_protection,
                       %(warn)s AS warn_days, %(escalate)s AS escalate_days,
                       %(zone)s AS zone %(days)s
                """,
                id=rule.id,
                company=rule.company_id.id,
                pool=rule.pool_id.id,
                is_all=rule.operator == "all",
                protection=rule.is_protection,
                warn=rule.warn_days,
                escalate=rule.escalate_days,
                zone=clock._get_zone(rule.company_id),
                days=SQL("").join(
                    SQL(
                        ", %s AS %s",
                        rule[f"{kind}_days"],
                        SQL.identifier(f"{kind}_days"),
                    )
                    for kind in kinds
                ),
            )
            for rule in rules
        )

    def _get_scope_query(self, rules, partners):
        """Return the SELECT of customers with their rule: the first that holds them.

        A customer of no company falls under the rules of his salesperson's.
        """
        return SQL(
            """
            SELECT customer.*,
                   CASE %(scopes)s END AS recall_rule_id
              FROM (
                    SELECT partner.id AS partner_id, partner.user_id,
                           COALESCE(partner.team_id, owner.sale_team_id) AS team_id,
                           COALESCE(partner.company_id, owner.company_id) AS company_id,
                           partner.date_held_from, partner.create_date,
                           partner.date_protected_to, standing.level_id,
                           standing.date_last_contact, standing.date_last_purchase,
                           standing.date_recall_warned, standing.date_recall_escalated
                      FROM crm_resource_standing standing
                      JOIN res_partner partner ON partner.id = standing.partner_id
                      JOIN res_users owner ON owner.id = partner.user_id
                     WHERE partner.customer_state = 'approved' AND partner.active
                       AND partner.date_terminated IS NULL AND %(partners)s
                   ) customer
            """,
            scopes=SQL(" ").join(
                SQL("WHEN %s THEN %s", rule._get_scope_condition(), rule.id)
                for rule in rules
            ),
            partners=SQL("TRUE")
            if partners is None
            else SQL("partner.id = ANY(%s)", partners.ids),
        )

    def _get_scope_condition(self):
        """Return the condition for the customers of this rule whom its pool takes."""
        self.ensure_one()
        conditions = [SQL("customer.company_id = %s", self.company_id.id)]
        if self.level_ids:
            conditions.append(SQL("customer.level_id = ANY(%s)", self.level_ids.ids))
        if self.team_ids:
            teams = self.env["crm.team"].search([("id", "child_of", self.team_ids.ids)])
            conditions.append(SQL("customer.team_id = ANY(%s)", teams.ids))
        if self.lifecycle != "all":
            conditions.append(
                SQL("customer.date_last_purchase IS NULL")
                if self.lifecycle == "never"
                else SQL("customer.date_last_purchase IS NOT NULL")
            )
        domain = self.pool_id._get_typed_domain()
        if not domain.is_true():
            admitted = self.env["res.partner"]._search(domain)
            conditions.append(SQL("customer.partner_id IN %s", admitted.subselect()))
        return SQL(" AND ").join(conditions)
