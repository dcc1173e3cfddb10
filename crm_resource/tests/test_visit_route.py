from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import new_user
from .common_visit import NOW, VisitCommon

# a 100th of a degree: 1112 m
STEP = 0.01


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitRoute(VisitCommon):
    """Customers along the equator, visited in a bad order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.write(
            {"partner_latitude": STEP, "partner_longitude": 0.0}
        )
        cls.visits = {
            number: cls._make_visit(
                customer=cls._make_customer(
                    f"C{number}",
                    user_id=cls.salesperson.id,
                    partner_latitude=STEP,
                    partner_longitude=number * STEP,
                ),
                start=NOW + timedelta(hours=hours),
            )
            for hours, number in enumerate((3, 1, 4, 2), start=1)
        }
        cls.nowhere = cls._make_visit(
            customer=cls._make_customer("Nowhere", user_id=cls.salesperson.id),
            start=NOW + timedelta(minutes=30),
        )
        cls.routes = cls.env["crm.resource.visit.route"].with_user(cls.salesperson)

    def _get_names(self, **kwargs):
        self.env.flush_all()
        return [row["customer"] for row in self.routes.get_route(**kwargs)["rows"]]

    def test_from_company(self):
        """One after the other, and who is nobody knows where last; 4 steps instead of
        3 + 2 + 3 + 2 = 10."""
        route = self.routes.get_route()
        self.assertEqual(
            [row["customer"] for row in route["rows"]],
            ["C1", "C2", "C3", "C4", "Nowhere"],
        )
        self.assertAlmostEqual(route["length"], 4 * 1112, delta=5)
        self.assertAlmostEqual(route["length_before"], 10 * 1112, delta=10)
        self.assertEqual(
            route["route_url"],
            "https://routing.openstreetmap.de/?loc=0.010000%2C0.000000"
            "&loc=0.010000%2C0.010000&loc=0.010000%2C0.020000"
            "&loc=0.010000%2C0.030000&loc=0.010000%2C0.040000",
        )

    def test_from_here(self):
        start = {"latitude": STEP, "longitude": 5 * STEP}
        self.assertEqual(
            self._get_names(start=start), ["C4", "C3", "C2", "C1", "Nowhere"]
        )

    def test_without_start(self):
        self.company.partner_id.partner_latitude = 0
        route = self.routes.get_route()
        self.assertFalse(route["has_start"])
        self.assertEqual(len(route["rows"]), 5)

    def test_agreed_times(self):
        """Agreed times keep their order, wherever they are."""
        self.visits[3].is_time_agreed = True
        self.visits[4].is_time_agreed = True
        self.nowhere.is_time_agreed = True
        names = self._get_names()
        self.assertEqual(
            [name for name in names if name in ("Nowhere", "C3", "C4")],
            ["Nowhere", "C3", "C4"],
        )
        self.visits[2].is_time_agreed = True  # an hour after C4
        names = self._get_names()
        self.assertEqual(
            [name for name in names if name != "C1"], ["Nowhere", "C3", "C4", "C2"]
        )

    def test_save(self):
        """It is the order that is saved, and no time unless asked."""
        before = {number: visit.date_start for number, visit in self.visits.items()}
        self.routes.save_route()
        for number, visit in self.visits.items():
            self.assertEqual(visit.route_sequence, number)
            self.assertEqual(visit.date_start, before[number])
        self.assertEqual(self.nowhere.route_sequence, 5)
        begin = NOW + timedelta(hours=8)
        self.visits[1].write(
            {"date_start": begin, "date_end": begin + timedelta(hours=1)}
        )
        self.assertEqual(self.visits[1].route_sequence, 0)

    def test_save_times(self):
        """Of an hour each, 1112 m or 2:13 minutes apart, hence 5 minutes between them;
        the first one as early as the earliest was."""
        self.visits[4].is_time_agreed = True
        self.routes.save_route(sets_times=True)
        begin = NOW + timedelta(minutes=30)
        for number, minutes in ((1, 0), (2, 65), (3, 130)):
            visit = self.visits[number]
            self.assertEqual(visit.date_start, begin + timedelta(minutes=minutes))
            self.assertEqual(visit.duration, 1)
            self.assertEqual(visit.route_sequence, number)
        self.assertEqual(self.visits[4].date_start, NOW + timedelta(hours=3))

    def test_others(self):
        """Only one's own planned visits on site are put in order."""
        self.visits[1].action_check_in(None)
        self.visits[2].sudo().type_id = self.phone
        self.assertEqual(self._get_names(), ["C3", "C4", "Nowhere"])
        self.routes = self.routes.with_user(self.leader)
        self.assertFalse(self._get_names())
        clerk = new_user(self.env, "route_clerk", "base.group_user")
        for user in (clerk, self.executive):
            routes = self.routes.with_user(user)
            for method in (routes.get_route, routes.save_route):
                with self.assertRaises(AccessError):
                    method()

    def test_refused(self):
        for start in ("here", [1, 2], {}, {"latitude": 91, "longitude": 0}):
            with self.assertRaises(UserError):
                self.routes.get_route(start=start)
        with self.assertRaisesRegex(UserError, "no such day"):
            self.routes.save_route(date="9999-12-31")
        self.assertEqual(self.visits[1].route_sequence, 0)
