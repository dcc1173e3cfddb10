"""Visits on the road, in a real browser."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import TourCase, new_role_users

NAME = "无锡拜访机械有限公司"


class VisitCase(TourCase):
    """A salesperson, his leader and his customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson, cls.leader = new_role_users(
            cls.env, ["salesperson", "leader"], lang="en_US", tz="UTC"
        )
        cls.env["crm.team"].create(
            {
                "name": "Tour",
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.salesperson.ids)],
            }
        )
        cls.customer = cls._make_customer(NAME, 31.2304, 121.4737)

    @classmethod
    def _make_customer(cls, name, latitude, longitude):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_state": "approved",
                "user_id": cls.salesperson.id,
                "partner_latitude": latitude,
                "partner_longitude": longitude,
            }
        )

    def _make_visit(self, **values):
        return (
            self.env["crm.resource.visit"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "type_id": self.env.ref(
                        "crm_resource.crm_resource_visit_type_visit"
                    ).id,
                    "date_start": fields.Datetime.now(),
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestToursVisit(VisitCase):
    """At a desk."""

    def _check_in(self, case, mode):
        visit = self._make_visit()
        self.start_tour(
            f"/odoo/visits/{visit.id}",
            f"crm_resource_visit_{case}_tour",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertEqual(set(visit.position_ids.mapped("mode")), {mode})
        return visit

    def test_granted(self):
        """Position, accuracy and distance are kept of both clicks, and asked twice."""
        visit = self._check_in("granted", "gps")
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.position_ids.mapped("moment"), ["in", "out"])
        self.assertEqual(visit.position_ids.mapped("accuracy"), [20, 20])
        self.assertEqual(visit.position_ids.mapped("distance"), [111, 111])

    def test_refused(self):
        self.assertEqual(self._check_in("refused", "refused").state, "checked_in")

    def test_late(self):
        self.assertEqual(self._check_in("late", "timeout").state, "checked_in")

    def test_missing(self):
        self.assertEqual(self._check_in("missing", "unavailable").state, "checked_in")

    def test_insecure(self):
        self.assertEqual(self._check_in("insecure", "insecure").state, "checked_in")


@tagged("post_install", "-at_install")
class TestToursVisitPhone(VisitCase):
    """In the hand."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        """Plan, check in, photo, report, next visit."""
        self.start_tour(
            "/odoo/visits",
            "crm_resource_visit_phone_tour",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        visits = self.env["crm.resource.visit"].search(
            [("partner_id", "=", self.customer.id)], order="id"
        )
        self.assertRecordValues(
            visits,
            [
                {"subject": "Pumps for the new hall", "state": "done"},
                {"subject": "Bring the offer", "state": "planned"},
            ],
        )
        self.assertIn("three pumps", visits[0].report)
        self.assertEqual(visits[0].photo_ids.name, "hall.png")
        self.assertEqual(visits[0].position_ids.mapped("mode"), ["gps", "gps"])
        self.assertEqual(visits[1].date_start.day, 15)

    def test_day(self):
        """A leader reads what his people report, and comments."""
        visit = self._make_visit(subject="Lamps", report="<p>He wants lamps</p>")
        visit.action_done()
        self._make_visit(
            subject="Pumps", date_start=fields.Datetime.now() + timedelta(seconds=1)
        )
        self.start_tour(
            "/odoo/visits-of-the-day",
            "crm_resource_visit_day_tour",
            login=self.leader.login,
        )
        self.env.invalidate_all()
        self.assertEqual(visit.commented_by_id, self.leader)
        self.assertIn("Well done", visit.message_ids[0].body)

    def test_route(self):
        """From the company, or from where the person is."""
        self.env.company.partner_id.write(
            {"partner_latitude": 32.0, "partner_longitude": 121.4737}
        )
        near, far = (
            self._make_visit(
                partner_id=self._make_customer(name, latitude, 121.4737).id
            )
            for name, latitude in (("Near", 31.9), ("Far", 31.3))
        )
        self.start_tour(
            "/odoo/visit-route",
            "crm_resource_visit_route_tour",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertEqual((far.route_sequence, near.route_sequence), (1, 2))
