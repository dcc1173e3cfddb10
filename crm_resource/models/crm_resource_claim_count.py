from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceClaimCount(models.Model):
    """How many customers a person claimed from a pool on a day."""

    _name = "crm.resource.claim.count"
    _description = "Claims of a Day"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    pool_id = fields.Many2one(
        "crm.resource.pool", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    claims = fields.Integer(readonly=True)

    _user_pool_date_unique = models.Constraint(
        "UNIQUE(user_id, pool_id, date)", "Claims of a day are counted once."
    )

    @api.model
    def _count(self, user, pool, date, claims):
        """Add to the claims of a day."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_claim_count AS counted (
                    user_id, pool_id, date, claims
                )
                VALUES (%(user)s, %(pool)s, %(date)s, %(claims)s)
                ON CONFLICT (user_id, pool_id, date)
                DO UPDATE SET claims = counted.claims + EXCLUDED.claims
                """,
                user=user.id,
                pool=pool.id,
                date=date,
                claims=claims,
            )
        )
        self.invalidate_model()
