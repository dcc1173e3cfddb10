from odoo import api, fields, models
from odoo.tools import SQL

from .crm_resource_lifecycle_change import LIFECYCLES


class CrmResourceStanding(models.Model):
    """Where the customer stands between the first contact and the end.

    Rules decide, nobody types it: terminated as long as the customer is; lost or at
    risk by his unsettled churn case; otherwise active if he ever bought, and a prospect
    if not.
    """

    _inherit = "crm.resource.standing"

    lifecycle = fields.Selection(LIFECYCLES, readonly=True)
    date_lifecycle = fields.Date(string="Lifecycle Since", readonly=True)
    relation_state = fields.Selection(
        [
            ("following", "Being Followed Up"),
            ("signed", "Signed"),
            ("terminated", "Contract Terminated"),
        ],
        string="Contract Status",
        readonly=True,
        help="Signed: the customer has bought, has a confirmed order or a running "
        "contract.",
    )

    @api.model
    def _get_signed_sources(self):
        """Hook: which customers are signed besides those who bought, as those with
        running contracts are.

        :return: list of SQL, each a SELECT of ``partner_id``, the commercial entity
        """
        return [
            SQL(
                """
                SELECT partner.commercial_partner_id AS partner_id
                  FROM sale_order
                  JOIN res_partner partner ON partner.id = sale_order.partner_id
                 WHERE sale_order.state = 'sale'
                """
            )
        ]

    @api.model
    def _refresh_lifecycles(self, partners=None):
        """Set the lifecycle and the contract status of customers, all of them if None,
        where they change, and keep the changes.

        The first state is no change, nor that a prospect turns out to have bought
        before he was one.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH found AS (
                    SELECT standing.id, standing.lifecycle AS old,
                           standing.date_first_purchase < standing.date_lifecycle
                               AS was_bought,
                           CASE WHEN partner.date_terminated IS NOT NULL
                                THEN 'terminated'
                                WHEN churn.state = 'lost' THEN 'lost'
                                WHEN churn.state IS NOT NULL THEN 'at_risk'
                                WHEN standing.date_last_purchase IS NOT NULL
                                THEN 'active' ELSE 'prospect' END AS lifecycle,
                           CASE WHEN partner.date_terminated IS NOT NULL
                                THEN 'terminated'
                                WHEN standing.date_last_purchase IS NOT NULL
                                  OR partner.id IN (
                                        SELECT partner_id FROM (%(signed)s) signed
                                         WHERE %(signed_scope)s)
                                THEN 'signed' ELSE 'following' END AS relation_state
                      FROM crm_resource_standing standing
                      JOIN res_partner partner ON partner.id = standing.partner_id
                      LEFT JOIN crm_resource_churn churn
                        ON churn.partner_id = standing.partner_id
                       AND churn.state IN ('open', 'deferred', 'lost')
                     WHERE %(scope)s
                ),
                changed AS (
                    UPDATE crm_resource_standing standing
                       SET lifecycle = found.lifecycle,
                           date_lifecycle = CASE
                               WHEN found.old IS DISTINCT FROM found.lifecycle
                               THEN %(today)s ELSE standing.date_lifecycle END,
                           relation_state = found.relation_state
                      FROM found
                     WHERE found.id = standing.id
                       AND (standing.lifecycle, standing.relation_state)
                           IS DISTINCT FROM (found.lifecycle, found.relation_state)
                 RETURNING standing.partner_id, found.old, found.lifecycle,
                           found.was_bought
                )
                INSERT INTO crm_resource_lifecycle_change (
                    partner_id, lifecycle_from, lifecycle_to, date
                )
                SELECT partner_id, old, lifecycle, %(today)s
                  FROM changed
                 WHERE old <> lifecycle
                   AND (old = 'prospect' AND lifecycle = 'active' AND was_bought)
                       IS NOT TRUE
                """,
                today=fields.Date.context_today(self),
                signed=SQL(" UNION ALL ").join(self._get_signed_sources()),
                signed_scope=SQL("TRUE")
                if partners is None
                else SQL("signed.partner_id = ANY(%s)", partners.ids),
                scope=SQL("TRUE")
                if partners is None
                else SQL("standing.partner_id = ANY(%s)", partners.ids),
            )
        )
        self.env.invalidate_all(flush=False)
