from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.i18n import format_list

from .crm_resource_assignment import Holder

# what leaders of departments do, and undo
LED_KINDS = ("allocate", "hand_over", "substitute")
# how many customers a message names
NAMED_CUSTOMERS = 10


class CrmResourceBatch(models.Model):
    """A batch can be undone: what changed since is left alone and named."""

    _inherit = "crm.resource.batch"

    pool_id = fields.Many2one(
        "crm.resource.pool",
        string="Pool Concerned",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Its administrators see and undo the batch, too.",
    )
    date_undo_to = fields.Date(
        string="Can Be Undone Until", readonly=True, help="Empty: at any time."
    )
    is_undoable = fields.Boolean(compute="_compute_is_undoable")

    @api.depends("kind", "date_undone", "date_undo_to", "pool_id.admin_ids")
    @api.depends_context("uid")
    def _compute_is_undoable(self):
        for batch in self:
            batch.is_undoable = batch._may_undo() and not batch._get_undo_error()

    def action_undo(self):
        """Give the customers of the batch back to whom they had been with.

        :raise AccessError: if the person may not
        :raise UserError: if it is too late, or nothing is left to undo
        """
        self.ensure_one()
        self.check_access("read")
        if not self._may_undo():
            raise AccessError(
                self.env._(
                    "Batches are undone by market staff and by the administrators of "
                    "the pool concerned: ask one of them."
                )
            )
        error = self._get_undo_error()
        if error:
            raise UserError(error)
        # allocating was checked above; whom it concerns the person need not reach
        moved, left, left_documents = self.sudo()._undo()
        message = self.env._("%(count)s customers are back.", count=len(moved))
        if left:
            message += "\n" + self.env._(
                "Left alone, as something happened to them since: %(customers)s",
                customers=self._get_few_names(left),
            )
        if left_documents:
            message += "\n" + self.env._(
                "%(count)s documents were left alone, as somebody else has them or "
                "finished them.",
                count=len(left_documents),
            )
        is_complete = not left and not left_documents
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_complete else "warning",
                "title": self.env._("Undone"),
                "message": message,
                "sticky": not is_complete,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_few_names(self, customers):
        # whoever undoes the batch knows whom it held
        names = customers[:NAMED_CUSTOMERS].sudo().mapped("display_name")
        more = len(customers) - len(names)
        if more:
            names.append(self.env._("%(count)s more", count=more))
        return format_list(self.env, names)

    def _may_undo(self):
        """Return whether the person may undo the batch, in time or not."""
        user = self.env.user
        return (
            self.env.su
            or user.has_group("crm_resource.group_reviewer")
            or (self.user_id == user and self.kind in LED_KINDS and self._is_led())
            or self._is_administrated()
        )

    def _is_administrated(self):
        """Return whether the person administers the pool concerned; for himself nobody
        undoes a recall."""
        # who administers the pool, and who lost customers to it, is no secret
        batch = self.sudo()
        user = batch.env.user
        return (
            user in batch.pool_id.admin_ids
            and user not in batch.assignment_ids.user_from_id
        )

    def _is_led(self):
        """Return whether the person still allocates among those whom the batch
        concerns."""
        user = self.env.user
        if user.has_group("sales_team.group_sale_salesman_all_leads"):
            return True
        teams = self.env["crm.team"]
        people = teams._get_led_members() | user
        # whom the batch concerns he named himself
        batch = self.sudo()
        given = batch.assignment_ids.user_to_id | batch.document_ids.user_to_id
        return bool(teams._get_led_teams()) and not {*given.ids} - {*people.ids}

    def _get_undo_error(self):
        """Return why the batch cannot be undone, if so."""
        if self.kind == "undo":
            return self.env._("This batch has undone another one: that is not undone.")
        if self.date_undone:
            return self.env._(
                "The batch was undone on %(day)s already.",
                day=fields.Date.to_string(self.date_undone),
            )
        if self.date_undo_to and self.date_undo_to < fields.Date.context_today(self):
            return self.env._(
                "It is too late: the batch could be undone until %(day)s. Assign the "
                "customers from the pool instead.",
                day=fields.Date.to_string(self.date_undo_to),
            )
        return None

    def _undo(self):
        """Give customers that are still where the batch put them back, with what their
        people had planned; leave the others alone.

        :return: tuple: `res.partner` who are back, those left alone, and
            `crm.resource.batch.document` left alone
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT assignment.partner_id,
                       assignment.user_from_id, assignment.team_from_id,
                       assignment.pool_from_id, assignment.user_to_id,
                       assignment.team_to_id, assignment.pool_to_id
                  FROM crm_resource_assignment assignment
                  LEFT JOIN res_users owner ON owner.id = assignment.user_from_id
                  LEFT JOIN crm_team team ON team.id = assignment.team_from_id
                  LEFT JOIN crm_resource_pool pool ON pool.id = assignment.pool_from_id
                 WHERE assignment.batch_id = %s AND assignment.date_end IS NULL
                   -- whoever left gets nobody back
                   AND (assignment.user_from_id IS NULL OR owner.active)
                   AND (assignment.team_from_id IS NULL OR team.id IS NOT NULL)
                   AND (assignment.pool_from_id IS NULL OR pool.id IS NOT NULL)
                """,
                self.id,
            )
        )
        olds = {row[0]: Holder(*row[1:4]) for row in rows}
        batch = self.create(
            {
                "kind": "undo",
                "reason": self.reason,
                "company_id": self.company_id.id,
                "pool_id": self.pool_id.id,
            }
        )
        # before the customers, whose salespeople they follow
        left_documents = self._undo_documents(batch)
        moved = self.env["crm.resource.assignment"]._assign(
            olds,
            "undo",
            reason=self.reason,
            batch=batch,
            expected={row[0]: Holder(*row[4:7]) for row in rows},
        )
        if not moved and not batch.document_ids:
            raise UserError(
                self.env._(
                    "None of the customers is where the batch put him: there is "
                    "nothing to undo."
                )
            )
        self._reopen_activities(moved)
        self.date_undone = fields.Datetime.now()
        partners = self.env["res.partner"].browse(moved)
        batch._notify_undone(olds, moved)
        left = self.assignment_ids.partner_id.exists() - partners
        return partners, left, left_documents

    def _reopen_activities(self, moved):
        """Plan again what was put off when the customers lost their salespeople."""
        warning = self.env.ref("crm_resource.mail_activity_data_recall")
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_activity activity SET active = TRUE
                  FROM res_partner partner
                 WHERE partner.id = ANY(%s) AND activity.res_model = 'res.partner'
                   AND activity.res_id = partner.id
                   AND activity.user_id = partner.user_id
                   AND NOT activity.active AND activity.date_done IS NULL
                   AND activity.activity_type_id IS DISTINCT FROM %s
                """,
                moved,
                warning.id,
            )
        )
        self.env["mail.activity"].invalidate_model(flush=False)

    def _notify_undone(self, olds, moved):
        """Tell each salesperson in one message whom he has again."""
        by_user = {}
        for partner in moved:
            by_user.setdefault(olds[partner].user, []).append(partner)
        for user_id, ids in by_user.items():
            if not user_id:
                continue
            user = self.env["res.users"].browse(user_id)
            batch = self.with_context(lang=user.lang)
            body = batch.env["ir.qweb"]._render(
                "crm_resource.undo_message",
                {
                    "count": len(ids),
                    "reason": batch.reason,
                    "customers": batch.env["res.partner"].browse(ids[:NAMED_CUSTOMERS]),
                },
            )
            self.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=batch.env._(
                    "%(count)s customers are yours again", count=len(ids)
                ),
                body=body,
            )
