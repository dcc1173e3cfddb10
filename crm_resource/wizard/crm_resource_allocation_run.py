from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..models.crm_resource_assignment import Holder

# how many customers that stayed where they are a message names
NAMED = 10


class CrmResourceAllocation(models.TransientModel):
    """What the preview says is done."""

    _inherit = "crm.resource.allocation"

    def action_allocate(self):
        """Give the customers to whom the preview says.

        Customers that changed hands since, and people who cannot take customers any
        more, are left alone and named.

        :raise AccessError: if the user allocates no customers, or none to these
        :raise UserError: if nobody is left to allocate
        """
        self.ensure_one()
        self._check_allocator()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, user_from_id, team_from_id, pool_from_id,
                       user_to_id, team_to_id
                  FROM crm_resource_allocation_line
                 WHERE allocation_id = %s
                   AND (user_to_id IS NOT NULL OR team_to_id IS NOT NULL)
                 ORDER BY partner_id
                """,
                self.id,
            )
        )
        expected = {key: Holder(*froms) for key, *froms, _user, _team in rows}
        planned = {key: Holder(user, team) for key, *_froms, user, team in rows}
        self._check_planned(expected, planned)
        # whoever allocates does it by this plan, which he cannot write
        own = self.sudo()
        batch = own.env["crm.resource.batch"].create(
            {
                "kind": "allocate",
                "reason": self.reason,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
            }
        )
        holders = own._get_still_possible(planned)
        moved = own.env["crm.resource.assignment"]._assign(
            holders, "allocate", reason=self.reason, batch=batch, expected=expected
        )
        if not moved:
            raise UserError(
                self.env._(
                    "All of these customers have changed hands since the preview, or "
                    "nobody may take them any more: make a new one."
                )
            )
        own._protect(moved, expected)
        batch._notify_given()
        return self._tell(batch, planned.keys() - set(moved))

    def _check_planned(self, expected, planned):
        """Check that the user still may give these customers to these people.

        :raise AccessError: if he may not
        """
        if self.env["crm.team"]._may_allocate_all():
            return
        teams = self.env["crm.team"]
        led = {*teams._get_led_teams().ids}
        people = {*teams._get_led_members().ids}
        for key, new in planned.items():
            old = expected[key]
            is_own = old.team in led or old.user in people
            is_among = (
                new.user in people | {self.env.uid} if new.user else new.team in led
            )
            if not is_own or not is_among:
                raise AccessError(
                    self.env._(
                        "You do not lead the department of all of these customers and "
                        "people any more: make a new preview."
                    )
                )

    def _get_still_possible(self, planned):
        """Return what of the plan people can still take: others may have given them
        customers since, and they may have gone."""
        users = self.env["res.users"].browse(
            {holder.user for holder in planned.values()} - {None}
        )
        self.env["crm.resource.holder"]._reserve(users.ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT standing.partner_id, partner.user_id, standing.level_id,
                       standing.date_last_purchase IS NOT NULL
                  FROM crm_resource_standing standing
                  JOIN res_partner partner ON partner.id = standing.partner_id
                 WHERE standing.partner_id = ANY(%s)
                """,
                list(planned),
            )
        )
        kinds = {key: kind for key, _user, *kind in rows}
        people, _refused = self.env["crm.resource.allocation.plan"]._get_people(
            users,
            self.company_id,
            self.company_id._get_today(),
            [kind for _key, *kind in rows],
        )
        take = self.env["crm.resource.holding.limit"]._take
        return {
            key: holder
            for key, holder in planned.items()
            if not holder.user
            or holder.user in people
            and key in kinds
            and not take(people[holder.user].rooms, *kinds[key])
        }

    def _protect(self, moved, expected):
        """Do for those who came from pools what these promise."""
        by_pool = {}
        for key in moved:
            by_pool.setdefault(expected[key].pool, []).append(key)
        for pool, keys in by_pool.items():
            if pool:
                self.env["crm.resource.pool"].browse(pool)._protect(keys)

    def _tell(self, batch, left):
        # they stood in the preview
        names = self.env["res.partner"].browse(sorted(left)[:NAMED]).sudo()
        message = left and self.env._(
            "%(count)s customers were left alone, since they changed hands meanwhile "
            "or nobody may take them any more: %(names)s",
            count=len(left),
            names=", ".join(
                [*names.mapped("name"), *(["…"] if len(left) > NAMED else [])]
            ),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "title": self.env._(
                    "%(count)s customers are allocated", count=batch.customer_count
                ),
                "message": message or "",
                "sticky": bool(left),
                "next": {
                    "type": "ir.actions.act_window",
                    "res_model": "crm.resource.batch",
                    "res_id": batch.id,
                    "views": [(False, "form")],
                },
            },
        }
