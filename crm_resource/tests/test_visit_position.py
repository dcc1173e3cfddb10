from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models.crm_resource_visit_position import MAX_ACCURACY
from .common import new_user
from .common_visit import NOW, VisitCommon

PLACE = (31.2304, 121.4737)
# a 1000th of a degree north: 111.2 m
NEAR = {"mode": "gps", "latitude": 31.2314, "longitude": 121.4737, "accuracy": 20.0}
# a 100th: 1112 m
FAR = {**NEAR, "latitude": 31.2404}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitPosition(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer.group_ids += cls.env.ref("sales_team.group_sale_salesman")
        cls.place = {"partner_latitude": PLACE[0], "partner_longitude": PLACE[1]}

    def _check_in(self, position, **values):
        visit = self._make_visit(start=NOW, **values)
        visit.action_check_in(position)
        return visit

    def test_near(self):
        self.customer.write(self.place)
        visit = self._check_in(NEAR)
        self.assertEqual(visit.state, "checked_in")
        position = visit.position_ids
        self.assertRecordValues(
            position,
            [
                {
                    "moment": "in",
                    "mode": "gps",
                    "user_id": self.salesperson.id,
                    "company_id": self.company.id,
                    "latitude": 31.2314,
                    "longitude": 121.4737,
                    "accuracy": 20,
                    "is_measured": True,
                    "is_far": False,
                }
            ],
        )
        self.assertEqual(position.distance, 111)  # of 111.2
        self.assertEqual(
            position.map_url,
            "https://www.openstreetmap.org/?mlat=31.231400&mlon=121.473700"
            "#map=17/31.231400/121.473700",
        )

    def test_positions_are_forgotten(self):
        """After the months that the company says, not before, and never by itself."""
        old, new = (self._check_in(NEAR).position_ids for _place in range(2))
        for position, day in ((old, "2025-12-15"), (new, "2025-12-17")):
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_resource_visit_position SET create_date = %s"
                    " WHERE id = %s",
                    day,
                    position.id,
                )
            )
        self.env.invalidate_all()
        positions = self.env["crm.resource.visit.position"]
        self.assertEqual(positions._gc_positions(), (0, False))
        self.company.crm_visit_position_months = 3
        self.assertEqual(positions._gc_positions(), (1, False))
        self.assertEqual((old | new).exists(), new)

    def test_far(self):
        """Farther than the settings say, and than it is unsure: marked, not refused."""
        self.customer.write(self.place)
        for radius, accuracy, is_far in (
            (500, 20, True),
            (1112, 0, False),  # 1111.95 m are not more
            (1111, 0, True),
            (1110, 2, False),
            (600, 500, True),
            (600, 512, False),
            # who is nowhere in particular is not excused by it
            (500, 100_000, True),
            (0, 20, False),
        ):
            self.company.crm_visit_radius = radius
            visit = self._check_in({**FAR, "accuracy": accuracy})
            self.assertEqual(visit.position_ids.is_far, is_far, (radius, accuracy))
        found = self.env["crm.resource.visit"].search(
            [("position_ids.is_far", "=", True), ("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(len(found), 4)

    def test_without(self):
        """Who refuses, cannot, or has no secure line checks in all the same."""
        self.customer.write(self.place)
        for mode in ("refused", "unavailable", "timeout", "insecure"):
            visit = self._check_in({"mode": mode, "latitude": 1.0, "accuracy": "x"})
            self.assertRecordValues(
                visit.position_ids,
                [
                    {
                        "mode": mode,
                        "latitude": 0,
                        "longitude": 0,
                        "is_measured": False,
                        "is_far": False,
                        "map_url": False,
                    }
                ],
            )
        self.assertEqual(self._check_in(None).position_ids.mode, "none")

    def test_hostile(self):
        """What is no position is refused, and changes nothing."""
        visit = self._make_visit(start=NOW)
        for position in ("x", [1, 2], 7, {}, {"mode": "root"}, {"mode": ["gps"]}):
            with self.assertRaisesRegex(UserError, "This is no position"):
                visit.action_check_in(position)
        for values in (
            {"latitude": float("nan")},
            {"latitude": float("inf")},
            {"latitude": 90.1},
            {"longitude": -180.1},
            {"longitude": "121"},
            {"longitude": None},
            {"latitude": True},
            {"latitude": 10**400},
            {"accuracy": -1},
            {"accuracy": float("inf")},
            {"accuracy": MAX_ACCURACY + 1},
            {"accuracy": {"$gt": 0}},
        ):
            with self.assertRaisesRegex(UserError, "names a place that does not"):
                visit.action_check_in({**NEAR, **values})
        self.assertEqual(visit.state, "planned")
        self.assertFalse(visit.position_ids)

    def test_short(self):
        for minutes, is_short in ((4, True), (5, False)):
            visit = self._check_in(NEAR)
            with freeze_time(NOW + timedelta(minutes=minutes)):
                visit.action_check_out(NEAR)
            self.assertEqual(visit.state, "done")
            self.assertEqual(visit.is_short, is_short)
            self.assertEqual(visit.duration, minutes / 60)
            self.assertEqual(visit.position_ids.mapped("moment"), ["in", "out"])
        visit.action_plan()
        self.assertFalse(visit.position_ids)

    def test_again(self):
        """Planned anew, the next check-in counts."""
        self.customer.write(self.place)
        visit = self._check_in(FAR)
        self.assertTrue(visit.position_ids.is_far)
        visit.action_plan()
        visit.action_check_in(NEAR)
        self.assertFalse(visit.position_ids.is_far)

    def test_address(self):
        """Distances are to the address that is visited."""
        self.customer.write(self.place)
        plant = self.env["res.partner"].create(
            {
                "name": "Plant",
                "type": "delivery",
                "parent_id": self.customer.id,
                "partner_latitude": FAR["latitude"],
                "partner_longitude": FAR["longitude"],
            }
        )
        visit = self._check_in(FAR, address_id=plant.id)
        self.assertEqual(visit.position_ids.distance, 0)
        self.assertFalse(visit.position_ids.is_far)
        stranger = self._make_customer("Hill", user_id=self.salesperson.id)
        with self.assertRaisesRegex(ValidationError, "is no address of Lake"):
            self._make_visit(address_id=stranger.id)
        hidden = self._make_customer("Moor", user_id=self.other.id)
        with self.assertRaises(AccessError):
            self._make_visit(address_id=hidden.id)

    def test_take_place(self):
        """The first visit may say where the customer is; nothing is overwritten."""
        visit = self._check_in(NEAR)
        self.assertFalse(visit.position_ids.is_measured)
        self.assertTrue(visit.may_take_place)
        with self.assertRaises(AccessError):
            visit.with_user(self.other).action_take_place()
        visit.action_take_place()
        self.assertEqual(self.customer.partner_latitude, NEAR["latitude"])
        self.assertFalse(visit.may_take_place)
        with self.assertRaisesRegex(UserError, "is known already"):
            visit.action_take_place()
        vague = self._check_in(
            {**NEAR, "accuracy": 500},
            customer=self._make_customer("Hill", user_id=self.salesperson.id),
        )
        self.assertFalse(vague.may_take_place)
        with self.assertRaisesRegex(UserError, "sure within 200 m"):
            vague.action_take_place()

    def test_take_place_auto(self):
        """By the settings, it is taken over at once, from who may change the customer;
        who may not checks in all the same."""
        self.company.crm_visit_place = "auto"
        self._check_in(NEAR)
        self.assertEqual(self.customer.partner_latitude, NEAR["latitude"])
        self._check_in(FAR)
        self.assertEqual(self.customer.partner_latitude, NEAR["latitude"])
        shared = self._make_customer("Hill", user_id=self.other.id)
        shared.sudo().collaborator_ids = [
            Command.create({"user_id": self.salesperson.id, "access": "read"})
        ]
        visit = self._check_in(NEAR, customer=shared)
        self.assertEqual(visit.state, "checked_in")
        self.assertFalse(visit.may_take_place)
        self.assertFalse(shared.partner_latitude)

    def test_take_place_watched(self):
        """Where positions are watched, the customer is reviewed anew."""
        self.company.crm_watched_field_ids += self.env["ir.model.fields"]._get(
            "res.partner", "partner_latitude"
        )
        self.customer.customer_state = "approved"
        visit = self._check_in(NEAR)
        visit.action_take_place()
        self.assertTrue(self.customer.is_reapproval)

    def test_readers(self):
        """Positions are for the person, his leaders and market staff: not for others
        who reach the visit."""
        visit = self._check_in(NEAR)
        position = visit.position_ids
        readers = {
            "all": new_user(
                self.env, "pos_all", "sales_team.group_sale_salesman_all_leads"
            ),
            "manager": new_user(self.env, "pos_mgr", "sales_team.group_sale_manager"),
        }
        self.customer.sudo().collaborator_ids = [
            Command.create({"user_id": self.other.id, "access": "edit"})
        ]
        Position = self.env["crm.resource.visit.position"]
        for user, is_reader in (
            (self.salesperson, True),
            (self.leader, True),
            (self.reviewer, True),
            (readers["manager"], True),
            (self.other, False),
            (self.executive, False),
            (readers["all"], False),
        ):
            found = Position.with_user(user).search([("visit_id", "=", visit.id)])
            self.assertEqual(found, position if is_reader else Position, user.login)
            its = visit.with_user(user)
            self.env.invalidate_all()
            self.assertTrue(its.name)
            self.assertEqual(bool(its.position_ids), is_reader, user.login)
            self.assertEqual(
                bool(
                    its.search([("position_ids.mode", "=", "gps"), ("id", "=", its.id)])
                ),
                is_reader,
                user.login,
            )

    def test_writers(self):
        """Nobody writes positions but by checking in and out."""
        visit = self._check_in(NEAR)
        position = visit.position_ids
        values = {"visit_id": visit.id, "moment": "out", "mode": "gps"}
        for user in (self.salesperson, self.leader, self.reviewer):
            its = position.with_user(user)
            for forge in (
                lambda its=its: its.write({"latitude": 1}),
                lambda its=its: its.create(values),
                lambda its=its: its.unlink(),
                lambda its=its: its.web_save({"latitude": 1}, {}),
            ):
                with self.assertRaises(AccessError):
                    forge()
            for forged in (
                {"position_ids": [Command.create({"moment": "out"})]},
                {"position_ids": [Command.update(position.id, {"latitude": 1})]},
                {"position_ids": [Command.clear()]},
                {"is_short": True},
            ):
                with self.assertRaises(AccessError):
                    visit.with_user(user).write(forged)
        visits = self.env["crm.resource.visit"].with_user(self.salesperson)
        new = visits.with_context(
            default_is_short=True,
            default_position_ids=[Command.create({"moment": "in", "mode": "gps"})],
        ).create({"partner_id": self.customer.id, "type_id": self.on_site.id})
        self.assertFalse(new.is_short)
        self.assertFalse(new.position_ids)

    def test_deleted(self):
        """With the visit go its positions."""
        visit = self._check_in(NEAR)
        position = visit.position_ids
        visit.sudo().state = "cancelled"
        visit.unlink()
        self.assertFalse(position.exists())

    def test_anonymised(self):
        """Where he is tells who somebody is."""
        self.customer.write(self.place)
        self.customer.with_user(self.env.user)._anonymise()
        self.assertFalse(self.customer.partner_latitude)
