from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmResourceCommon, new_user


@tagged("post_install", "-at_install")
class TestCrmResourceDraw(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = new_user(cls.env, "crm_other", "sales_team.group_sale_salesman")
        cls.customers = cls.env["res.partner"].union(
            *(
                cls._make_customer(
                    f"Customer {number}",
                    user_id=(cls.salesperson if number % 2 else cls.other).id,
                )
                for number in range(6)
            )
        )
        begin = datetime(2026, 3, 10, 9, 0)
        cls.event = cls.env["event.event"].create(
            {
                "name": "Fair",
                "date_begin": begin,
                "date_end": begin + timedelta(hours=4),
                "date_tz": "UTC",
            }
        )
        registrations = cls.env["event.registration"].create(
            [
                {"event_id": cls.event.id, "partner_id": customer.id}
                for customer in cls.customers
            ]
        )
        registrations.action_confirm()
        registrations[:5].action_set_done()
        cls.draw = (
            cls.env["crm.resource.draw"]
            .with_user(cls.reviewer)
            .create(
                {
                    "name": "Spring",
                    "event_id": cls.event.id,
                    "prize_ids": [
                        Command.create({"name": "Car", "sequence": 1}),
                        Command.create({"name": "Mug", "sequence": 2, "quantity": 2}),
                    ],
                }
            )
        )

    def _draw(self):
        self.draw.action_freeze()
        self.draw.action_draw()
        return self.draw.winner_ids.sorted("unit")

    def test_winners(self):
        """Three prizes among the five who attended, one each, by a seed whose hash was
        shown before."""
        self.draw.action_freeze()
        self.assertFalse(self.draw.seed)
        announced = self.draw.seed_hash
        self.assertEqual(self.draw.participant_ids.partner_id, self.customers[:5])
        self.draw.action_draw()
        winners = self.draw.winner_ids.sorted("unit")
        self.assertEqual(winners.mapped("prize_id.name"), ["Car", "Mug"])
        self.assertEqual([w.prize_id.name for w in winners], ["Car", "Mug", "Mug"])
        self.assertEqual(len(winners.partner_id), 3)
        self.assertEqual(sha256(self.draw.seed.encode()).hexdigest(), announced)
        self.assertEqual(self.draw.action_verify()["params"]["type"], "success")

    def test_known_vector(self):
        """The order is that of HMAC-SHA256, computed apart with openssl:
        printf 0:1 | openssl dgst -sha256 -hmac key, and so on."""
        import hmac

        digests = {
            key: hmac.digest(b"key", f"0:{key}".encode(), "sha256").hex()
            for key in (1, 2, 3)
        }
        self.assertEqual(
            self.draw._pick("key", [1, 2, 3], 3), sorted(digests, key=digests.get)
        )

    @settings(deadline=None, max_examples=50)
    @given(
        st.text(min_size=1),
        st.lists(st.integers(1, 10**6), unique=True, min_size=1, max_size=20),
        st.integers(1, 25),
        st.randoms(),
    )
    def test_repeatable(self, seed, participants, count, random):
        """The same seed and participants, in whatever order, give the same winners;
        nobody wins twice."""
        winners = self.draw._pick(seed, participants, count)
        random.shuffle(participants)
        self.assertEqual(self.draw._pick(seed, participants, count), winners)
        self.assertEqual(len(set(winners)), min(count, len(participants)))

    def test_fair(self):
        """Over 6000 seeds each of 10 wins about 600 times: chi-square with 9 degrees of
        freedom stays below 33.7, which chance exceeds once in 10 000."""
        wins = Counter(
            self.draw._pick(f"seed {number}", range(1, 11), 1)[0]
            for number in range(6000)
        )
        chi_square = sum((wins[key] - 600) ** 2 / 600 for key in range(1, 11))
        self.assertLess(chi_square, 33.7)

    def test_several_prizes_each(self):
        self.draw.is_one_each = False
        self.draw.prize_ids[1].quantity = 20
        winners = self._draw()
        self.assertEqual(len(winners), 21)
        self.assertLessEqual(len(winners.partner_id), 5)
        self.assertEqual(self.draw.action_verify()["params"]["type"], "success")

    def test_drawn_once(self):
        winners = self._draw()
        for action in ("action_freeze", "action_draw"):
            with self.assertRaises(UserError):
                getattr(self.draw, action)()
        with self.assertRaisesRegex(UserError, "frozen"):
            self.draw.audience = "registered"
        with self.assertRaisesRegex(UserError, "frozen"):
            self.draw.prize_ids[0].quantity = 5
        with self.assertRaisesRegex(UserError, "frozen"):
            self.draw.unlink()
        self.draw.write({"state": "draft", "seed": "mine"})
        self.assertEqual(self.draw.state, "drawn")
        self.assertNotEqual(self.draw.seed, "mine")
        with self.assertRaises(AccessError):
            winners.write({"partner_id": self.customers[5].id})

    def test_prizes_keep_their_names(self):
        """What was promised is not renamed by its translation, either."""
        prize = self.draw.prize_ids[0]
        prize.update_field_translations("name", {"en_US": "Bus"})
        self.assertEqual(prize.name, "Bus")
        self._draw()
        with self.assertRaisesRegex(UserError, "frozen"):
            prize.update_field_translations("name", {"en_US": "Toy car"})
        self.assertEqual(prize.name, "Bus")

    def test_drawn_anew_with_a_trace(self):
        self._draw()
        self.draw.action_cancel()
        action = self.draw.action_draw_anew()
        anew = self.env["crm.resource.draw"].browse(action["res_id"])
        self.assertEqual(anew.previous_id, self.draw)
        self.assertEqual(anew.state, "draft")
        self.assertEqual(len(anew.prize_ids), 2)
        with self.assertRaisesRegex(UserError, "cancelled"):
            self.env["crm.resource.draw.winner"].with_user(self.clerk)._redeem(
                self.draw.winner_ids[0].code
            )

    def test_redeemed_once(self):
        winner = self._draw()[0]
        self.assertEqual(len(set(self.draw.winner_ids.mapped("code"))), 3)
        dialogs = self.env["crm.resource.draw.redeem"].with_user(self.clerk)
        typed = f"{winner.code[:4].lower()} {winner.code[4:]}"
        action = dialogs.create({"code": typed}).action_redeem()
        self.assertIn("Car", action["params"]["message"])
        self.assertEqual(winner.redeemer_id, self.clerk)
        self.assertTrue(winner.date_redeemed)
        with self.assertRaisesRegex(UserError, "was redeemed on"):
            dialogs.create({"code": winner.code}).action_redeem()
        with self.assertRaisesRegex(UserError, "no such code"):
            dialogs.create({"code": "NONE"}).action_redeem()
        with self.assertRaisesRegex(UserError, "stays valid"):
            self.draw.action_cancel()

    def test_expired(self):
        self.draw.date_expiry = "2026-01-01"
        winner = self._draw()[0]
        with self.assertRaisesRegex(UserError, "valid until"):
            winner.with_user(self.clerk)._redeem(winner.code)

    def test_rights(self):
        draw = self.draw.with_user(self.salesperson)
        for action in ("action_freeze", "action_draw", "action_cancel"):
            with self.assertRaises(AccessError):
                getattr(draw, action)()
        with self.assertRaises(AccessError):
            draw.read(["secret"])
        with self.assertRaises(AccessError):
            self.draw.read(["secret"])
        self._draw()
        seen = self.env["crm.resource.draw.winner"].with_user(self.salesperson)
        seen = seen.search([("draw_id", "=", draw.id)])
        mine = self.draw.winner_ids.filtered(
            lambda winner: winner.customer_id.user_id == self.salesperson
        )
        self.assertEqual(seen, mine)
        plain = new_user(self.env, "crm_plain")
        with self.assertRaises(AccessError):
            seen.with_user(plain)._redeem(self.draw.winner_ids[0].code)

    def test_nobody_takes_part(self):
        self.event.registration_ids.state = "open"
        with self.assertRaisesRegex(UserError, "Nobody takes part"):
            self.draw.action_freeze()
