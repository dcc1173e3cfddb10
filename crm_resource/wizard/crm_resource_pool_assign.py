from odoo import fields, models
from odoo.exceptions import AccessError


class CrmResourcePoolAssign(models.TransientModel):
    """An administrator gives customers of his pool to somebody."""

    _name = "crm.resource.pool.assign"
    _description = "Assign Customers From a Pool"

    customer_ids = fields.Many2many(
        "crm.resource.pool.customer",
        "crm_resource_pool_assign_customer_rel",
        string="Customers",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        domain=[("share", "=", False)],
    )
    reason = fields.Char()

    def action_assign(self):
        """Give the chosen customers to the chosen person.

        :raise AccessError: if the user does not administrate their pools
        """
        self.ensure_one()
        customers = self.customer_ids
        customers.check_access("read")
        if not customers.pool_id._is_administrated():
            raise AccessError(
                self.env._(
                    "Only the administrators of the pool and market staff assign its "
                    "customers: claim them, or ask one of these."
                )
            )
        # an administrator does not reach the customers themselves
        for pool, chosen in customers.sudo().grouped("pool_id").items():
            pool._give_out(self.user_id.sudo(), chosen.ids, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
