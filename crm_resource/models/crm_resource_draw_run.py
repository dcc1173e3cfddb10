import hmac
import secrets
from hashlib import sha256

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# letters and digits that are not mistaken for one another
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 16


def get_rank(seed, text):
    """Return the place of an entry in a draw: HMAC-SHA256 of it, keyed by the seed."""
    return hmac.new(seed.encode(), text.encode(), sha256).hexdigest()


class CrmResourceDraw(models.Model):
    """Who takes part, who wins, and that it was so."""

    _inherit = "crm.resource.draw"

    def _check_staff(self, state):
        """Check that the person may draw, and that it is the time for it."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._("Prizes are drawn by market staff: ask one of them.")
            )
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(draw)s” is in the state “%(state)s”: this cannot be done now.",
                    draw=self.name,
                    state=labels[self.state],
                )
            )

    def action_freeze(self):
        """Keep who takes part, and make the seed, of which only the hash is shown."""
        self._check_staff("draft")
        if not self.prize_ids:
            raise UserError(self.env._("Enter the prizes first."))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_draw_participant (
                    draw_id, partner_id, customer_id, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(id)s, partner_id, customer_id, %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM (%(query)s) source
                 GROUP BY partner_id, customer_id
                """,
                id=self.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                query=self._get_audience_query(),
            )
        )
        if not self.env.cr.rowcount:
            raise UserError(
                self.env._("Nobody takes part: choose others, or wait until some do.")
            )
        self.env["crm.resource.draw.participant"].invalidate_model()
        secret = secrets.token_hex(32)
        # nobody writes these; that he may freeze was checked above
        self.sudo().write(
            {
                "state": "frozen",
                "secret": secret,
                "seed_hash": sha256(secret.encode()).hexdigest(),
                "date_frozen": fields.Datetime.now(),
            }
        )
        return True

    def _get_audience_query(self):
        """Return the SELECT of ``partner_id`` and ``customer_id`` who take part."""
        if self.audience == "targeted":
            if not self.campaign_id:
                raise UserError(self.env._("Choose the campaign first."))
            return SQL(
                """SELECT partner_id, customer_id FROM crm_resource_campaign_target
                    WHERE campaign_id = %s AND reason IS NULL""",
                self.campaign_id.id,
            )
        if not (self.event_id or self.campaign_id):
            raise UserError(self.env._("Choose the activity or the campaign first."))
        conditions = [SQL("TRUE")]
        if self.event_id:
            conditions.append(SQL("part.event_id = %s", self.event_id.id))
        if self.campaign_id:
            conditions.append(SQL("part.campaign_id = %s", self.campaign_id.id))
        if self.audience == "attended":
            conditions.append(SQL("part.is_attended"))
        return SQL(
            "SELECT part.partner_id, part.customer_id FROM (%s) part WHERE %s",
            self.env["crm.resource.participation"]._table_query,
            SQL(" AND ").join(conditions),
        )

    def action_draw(self):
        """Draw, once, and show the seed."""
        self._check_staff("frozen")
        # the seed is shown from now on; winners are of all customers, and nobody
        # writes them; that he may draw was checked above
        draw = self.sudo()
        participants = draw.participant_ids
        by_id = {one.partner_id.id: one for one in participants}
        units = [
            prize
            for prize in draw.prize_ids.sorted()
            for _unit in range(prize.quantity)
        ]
        winners = draw._pick(draw.secret, list(by_id), len(units))
        draw.env["crm.resource.draw.winner"].create(
            [
                {
                    "draw_id": draw.id,
                    "prize_id": prize.id,
                    "unit": unit,
                    "partner_id": winner,
                    "customer_id": by_id[winner].customer_id.id,
                    "code": _make_code(),
                    "date_expiry": draw.date_expiry,
                }
                for unit, (prize, winner) in enumerate(
                    zip(units, winners, strict=False)
                )
            ]
        )
        draw.write(
            {
                "state": "drawn",
                "seed": draw.secret,
                "date_drawn": fields.Datetime.now(),
            }
        )
        return True

    def _pick(self, seed, participants, count):
        """Return who wins, prize by prize: the same for the same seed and participants.

        :param str seed: what decides
        :param participants: ids
        :param int count: how many prizes there are
        """
        if self.is_one_each:
            ranked = sorted(participants, key=lambda key: get_rank(seed, f"0:{key}"))
            return ranked[:count]
        return [
            min(participants, key=lambda key: get_rank(seed, f"{unit}:{key}"))
            for unit in range(count)
        ]

    def action_verify(self):
        """Draw once more with the seed, and say whether the same people win."""
        self.ensure_one()
        self.check_access("read")
        # only whether they are the same is said
        draw = self.sudo()
        if draw.state != "drawn":
            raise UserError(self.env._("There is nothing to check before the draw."))
        winners = draw.winner_ids.sorted("unit").partner_id.ids
        if not draw.is_one_each:
            winners = [one.partner_id.id for one in draw.winner_ids.sorted("unit")]
        again = draw._pick(
            draw.seed,
            draw.participant_ids.partner_id.ids,
            sum(draw.prize_ids.mapped("quantity")),
        )
        is_same = (
            winners == again
            and sha256(draw.seed.encode()).hexdigest() == draw.seed_hash
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_same else "danger",
                "message": self.env._("The seed gives the same winners.")
                if is_same
                else self.env._("The seed gives other winners."),
            },
        }

    def action_send_codes(self):
        """Open a new message to those who won and have not redeemed it yet."""
        self._check_staff("drawn")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Message to Winners"),
            "res_model": "crm.resource.bulk.message",
            "views": [(False, "form")],
            "context": {
                "default_name": self.env._("You won: %(draw)s", draw=self.name),
                "default_body": self.env._("Congratulations! You won:"),
                "default_draw_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_cancel(self):
        """Cancel; what was drawn stays on record, and codes are not redeemed any
        more."""
        self.ensure_one()
        self._check_staff("drawn" if self.state == "drawn" else "frozen")
        if self.sudo().redeemed_count:  # a number only
            raise UserError(
                self.env._("Prizes are redeemed already: the draw stays valid.")
            )
        # nobody writes the state; that he may was checked above
        self.sudo().state = "cancelled"
        return True

    def action_draw_anew(self):
        """Make a new draw that names the cancelled one."""
        self._check_staff("cancelled")
        # nobody writes what a draw follows; that he may was checked above
        anew = self.sudo().copy({"previous_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": anew.id,
            "views": [(False, "form")],
        }


def _make_code():
    """Return a code of 80 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
