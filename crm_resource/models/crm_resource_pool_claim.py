from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from .crm_resource_assignment import Holder

# how many refused customers a message names
NAMED = 10


class CrmResourcePool(models.Model):
    """Claims: who gets a customer of the pool, and when."""

    _inherit = "crm.resource.pool"

    def _claim(self, user, ids):
        """Give a person customers of this pool, as far as its rules allow.

        Of two who claim the same customer at once one gets him. The person's limits
        hold however many claims come at the same time: the gift reserves the person, so
        that all but one wait or are tried again, and then count what the first did.

        :param user: `res.users`
        :param list ids: ids of customers
        :return: the ids of those he got, and why not by id of the others; those whom
            somebody else is claiming are in neither
        """
        self.ensure_one()
        # read once: the gift makes everything be read anew
        today = self.company_id._get_today()
        refusals = self._get_refusals(user, ids)
        claimed = self.env["crm.resource.assignment"]._assign(
            {
                key: Holder(user.id, user.sale_team_id.id or None)
                for key in ids
                if key not in refusals
            },
            "claim",
            expected={key: Holder(pool=self.id) for key in ids},
        )
        if claimed:
            self.env["crm.resource.claim.count"]._count(user, self, today, len(claimed))
            self._protect(claimed, today)
        return claimed, refusals

    def _protect(self, ids, today=None):
        """Do for customers that left the pool what it promises their salespeople."""
        today = today or self.company_id._get_today()
        is_hidden = self.past == "new"
        if not self.protection_days and not is_hidden:
            return
        last_day = today + timedelta(days=self.protection_days)
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner
                   SET date_protected_to = %s, date_hidden_before = %s
                 WHERE id = ANY(%s)
                """,
                last_day if self.protection_days else None,
                fields.Datetime.now() if is_hidden else None,
                ids,
            )
        )
        partners = self.env["res.partner"].browse(ids)
        partners.invalidate_recordset(["date_protected_to", "date_hidden_before"])
        partners._forget_hidden_past()
        if is_hidden:
            partners._refresh_audiences(partners)
            self.env["crm.resource.churn"]._begin_anew(partners)

    def _get_refusals(self, user, ids):
        """Return why a person cannot claim customers of this pool now, and when he can:
        texts by id; those whom he can claim are missing."""
        self.ensure_one()
        # limits and what others did are looked at for everybody
        pool = self.sudo()
        if not pool.with_user(user).is_mine:
            text = self.env._(
                "Only the people of pool %(pool)s claim from it: ask its "
                "administrators.",
                pool=pool.name,
            )
            return dict.fromkeys(ids, text)
        rooms = pool.env["crm.resource.holding.limit"]._get_rooms(user, pool.company_id)
        left = pool._get_claims_left(user)
        refusals = {}
        for key, name, level, is_buyer, date_pooled, date_left in pool._get_claimed(
            user, ids
        ):
            refusal = pool._get_wait_refusal(user, name, date_pooled, date_left)
            if not refusal and left <= 0:
                refusal = self.env._(
                    "%(customer)s: you have claimed %(limit)s customers from pool "
                    "%(pool)s today, and more are not allowed: try again tomorrow.",
                    customer=name,
                    limit=pool.claim_limit,
                    pool=pool.name,
                )
            if not refusal:
                room = pool.env["crm.resource.holding.limit"]._take(
                    rooms[user.id], level, is_buyer
                )
                refusal = room and f"{name}: {room.limit._get_message(user)}"
            if refusal:
                refusals[key] = refusal
            else:
                left -= 1
        return refusals

    def _get_claims_left(self, user):
        """Return how many customers a person may still claim from this pool today."""
        if not self.claim_limit:
            return float("inf")
        counted = self.env["crm.resource.claim.count"].search(
            [
                ("user_id", "=", user.id),
                ("pool_id", "=", self.id),
                ("date", "=", self.company_id._get_today()),
            ]
        )
        return self.claim_limit - counted.claims

    def _get_claimed(self, user, ids):
        """Return what the rules look at: rows of id, name, level, whether he has
        bought, since when the customer is in the pool, and when this person lost
        him."""
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.id, partner.name, standing.level_id,
                       standing.date_last_purchase IS NOT NULL,
                       partner.date_held_from, earlier.date_end
                  FROM UNNEST(%(ids)s::int4[]) WITH ORDINALITY asked(id, place)
                  JOIN res_partner partner ON partner.id = asked.id
                  LEFT JOIN crm_resource_standing standing
                    ON standing.id = partner.standing_id
                  LEFT JOIN LATERAL (
                        -- of customers from before the history only the loss is kept
                        SELECT MAX(CASE WHEN held.user_from_id = %(user)s
                                        THEN held.date END) AS date_end
                          FROM crm_resource_assignment held
                         WHERE held.partner_id = partner.id
                       ) earlier ON TRUE
                 WHERE partner.pool_id = %(pool)s
                 ORDER BY asked.place
                """,
                ids=list(ids),
                user=user.id,
                pool=self.id,
            )
        )

    def _get_wait_refusal(self, user, name, date_pooled, date_left):
        """Return that somebody has to wait, and until when, or None."""
        now = fields.Datetime.now()
        if date_left:
            date = date_left + timedelta(days=self.wait_previous_days)
            if date > now:
                return self.env._(
                    "%(customer)s was yours: you may claim him again from %(date)s on.",
                    customer=name,
                    date=format_datetime(self.env, date),
                )
        if date_pooled:
            date = date_pooled + timedelta(days=self.wait_fresh_days)
            if date > now:
                return self.env._(
                    "%(customer)s is new in pool %(pool)s: he may be claimed from "
                    "%(date)s on.",
                    customer=name,
                    pool=self.name,
                    date=format_datetime(self.env, date),
                )
        return None

    # ------------------------------------------------------------
    # By administrators
    # ------------------------------------------------------------

    def _is_administrated(self):
        """Return whether the user assigns customers of these pools."""
        user = self.env.user
        return user.has_group("crm_resource.group_reviewer") or all(
            user in pool.admin_ids for pool in self
        )

    def _give_out(self, user, ids, reason=None):
        """Give a person customers of this pool: waits and claims per day do not count,
        the number of customers he may have does.

        :param user: `res.users`
        :param list ids: ids of customers
        :param str reason: the words of whoever decides
        :return: the ids of those he got
        :raise UserError: if he may not have them
        """
        self.ensure_one()
        if self not in self.search(self._get_member_domain(user)):
            raise UserError(
                self.env._(
                    "%(person)s does not belong to pool %(pool)s: choose one of its "
                    "people.",
                    person=user.name,
                    pool=self.name,
                )
            )
        self._check_available(user)
        self.env["crm.resource.holder"]._reserve(user.ids)
        batch = self.env["crm.resource.batch"].create(
            {
                "kind": "assign",
                "reason": reason,
                "company_id": self.company_id.id,
                "pool_id": self.id,
            }
        )
        given = self.env["crm.resource.assignment"]._assign(
            {key: Holder(user.id, user.sale_team_id.id or None) for key in ids},
            "assign",
            reason=reason,
            batch=batch,
            expected={key: Holder(pool=self.id) for key in ids},
        )
        self.env["crm.resource.holding.limit"]._check_held(user, self.company_id)
        self._protect(given)
        batch._notify_given()
        return given

    def _check_available(self, user):
        """Check that a person can look after customers of this company now.

        :raise UserError: if he is away, has left, or works for other companies
        """
        absent = self.env["crm.resource.absence"]._get_absent_users(
            self.company_id._get_today()
        )
        if (
            not user.active
            or user.share
            or user in absent
            or self.company_id not in user.company_ids
        ):
            raise UserError(
                self.env._(
                    "%(person)s is away, or does not work for %(company)s: choose "
                    "somebody else.",
                    person=user.name,
                    company=self.company_id.name,
                )
            )
