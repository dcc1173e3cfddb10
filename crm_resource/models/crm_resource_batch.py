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
                SELECT given.user_to_id, COUNT(*),
                       (ARRAY_AGG(given.partner_id ORDER BY given.id))[:%(named)s],
                       (ARRAY_AGG(partner.complete_name ORDER BY given.id))[:%(named)s]
                  FROM crm_resource_assignment given
                  JOIN res_partner partner ON partner.id = given.partner_id
                 WHERE given.batch_id = %(batch)s AND given.user_to_id IS NOT NULL
                   AND given.user_to_id <> %(author)s
                 GROUP BY given.user_to_id
                """,
                named=NAMED_IN_MESSAGE,
                batch=self.id,
                author=self.env.uid,
            )
        )
        # one after the other they would be read one by one
        users = self.env["res.users"].browse(user_id for user_id, *_rest in rows)
        for user, (_user_id, count, ids, names) in zip(users, rows, strict=True):
            batch = self.with_env(self.env(context={"lang": user.lang}))
            body = batch.env["ir.qweb"]._render(
                "crm_resource.assignment_given_message",
                {
                    "reason": batch.reason,
                    "model": "res.partner",
                    "count": count,
                    "named": list(zip(ids, names, strict=True)),
                },
            )
            batch.env["res.partner"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=batch.env._("You were given %(count)s customers", count=count),
                body=body,
            )
