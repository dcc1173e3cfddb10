from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .crm_resource_assignment import KINDS
from .res_partner_import import NAMED_IN_MESSAGE


class CrmResourceBatch(models.Model):
    """Customers that changed hands together, for one reason."""

    _name = "crm.resource.batch"
    _description = "Batch of Assignments"
    _order = "id desc"

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

    @api.depends("kind", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for batch in self:
            day = format_date(
                self.env, fields.Datetime.context_timestamp(batch, batch.date)
            )
            batch.display_name = f"{labels[batch.kind]}, {day}"

    @api.depends("assignment_ids")
    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.resource.assignment"]._read_group(
                [("batch_id", "in", self.ids)], ["batch_id"], ["__count"]
            )
        )
        for batch in self:
            batch.customer_count = counts.get(batch, 0)

    def _notify_given(self):
        """Tell each person in one message which customers he was given."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_to_id, COUNT(*), (ARRAY_AGG(partner_id ORDER BY id))[:%s]
                  FROM crm_resource_assignment
                 WHERE batch_id = %s AND user_to_id IS NOT NULL AND user_to_id <> %s
                 GROUP BY user_to_id
                """,
                NAMED_IN_MESSAGE,
                self.id,
                self.env.uid,
            )
        )
        for user_id, count, partner_ids in rows:
            user = self.env["res.users"].browse(user_id)
            batch = self.with_env(self.env(context={"lang": user.lang}))
            body = batch.env["ir.qweb"]._render(
                "crm_resource.assignment_given_message",
                {
                    "batch": batch,
                    "count": count,
                    "customers": batch.env["res.partner"].browse(partner_ids),
                },
            )
            batch.env["res.partner"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=batch.env._("You were given %(count)s customers", count=count),
                body=body,
            )
