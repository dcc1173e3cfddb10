from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, freeze_time, tagged

from .common import TODAY, new_users


@tagged("post_install", "-at_install")
class TestAnnouncement(TransactionCase):
    """A department with one below it, each with a member; a leader above."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 15, 2)))
        (
            cls.author,
            cls.north,
            cls.city,
            cls.south,
            cls.leader,
            cls.reviewer,
            cls.announcer,
        ) = new_users(
            cls.env,
            {
                "announcement_author": "base.group_user",
                "announcement_north": "sales_team.group_sale_salesman",
                "announcement_city": "sales_team.group_sale_salesman",
                "announcement_south": "sales_team.group_sale_salesman",
                "announcement_leader": "sales_team.group_sale_salesman",
                "announcement_reviewer": "crm_resource.group_reviewer",
                "announcement_announcer": "crm_resource.group_announcer",
            },
        )
        cls.people = cls.author | cls.north | cls.city | cls.south | cls.leader
        cls.team, cls.other = cls.env["crm.team"].create(
            [
                {"name": "North", "user_id": cls.leader.id},
                {"name": "South", "member_ids": cls.south.ids},
            ]
        )
        cls.below = cls.env["crm.team"].create(
            {"name": "City", "parent_id": cls.team.id, "member_ids": cls.city.ids}
        )
        cls.team.member_ids = cls.north
        cls.company = cls.env.company
        cls.company.crm_announcement_by = "anyone"
        cls.announcements = cls.env["crm.resource.announcement"]
        cls.kind = cls.env.ref("crm_resource.mail_activity_data_announcement")

    def _announce(self, user=None, **values):
        return self.announcements.with_user(user or self.author).create(
            {"name": "News", **values}
        )

    def _get_seers(self, announcement):
        """Return who of the people sees it, by a search and by its own check."""
        found = self.people.filtered(
            lambda user: self.announcements.with_user(user).search_count(
                [("id", "=", announcement.id)]
            )
        )
        allowed = self.people.filtered(
            lambda user: announcement.with_user(user).has_access("read")
        )
        self.assertEqual(found, allowed)
        return found

    def test_readers(self):
        self.assertEqual(self._get_seers(self._announce()), self.people)
        news = self._announce(team_ids=self.team.ids)
        self.assertEqual(
            self._get_seers(news), self.author | self.north | self.city | self.leader
        )
        self.assertEqual(news.unread_user_ids, self.north | self.city | self.leader)
        news.team_ids = self.below
        self.assertEqual(self._get_seers(news), self.author | self.city)
        news.team_ids = self.other
        self.assertEqual(self._get_seers(news), self.author | self.south)
        self.assertFalse(news.with_user(self.leader).has_access("read"))
        self.assertTrue(news.with_user(self.reviewer).has_access("write"))

    def test_planned_and_expired_ones_are_seen_by_their_author(self):
        for dates, state in (
            ({"date_from": date(2026, 3, 16)}, "planned"),
            ({"date_from": date(2026, 3, 1), "date_to": date(2026, 3, 14)}, "expired"),
        ):
            news = self._announce(**dates)
            self.assertEqual(news.state, state)
            self.assertEqual(self._get_seers(news), self.author)
            self.assertIn(news, self.announcements.search([("state", "=", state)]))
        last = self._announce(date_to=TODAY)
        self.assertEqual(last.state, "current")
        self.assertEqual(self._get_seers(last), self.people)
        with freeze_time(datetime(2026, 3, 16, 2)):
            self.env.invalidate_all()
            self.assertEqual(self._get_seers(last), self.author)

    def test_who_has_read(self):
        news = self._announce(team_ids=self.team.ids)
        mine = news.with_user(self.north)
        self.assertFalse(mine.is_read)
        mine.action_read()
        mine.action_read()
        self.assertTrue(mine.is_read)
        self.assertFalse(news.with_user(self.city).is_read)
        self.assertEqual(news.reading_ids.user_id, self.north)
        self.assertEqual(len(news.reading_ids), 1)
        self.assertEqual(news.reading_ids.date, datetime(2026, 3, 15, 2))
        self.assertEqual(news.unread_user_ids, self.city | self.leader)
        self.assertEqual((news.read_count, news.reader_count), (1, 3))
        # whoever reads does not learn who has not
        self.assertFalse(mine.unread_user_ids)
        self.assertFalse(mine.reader_count)
        unread = [("is_read", "=", False), ("id", "=", news.id)]
        self.assertFalse(self.announcements.with_user(self.north).search(unread))
        self.assertTrue(self.announcements.with_user(self.city).search(unread))
        reading = news.reading_ids
        self.assertTrue(reading.with_user(self.north).has_access("read"))
        self.assertTrue(reading.with_user(self.author).has_access("read"))
        self.assertFalse(reading.with_user(self.city).has_access("read"))
        with self.assertRaises(AccessError):
            news.with_user(self.south).action_read()

    def test_readings_are_written_by_nobody(self):
        news = self._announce()
        vals = {
            "announcement_id": news.id,
            "user_id": self.south.id,
            "date": datetime(2026, 1, 1),
        }
        for user in self.author, self.reviewer:
            with self.assertRaises(AccessError):
                self.env["crm.resource.announcement.reading"].with_user(user).create(
                    vals
                )
            with self.assertRaises(AccessError):
                news.with_user(user).write({"reading_ids": [Command.create(vals)]})

    def test_who_may_publish(self):
        self.company.crm_announcement_by = "group"
        with self.assertRaisesRegex(AccessError, "those who have the right"):
            self._announce()
        for user in self.announcer, self.reviewer:
            self.assertTrue(self._announce(user))
        self.company.crm_announcement_by = "anyone"
        news = self._announce()
        # what is for all companies needs the right if one of them asks for it
        self.env["res.company"].create(
            {"name": "Other", "crm_announcement_by": "group"}
        )
        with self.assertRaises(AccessError):
            self._announce(company_id=False)
        with self.assertRaises(AccessError):
            news.company_id = False

    def test_authors(self):
        news = self._announce(author_id=self.south.id)
        self.assertEqual(news.author_id, self.author)
        with self.assertRaises(AccessError):
            news.author_id = self.south
        with self.assertRaises(AccessError):
            news.with_user(self.north).name = "Mine"
        with self.assertRaises(AccessError):
            news.with_user(self.north).unlink()

    def test_attachments_are_read_by_readers(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.author)
            .create(
                {"name": "a.txt", "raw": b"x", "res_model": self.announcements._name}
            )
        )
        self.assertFalse(attachment.with_user(self.north).has_access("read"))
        self._announce(attachment_ids=attachment.ids, team_ids=self.team.ids)
        self.assertTrue(attachment.with_user(self.north).has_access("read"))
        self.assertFalse(attachment.with_user(self.south).has_access("read"))
        secret = (
            self.env["ir.attachment"]
            .with_user(self.south)
            .create({"name": "b.txt", "raw": b"x"})
        )
        with self.assertRaises(AccessError):
            self._announce(attachment_ids=secret.ids)

    def test_reminders(self):
        news = self._announce(team_ids=self.team.ids, is_obligatory=True, remind_days=3)
        news.with_user(self.north).action_read()
        optional = self._announce(team_ids=self.team.ids)

        def remind(day):
            with freeze_time(datetime(2026, 3, day, 2)):
                self.announcements._cron_remind()
            self.env.invalidate_all()
            return news.sudo().activity_ids.user_id

        self.assertFalse(remind(17))
        self.assertEqual(remind(18), self.city | self.leader)
        self.assertEqual(remind(19), self.city | self.leader)
        self.assertEqual(len(news.sudo().activity_ids), 2)
        self.assertFalse(optional.sudo().activity_ids)
        news.with_user(self.city).action_read()
        self.assertEqual(news.sudo().activity_ids.user_id, self.leader)
        self.assertEqual(remind(20), self.leader)
        # what expired is not asked for any more
        news.date_to = date(2026, 3, 20)
        self.assertFalse(remind(21))

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        news = self._announce(self.env.user, company_id=other.id)
        self.assertFalse(self._get_seers(news))
        self.assertNotIn(self.author, news.unread_user_ids)
        self.assertFalse(news.with_user(self.reviewer).has_access("read"))
        everywhere = self._announce(self.env.user, company_id=False)
        self.assertEqual(self._get_seers(everywhere), self.people)

    def test_form(self):
        with Form(self.announcements.with_user(self.author)) as form:
            form.name = "Holiday"
            form.body = "<p>We are closed.</p>"
            form.is_obligatory = True
        reader = Form(form.record.with_user(self.north))
        self.assertEqual(reader.state, "current")
        self.assertFalse(reader.is_keeper)
