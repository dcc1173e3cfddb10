from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import new_user
from .common_visit import NOW, VisitCommon
from .test_visit_photo import make_image

TOMORROW = NOW + timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitSecurity(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls._make_customer(
            "Secret Hill", user_id=cls.other.id, phone="+32470999999"
        )
        cls.foreign_contact = cls.env["res.partner"].create(
            {"name": "Secret Eve", "parent_id": cls.foreign.id}
        )

    def _get(self, model, **context):
        return self.env[model].with_user(self.salesperson).with_context(**context)

    def _ask(self, model, values, name, *shown, **context):
        """Return what a form, or its refusal, tells the salesperson."""
        self.env.invalidate_all()
        spec = {name: {"fields": dict.fromkeys(shown, {})}}
        try:
            return str(self._get(model, **context).onchange(values, [*values], spec))
        except AccessError as error:
            return str(error)

    def _take_photo(self, visit, user=None):
        photos = self.env["crm.resource.visit.photo"].with_user(user or self.env.user)
        return photos.create(
            {"visit_id": visit.id, "name": "Secret.jpg", "image": make_image()}
        )

    def test_names_by_a_form(self):
        """No name of a stranger's customer or contact comes by a form."""
        shown = ("display_name", "name", "phone")
        for model, name, record in (
            ("crm.resource.visit", "contact_ids", self.foreign_contact),
            ("crm.resource.visit.log", "contact_ids", self.foreign_contact),
            ("crm.resource.visit.plan", "partner_ids", self.foreign),
        ):
            for commands in ([Command.set(record.ids)], [Command.link(record.id)]):
                with self.subTest(model=model, commands=commands):
                    default = {f"default_{name}": commands}
                    told = self._ask(model, {}, name, *shown, **default)
                    self.assertNotIn("Secret", told)
                    told = self._ask(model, {name: commands}, name, *shown)
                    self.assertNotIn("Secret", told)

    def test_visits_by_a_dialog(self):
        """Nor one of a stranger's visit."""
        visit = self._make_visit(self.other, self.foreign, subject="Secret talk")
        chosen = {"active_model": visit._name, "active_ids": visit.ids}
        for model in ("crm.resource.visit.cancel", "crm.resource.visit.move"):
            for values, context in (
                ({}, {"default_visit_ids": visit.ids}),
                ({"visit_ids": [Command.set(visit.ids)]}, {}),
                ({}, chosen),
            ):
                with self.subTest(model=model, values=values, context=context):
                    told = self._ask(
                        model, values, "visit_ids", "display_name", **context
                    )
                    self.assertNotIn("Secret", told)

    def test_defaults(self):
        """Whoever chooses the context names nobody whom he does not reach."""
        for name, value in (
            ("partner_id", self.foreign.id),
            ("contact_ids", [Command.set(self.foreign_contact.ids)]),
            ("address_id", self.foreign_contact.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                vals = {"type_id": self.on_site.id}
                if name != "partner_id":
                    vals["partner_id"] = self.customer.id
                self._get("crm.resource.visit", **{f"default_{name}": value}).create(
                    vals
                )

    def test_photos_of_others(self):
        """Photos of others come by no form, and to no other visit."""
        photo = self._take_photo(self._make_visit(self.other, self.foreign))
        link = [Command.link(photo.id)]
        told = self._ask(
            "crm.resource.visit", {"photo_ids": link}, "photo_ids", "name", "image"
        )
        self.assertNotIn("Secret", told)
        with self.assertRaises(AccessError):
            self._make_visit().write({"photo_ids": link})

    def test_department_of_others(self):
        """A leader plans for his people, whatever department he says it is of."""
        with self.assertRaises(AccessError):
            self._make_visit(
                self.leader, self.customer, user_id=self.other.id, team_id=self.team.id
            )

    def test_team_takeover(self):
        """Who may edit a visit does not say that it is of his department."""
        boss = new_user(self.env, "boss", "sales_team.group_sale_salesman")
        team = self.env["crm.team"].create({"name": "South", "user_id": boss.id})
        visit = self._make_visit(self.salesperson)
        self.customer.write({"user_id": boss.id, "team_id": team.id})
        self.env.invalidate_all()
        its = visit.with_user(boss)
        self.assertTrue(its.has_access("write"))
        self.assertFalse(its.is_actor)
        with self.assertRaises(AccessError):
            its.team_id = team

    def test_derived(self):
        """Duration and currency follow from the visit, whoever calls."""
        visit = self._make_visit(start=NOW - timedelta(hours=1))
        visit.action_done()
        usd = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", visit.currency_id.id)], limit=1)
        )
        for vals in ({"duration": 99}, {"currency_id": usd.id}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                visit.write(vals)
                self.env.flush_all()
        new = self._make_visit(duration=99, currency_id=usd.id)
        self.env.flush_all()
        self.assertEqual(new.duration, 1)
        self.assertEqual(new.currency_id, self.company.currency_id)
        new = self._get(
            "crm.resource.visit", default_duration=99, default_currency_id=usd.id
        ).create({"partner_id": self.customer.id})
        self.assertEqual(new.duration, 1)
        self.assertEqual(new.currency_id, self.company.currency_id)

    def test_photo_forged(self):
        """Photos stay as they were taken, thumbnail and file included."""
        visit = self._make_visit()
        photo = self._take_photo(visit, self.salesperson)
        self.env.flush_all()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", photo._name),
                ("res_id", "=", photo.id),
                ("res_field", "=", "image"),
            ]
        )
        self.assertTrue(attachment)
        for what in (
            lambda: photo.write({"image_256": make_image(10, 10)}),
            lambda: photo.write({"company_id": self.company.id}),
            lambda: attachment.with_user(self.salesperson).write(
                {"datas": make_image(10, 10)}
            ),
            lambda: (
                self.env["ir.attachment"]
                .with_user(self.salesperson)
                .create(
                    {
                        "name": "x",
                        "res_model": photo._name,
                        "res_id": photo.id,
                        "res_field": "image",
                        "datas": make_image(9, 9),
                    }
                )
            ),
            lambda: attachment.with_user(self.other).read(["datas"]),
            lambda: attachment.with_user(self.salesperson).generate_access_token(),
        ):
            with self.assertRaises(UserError):
                what()
                self.env.flush_all()

    def test_photo_deleted_by_owner_of_customer(self):
        """Photos go with whoever took them or decides on the visit."""
        visit = self._make_visit()
        photo = self._take_photo(visit, self.salesperson)
        self.customer.user_id = self.other
        self.env.invalidate_all()
        its = photo.with_user(self.other)
        self.assertTrue(its.has_access("read"))
        with self.assertRaises(UserError):
            its.unlink()

    def test_meeting_by_the_visit(self):
        """Who owns the customer, but not the visit, invites nobody to its meeting."""
        visit = self._make_visit(start=TOMORROW)
        self.customer.user_id = self.other
        its = visit.with_user(self.other)
        for values in (
            {"subject": "Mine"},
            {"contact_ids": [Command.link(self.contact.id)]},
            {"colleague_ids": [Command.link(self.other.id)]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                its.write(values)
        its.needs = "Lamps"
        self.assertEqual(visit.event_id.name, "Visit: Lake")

    def test_meeting_repeated(self):
        """Whoever may change the meeting of a visit plans no visits for its person."""
        visit = self._make_visit(start=TOMORROW)
        visit.event_id.with_user(self.salesperson).privacy = "public"
        visit.event_id.with_user(self.other).write(
            {
                "recurrency": True,
                "rrule_type": "weekly",
                "tue": True,
                "interval": 1,
                "end_type": "count",
                "count": 3,
                "event_tz": "UTC",
            }
        )
        self.assertEqual(
            self.env["crm.resource.visit"].search(
                [("partner_id", "=", self.customer.id)]
            ),
            visit,
        )

    def test_meeting_of_colleague(self):
        """Nobody makes the meeting of a colleague his visit."""
        event = self.env["calendar.event"].create(
            {
                "name": "Private talk",
                "user_id": self.other.id,
                "start": TOMORROW,
                "stop": TOMORROW + timedelta(hours=1),
                "privacy": "private",
                "partner_ids": [
                    Command.set((self.other.partner_id | self.customer).ids)
                ],
            }
        )
        with self.assertRaises(UserError):
            event.with_user(self.salesperson).action_make_visit()
        event.privacy = "public"
        with self.assertRaises(UserError):
            event.with_user(self.salesperson).action_make_visit()

    def test_meetings_of_others(self):
        """No visit takes over a meeting, nor tells of a private one."""
        event = (
            self.env["calendar.event"]
            .with_user(self.other)
            .create(
                {
                    "name": "Secret talk",
                    "start": TOMORROW,
                    "stop": TOMORROW + timedelta(hours=1),
                    "privacy": "private",
                    "partner_ids": [Command.set(self.other.partner_id.ids)],
                }
            )
        )
        visit = self._make_visit(event_id=event.id)
        self.assertNotEqual(visit.event_id, event)
        with self.assertRaises(AccessError):
            visit.event_id = event
        spec = {"event_id": {"fields": {"display_name": {}, "name": {}}}}
        answer = self._get("crm.resource.visit", default_event_id=event.id).onchange(
            {"event_id": event.id}, [], spec
        )
        self.assertNotIn("Secret", str(answer))

    def test_visits_by_their_records(self):
        """Meetings and customers take no visits over, and drop none."""
        visit = self._make_visit(self.other, self.foreign)
        own = self._make_visit()
        with self.assertRaises(UserError):
            own.event_id.write({"visit_ids": [Command.link(visit.id)]})
            self.env.flush_all()
        with self.assertRaises(UserError):
            own.event_id.write({"visit_ids": [Command.set([])]})
            self.env.flush_all()
        with self.assertRaises(UserError):
            own.event_id.with_user(self.salesperson).write(
                {"visit_ids": [Command.set([])]}
            )
            self.env.flush_all()
        with self.assertRaises(UserError):
            self.customer.with_user(self.salesperson).write(
                {"crm_visit_ids": [Command.link(visit.id)]}
            )
            self.env.flush_all()

    def test_begin_moves_the_end(self):
        """Whoever writes the begin alone moves the visit, however far."""
        visit = self._make_visit(start=TOMORROW)
        visit.write({"date_start": TOMORROW + timedelta(hours=5)})
        self.assertEqual(visit.date_end, TOMORROW + timedelta(hours=6))
        visit.write({"date_start": TOMORROW - timedelta(minutes=30)})
        self.assertEqual(visit.date_end, TOMORROW + timedelta(minutes=30))

    def test_markup_in_messages(self):
        """What was typed is no markup where people are told of it."""
        visit = self._make_visit(subject='<a href="https://evil">x</a>')
        wizard = (
            self.env["crm.resource.visit.move"]
            .with_user(self.reviewer)
            .create(
                {"visit_ids": [Command.set(visit.ids)], "substitute_id": self.other.id}
            )
        )
        wizard.action_move()
        message = self.env["mail.message"].search(
            [
                ("partner_ids", "in", self.other.partner_id.ids),
                ("message_type", "=", "user_notification"),
            ],
            limit=1,
            order="id desc",
        )
        self.assertIn("&lt;a href", message.body)

    def test_people_of_another_company(self):
        """A visit passes to nobody who does not belong to its company."""
        company = self.env["res.company"].create({"name": "Other"})
        far = new_user(
            self.env,
            "far",
            "sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        visit = self._make_visit()
        with self.assertRaises(UserError):
            visit.with_user(self.reviewer).user_id = far
        wizard = (
            self.env["crm.resource.visit.move"]
            .with_user(self.reviewer)
            .create({"visit_ids": [Command.set(visit.ids)], "substitute_id": far.id})
        )
        with self.assertRaises(UserError):
            wizard.action_move()

    def test_positions_by_paths(self):
        """Who reaches the visit alone finds, reads and counts no position."""
        visit = self._make_visit(start=NOW)
        visit.action_check_in(
            {"mode": "gps", "latitude": 10, "longitude": 20, "accuracy": 5}
        )
        position = visit.sudo().position_ids
        self.customer.user_id = self.other
        self.other.group_ids += self.env.ref("base.group_allow_export")
        self.env.invalidate_all()
        visits = self.env["crm.resource.visit"].with_user(self.other)
        its = visits.browse(visit.id)
        self.assertTrue(its.has_access("read"))
        self.assertFalse(visits.search([("position_ids.latitude", ">", 1)]))
        self.assertFalse(its.position_ids)
        rows = its.export_data(["position_ids/latitude"])["datas"]
        self.assertFalse(rows[0][0])
        positions = position.with_user(self.other)
        [[average]] = positions._read_group([], [], ["distance:avg"])
        self.assertFalse(average)
        with self.assertRaises(AccessError):
            positions.read(["latitude"])
        answer = visits.onchange(
            {"position_ids": [Command.link(position.id)]},
            [],
            {"position_ids": {"fields": {"latitude": {}}}},
        )
        self.assertNotIn("10.0", str(answer))

    def test_positions_of_the_department(self):
        """Colleagues who share the documents of a department see no positions."""
        mate = new_user(self.env, "visit_mate", "crm_resource.group_department")
        self.team.member_ids += mate
        visit = self._make_visit(start=NOW)
        visit.action_check_in({"mode": "refused"})
        self.assertEqual(visit.with_user(mate).state, "checked_in")
        positions = self.env["crm.resource.visit.position"]
        self.assertFalse(positions.with_user(mate).search([]))
        self.assertTrue(positions.with_user(self.leader).search([]))
        [row] = self.env["crm.resource.visit.day"].with_user(mate).get_day()["rows"]
        self.assertFalse(row["has_no_position"])

    def test_portal(self):
        """Customers see none of it."""
        portal = new_user(self.env, "visit_portal", "base.group_portal")
        for name in ("", ".coverage", ".log", ".photo", ".plan", ".position", ".type"):
            with self.subTest(model=name), self.assertRaises(AccessError):
                self.env[f"crm.resource.visit{name}"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.env["crm.resource.visit.day"].with_user(portal).get_day()
        with self.assertRaises(AccessError):
            self.env["crm.resource.visit.route"].with_user(portal).get_route()

    def test_next_step_by_owner(self):
        """Who owns the customer, but not the visit, plans nothing for its person."""
        visit = self._make_visit(start=NOW - timedelta(hours=2))
        visit.action_done()
        self.customer.user_id = self.other
        with self.assertRaisesRegex(AccessError, "the matter of"):
            visit.with_user(self.other).write(
                {"next_date": "2026-04-01", "next_kind": "visit"}
            )
