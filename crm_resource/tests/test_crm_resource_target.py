from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_target import MARCH, NOW, TargetCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmResourceTarget(TargetCommon):
    """What a target is, and who sets it."""

    def test_kinds(self):
        targets = (
            self._make_target(30)
            + self._make_target(20, self.north)
            + self._make_target(10, self.north, "north")
        )
        self.assertEqual(targets.mapped("kind"), ["company", "department", "person"])

    @mute_logger("odoo.sql_db")
    def test_once(self):
        """A month has one target of each, also where nobody or no department is."""
        for team, user in ((None, None), (self.north, None), (self.north, "north")):
            self._make_target(1, team, user)
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._make_target(2, team, user)

    def test_first_of_the_month(self):
        self.assertEqual(self._make_target(1, month=date(2026, 3, 20)).date, MARCH)

    @mute_logger("odoo.sql_db")
    def test_bad_values(self):
        for error, values in (
            (IntegrityError, {"target": -1}),
            (ValidationError, {"target": float("inf")}),
            (ValidationError, {"target": 10, "stretch": 9}),
            (ValidationError, {"target": 1.5, "measure": "visits"}),
            # only persons come and go
            (IntegrityError, {"target": 1, "date_from": date(2026, 3, 2)}),
        ):
            with self.subTest(**values), self.env.cr.savepoint():
                with self.assertRaises(error):
                    self._make_target(0, **values)
                    self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_presence_within_the_month(self):
        for begin, end in (
            (date(2026, 2, 28), None),
            (None, date(2026, 4, 1)),
            (date(2026, 3, 20), date(2026, 3, 10)),
        ):
            with self.subTest(begin=begin, end=end), self.env.cr.savepoint():
                with self.assertRaises(IntegrityError):
                    self._make_target(
                        1, self.north, "north", date_from=begin, date_to=end
                    )

    def test_members_only(self):
        with self.assertRaisesRegex(ValidationError, "never a member"):
            self._make_target(1, self.north, "south")
        self._make_target(1, self.north, "leader")  # he leads it

    def test_movers_keep_theirs(self):
        """Who left a department keeps the target of then, and may get one corrected."""
        target = self._make_target(1, self.north, "north")
        self.north.crm_team_member_ids.filtered(
            lambda member: member.user_id == self.users["north"]
        ).active = False
        target.target = 2
        self._make_target(3, self.north, "north", date(2026, 2, 1))

    # ------------------------------------------------------------
    # Who
    # ------------------------------------------------------------

    def test_who_sets(self):
        cells = {
            "company": (None, None),
            "region": (self.region, None),
            "north": (self.north, None),
            "south": (self.south, None),
            "north's": (self.north, "north"),
            "member's": (self.north, "member"),
            "leader's": (self.north, "leader"),
            "south's": (self.south, "south"),
        }
        for user, expected in {
            "reviewer": {*cells},
            "upper": {"north", "south", "north's", "member's", "leader's", "south's"},
            "leader": {"north's", "member's", "leader's"},
            "member": {"north's"},
            "north": set(),
            "all": set(),
        }.items():
            may = set()
            for name, (team, person) in cells.items():
                try:
                    with self.env.cr.savepoint():
                        self._set(user, self._cell(5, team, person))
                    may.add(name)
                    self.target.search([]).unlink()
                except AccessError as error:
                    self.assertIn("March 2026", str(error))
            with self.subTest(user=user):
                self.assertEqual(may, expected)

    def test_nobody_else_sets(self):
        for user in ("executive", "clerk", "accountant", "colleague"):
            with self.subTest(user=user), self.assertRaises(AccessError):
                self._set(user, self._cell(5, self.north, "north"))

    def test_writing_past_the_grid(self):
        """The ORM asks the same as the grid."""
        theirs = self._make_target(5, self.north, "north")
        higher = self._make_target(9, self.north)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            theirs.with_user(self.users["north"]).target = 1
        with self.assertRaises(AccessError):
            higher.with_user(self.users["leader"]).unlink()
        with self.assertRaises(AccessError):
            self.target.with_user(self.users["leader"]).create(
                {"team_id": self.south.id, "date": MARCH, "target": 1}
            )
        theirs.with_user(self.users["leader"]).target = 7
        self.assertEqual(theirs.target, 7)

    def test_nothing_else_is_written(self):
        target = self._make_target(5, self.north, "north")
        reviewed = target.with_user(self.users["reviewer"])
        for vals in (
            {"counted_closed": 1},
            {"currency_id": False},
            {"user_id": self.users["member"].id},
            {"date": date(2026, 4, 1)},
        ):
            with self.subTest(**vals), self.assertRaises(AccessError):
                reviewed.write(vals)
        created = reviewed.with_context(default_counted_closed=4).create(
            {"team_id": self.south.id, "date": MARCH, "target": 1}
        )
        self.assertFalse(created.sudo().counted_closed)

    def test_who_reads(self):
        for team, user in (
            (None, None),
            (self.region, None),
            (self.north, None),
            (self.north, "north"),
            (self.north, "member"),
            (self.south, "south"),
        ):
            self._make_target(1, team, user)
        for user, count in {
            "reviewer": 6,
            "executive": 6,
            "all": 6,
            "upper": 5,
            "leader": 3,
            "north": 1,
            "south": 1,
        }.items():
            with self.subTest(user=user):
                targets = self.target.with_user(self.users[user]).search([])
                self.assertEqual(len(targets), count)
                report = self.env["crm.resource.target.report"]
                report = report.with_user(self.users[user])
                self.assertEqual(report.search_count([("is_set", "=", True)]), count)

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._make_target(1, company_id=other.id)
        self.assertFalse(self.target.with_user(self.users["reviewer"]).search([]))
        with self.assertRaises(AccessError):
            self.target.with_user(self.users["reviewer"]).create(
                {"company_id": other.id, "date": MARCH, "measure": "orders"}
            )
        team = self.env["crm.team"].create({"name": "Far", "company_id": other.id})
        with self.assertRaises(UserError):
            self._set("reviewer", self._cell(1, team))

    # ------------------------------------------------------------
    # Many at once
    # ------------------------------------------------------------

    def test_all_or_nothing(self):
        good = self._cell(5, self.north, "north")
        for bad, text in (
            (self._cell(5, self.north), "North, March 2026"),
            (self._cell("x", self.north, "member"), "enter a number"),
            (self._cell(float("nan"), self.north, "member"), "not negative"),
            (self._cell(9, self.north, "member", figure="stretch"), "before"),
            (self._cell(5, self.north, "north", month=13), "reload"),
            ({**good, "user_id": 10**9}, "reload"),
            ({**good, "figure": "counted_closed"}, "reload"),
        ):
            with self.subTest(bad=bad), self.env.cr.savepoint():
                with self.assertRaisesRegex((UserError, AccessError), text):
                    self._set("leader", good, bad)
        self.assertFalse(self.target.search([]))

    def test_set_change_clear(self):
        def cell(value, figure="target"):
            return self._cell(value, self.north, "north", figure=figure)

        self._set("leader", cell(5), cell(8, "stretch"))
        [target] = self.target.search([])
        self.assertEqual((target.target, target.stretch), (5, 8))
        self._set("leader", cell(6))
        self.assertEqual((target.target, target.stretch), (6, 8))
        self._set("leader", cell(None, "stretch"))
        self.assertEqual((target.target, target.stretch), (6, 0))
        self._set("leader", cell(0))
        self.assertTrue(target.exists())  # none is another thing than not set
        self._set("leader", cell(None))
        self.assertFalse(target.exists())
        changes = self.env["crm.resource.target.change"]
        changes = changes.with_user(self.users["leader"]).search([], order="id")
        self.assertEqual(
            [
                (each.figure, each.operation, each.old_value, each.new_value)
                for each in changes
            ],
            [
                ("target", "set", 0, 5),
                ("stretch", "set", 0, 8),
                ("target", "changed", 5, 6),
                ("stretch", "changed", 8, 0),
                ("target", "changed", 6, 0),
                ("target", "cleared", 0, 0),
            ],
        )
        self.assertEqual(changes.create_uid, self.users["leader"])
        self.assertFalse(changes.with_user(self.users["south"]).search([]))

    def test_same_values_change_nothing(self):
        cell = self._cell(5, self.north, "north")
        self._set("leader", cell)
        self._set("leader", cell)
        self.assertEqual(self.env["crm.resource.target.change"].search_count([]), 1)
