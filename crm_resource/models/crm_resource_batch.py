from odoo import api, fields, models

from .crm_resource_assignment import KINDS


class CrmResourceBatch(models.Model):
    """Customers that changed hands together, for one reason."""

    _name = "crm.resource.batch"
    _description = "Batch of Assignments"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, string="What", required=True, readonly=True)
    reason = fields.Char(readonly=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, string="On"
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date_undone = fields.Datetime(string="Undone On", readonly=True)
    assignment_ids = fields.One2many(
        "crm.resource.assignment", "batch_id", readonly=True
    )
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )

    @api.depends("assignment_ids")
    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.resource.assignment"]._read_group(
                [("batch_id", "in", self.ids)], ["batch_id"], ["__count"]
            )
        )
        for batch in self:
            batch.customer_count = counts.get(batch, 0)
