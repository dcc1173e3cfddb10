from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceHolder(models.Model):
    """One row for each person who got customers.

    The ERP runs REPEATABLE READ: whoever counts, even under a lock, does not see what
    others committed since his transaction began. Every gift of customers therefore
    updates the row of the person who gets them: of two at once the second fails, is
    tried again by the server, and counts what the first did.
    """

    _name = "crm.resource.holder"
    _description = "Holder of Customers"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    changes = fields.Integer(readonly=True)

    _user_unique = models.Constraint("UNIQUE(user_id)", "A person has one such row.")

    @api.model
    def _reserve(self, user_ids):
        """Let nobody else give these people customers until the transaction ends.

        :param user_ids: iterable of ids of `res.users`, may hold None
        """
        # always in the same order, lest two wait for each other
        ids = sorted({*user_ids} - {None, False})
        if ids:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO crm_resource_holder AS holder (user_id, changes)
                    SELECT UNNEST(%s::int4[]), 1
                    ON CONFLICT (user_id) DO UPDATE SET changes = holder.changes + 1
                    """,
                    ids,
                )
            )
