from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CrmResourceCommon, new_users


@tagged("post_install", "-at_install")
class TestRights(CrmResourceCommon):
    """What one may not reach by any dialog, list or field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north, cls.south, cls.author, cls.announcer = new_users(
            cls.env,
            {
                "rights_north": "sales_team.group_sale_salesman",
                "rights_south": "sales_team.group_sale_salesman",
                "rights_author": "base.group_user",
                "rights_announcer": "crm_resource.group_announcer",
            },
        )
        cls.mine, cls.theirs = (
            cls._make_customer(name, user_id=user.id, phone="+49 30 5554711")
            for name, user in (("Mine", cls.north), ("Theirs", cls.south))
        )
        cls.sister = cls.env["res.company"].create({"name": "Sister"})
        cls.company.crm_announcement_by = "anyone"
        cls.sister.crm_announcement_by = "anyone"

    # ------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------

    def test_the_dialog_of_calls_names_no_strangers(self):
        calls = self.env["crm.resource.call"].with_user(self.north)
        spec = {"partner_id": {"fields": {"display_name": {}}}, "date": {}}
        there = calls.with_context(default_partner_id=self.theirs.id)
        for ask in (
            lambda: there.default_get(["partner_id", "date"]),
            lambda: there.onchange({}, [], spec),
            lambda: calls.onchange({"partner_id": self.theirs.id}, [], spec),
            lambda: calls.onchange(
                {"partner_id": {"id": self.theirs.id}}, ["partner_id"], spec
            ),
            lambda: there.create({"note": "Hello"}),
            lambda: calls.create({"partner_id": self.theirs.id, "note": "Hello"}),
            lambda: calls.web_save(
                {"partner_id": self.theirs.id, "note": "Hello"}, spec
            ),
        ):
            with self.assertRaises(AccessError):
                ask()
        here = calls.with_context(default_partner_id=self.mine.id)
        answer = here.onchange({}, [], spec)
        self.assertEqual(answer["value"]["partner_id"]["display_name"], "Mine")

    def test_calls_are_kept_with_customers_one_reaches(self):
        calls = self.env["crm.resource.call"].with_user(self.north)
        call = calls.create({"partner_id": self.mine.id, "note": "Hello"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call.partner_id = self.theirs.id
        with self.assertRaises(AccessError):
            call.with_user(self.south).action_log()
        # he loses the customer while the dialog is open
        before = self.theirs.message_ids
        foreign = calls.create({"partner_id": self.mine.id, "note": "Hello"})
        self.mine.user_id = self.south
        self.env.flush_all()
        with self.assertRaises(AccessError):
            foreign.action_log()
        self.assertEqual(self.theirs.message_ids, before)

    # ------------------------------------------------------------
    # Announcements
    # ------------------------------------------------------------

    def test_nobody_publishes_to_other_companies(self):
        team, foreign = self.env["crm.team"].create(
            [
                {"name": "Ours", "company_id": self.company.id},
                {"name": "Theirs", "company_id": self.sister.id},
            ]
        )
        for user in self.author, self.announcer, self.reviewer:
            news = self.env["crm.resource.announcement"].with_user(user)
            for values in (
                {"company_id": self.sister.id},
                {"company_id": False},
                {"team_ids": [Command.link(foreign.id)]},
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    news.create({"name": "News", **values})
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    news.create({"name": "News"}).write(values)
            created = news.create({"name": "News", "team_ids": team.ids})
            self.assertEqual(created.company_id, self.company)
        self.author.company_ids += self.sister
        both = self.env["res.company"].search([])
        both.crm_announcement_by = "anyone"
        news = self.env["crm.resource.announcement"].with_user(self.author)
        news = news.with_context(allowed_company_ids=(self.company | self.sister).ids)
        there = news.create({"name": "News", "company_id": self.sister.id})
        there.team_ids = foreign
        self.assertEqual(there.team_ids, foreign)

    def test_readings_come_from_no_context(self):
        news = self.env["crm.resource.announcement"].with_user(self.author)
        reading = {"user_id": self.south.id, "date": "2026-01-01"}
        with self.assertRaises(AccessError):
            news.with_context(
                default_reading_ids=[Command.create(reading)],
            ).create({"name": "News"})
        created = news.with_context(default_author_id=self.south.id).create(
            {"name": "News"}
        )
        self.assertEqual(created.author_id, self.author)
        with self.assertRaises(AccessError):
            created.write({"reading_ids": [Command.create(reading)]})

    def test_my_day_counts_what_is_to_be_read(self):
        news = self.env["crm.resource.announcement"]
        start = self.env["crm.resource.start"]
        both = self.north | self.south
        before = [
            start.with_user(user).get_block("announcements")["count"] for user in both
        ]
        team = self.env["crm.team"].create({"name": "N", "member_ids": self.north.ids})
        wanted, other = news.with_user(self.author).create(
            [
                {"name": "For all", "priority": "2"},
                {"name": "For North", "team_ids": team.ids, "priority": "2"},
            ]
        )
        self.env.flush_all()

        def count():
            return [
                start.with_user(user).get_block("announcements")["count"] - known
                for user, known in zip(both, before, strict=True)
            ]

        self.assertEqual(count(), [2, 1])
        wanted.with_user(self.north).action_read()
        self.assertEqual(count(), [1, 1])
        block = start.with_user(self.north).get_block("announcements")
        self.assertIn(other.name, [row["title"] for row in block["rows"]])
        many = news.with_user(self.author).create(
            [{"name": f"News {number}"} for number in range(12)]
        )
        self.env.flush_all()
        self.assertEqual(count(), [1 + len(many), 1 + len(many)])
        block = start.with_user(self.north).get_block("announcements")
        self.assertTrue(block["has_more"])

    # ------------------------------------------------------------
    # Competitors
    # ------------------------------------------------------------

    def test_products_stay_with_competitors_one_may_edit(self):
        competitors = self.env["crm.resource.competitor"]
        elsewhere = competitors.create({"name": "Far", "company_id": self.sister.id})
        others = competitors.with_user(self.south).create({"name": "Seen by South"})
        own = competitors.with_user(self.north).create({"name": "Seen by North"})
        products = self.env["crm.resource.competitor.product"].with_user(self.north)
        product = products.create({"name": "Their lamp", "competitor_id": own.id})
        for target in elsewhere, others:
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                product.competitor_id = target.id
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                product.web_save({"competitor_id": target.id}, {"name": {}})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            products.create({"name": "Their lamp", "competitor_id": elsewhere.id})
            self.env.flush_all()
        self.assertEqual(product.competitor_id, own)
        product.with_user(self.reviewer).competitor_id = others.id
        self.assertEqual(product.competitor_id, others)

    def test_a_competitor_named_by_a_lost_case_stays(self):
        lost_to, met, harmless = self.env["crm.resource.competitor"].create(
            [{"name": "Lost to"}, {"name": "Met"}, {"name": "Harmless"}]
        )
        case = self.env["crm.resource.churn"].create(
            {
                "name": "C1",
                "partner_id": self.theirs.id,
                "company_id": self.company.id,
                "currency_id": self.currency.id,
                "cause": "months",
                "date": "2026-03-01",
                "date_open": "2026-03-01",
                "competitor_id": lost_to.id,
            }
        )
        self.env["crm.resource.competitor.encounter"].create(
            {"competitor_id": met.id, "partner_id": self.theirs.id}
        )
        for competitor in lost_to, met:
            with self.assertRaisesRegex(UserError, "archive him"):
                competitor.with_user(self.reviewer).unlink()
        self.assertEqual(case.competitor_id, lost_to)
        harmless.with_user(self.reviewer).unlink()
        self.assertFalse(harmless.exists())

    def test_encounters_are_where_one_may_look(self):
        competitor = self.env["crm.resource.competitor"].create({"name": "Rival"})
        encounters = self.env["crm.resource.competitor.encounter"].with_user(self.north)
        lead = self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": self.theirs.id,
                "user_id": self.south.id,
            }
        )
        values = {"competitor_id": competitor.id}
        for place in ({"partner_id": self.theirs.id}, {"lead_id": lead.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                encounters.create({**values, **place})
            context = {f"default_{name}": value for name, value in place.items()}
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                encounters.with_context(**context).create(values)
        mine = encounters.create({**values, "partner_id": self.mine.id})
        for change in (
            {"partner_id": self.theirs.id},
            {"lead_id": lead.id},
            {"user_id": self.south.id},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                mine.write(change)
        with self.assertRaises(AccessError):
            mine.with_user(self.south).write({"outcome": "lost"})
        self.assertEqual(mine.partner_id, self.mine)
        self.assertEqual(mine.user_id, self.north)

    # ------------------------------------------------------------
    # Special days
    # ------------------------------------------------------------

    def test_special_days_move_neither_here_nor_there(self):
        days = self.env["crm.resource.special.day"]
        values = {"name": "Wedding", "month": 3, "day": 5}
        here, there = days.create(
            [
                {**values, "partner_id": self.mine.id},
                {**values, "partner_id": self.theirs.id},
            ]
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            here.with_user(self.north).partner_id = self.theirs.id
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            there.with_user(self.north).partner_id = self.mine.id
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.mine.with_user(self.north).special_day_ids = [Command.link(there.id)]
        self.env.invalidate_all()
        self.assertEqual(here.partner_id, self.mine)
        self.assertEqual(there.partner_id, self.theirs)
        with Form(here.with_user(self.north)) as form:
            form.day = 6
        self.assertEqual(here.day, 6)

    # ------------------------------------------------------------
    # Anonymisation
    # ------------------------------------------------------------

    def test_only_the_family_meant_is_anonymised(self):
        child, stranger = self.env["res.partner"].create(
            [
                {"name": "Ann", "parent_id": self.mine.id},
                {"name": "Ben", "parent_id": self.theirs.id},
            ]
        )
        wizards = self.env["crm.resource.anonymise"]
        values = {"partner_ids": self.mine.ids, "is_sure": True}
        for user in self.north, self.clerk, self.author:
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                wizards.with_user(user).create(values).action_anonymise()
            # another's dialog
            dialog = wizards.with_user(self.reviewer).create(values)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                dialog.with_user(user).action_anonymise()
        self.assertEqual(child.name, "Ann")
        wizards.with_user(self.reviewer).create(values).action_anonymise()
        self.assertNotEqual(child.name, "Ann")
        self.assertNotEqual(self.mine.name, "Mine")
        self.assertEqual(self.theirs.name, "Theirs")
        self.assertEqual(stranger.name, "Ben")

    def test_no_family_of_another_company_is_anonymised(self):
        far = self._make_customer("Far", company_id=self.sister.id)
        wizard = self.env["crm.resource.anonymise"].with_user(self.reviewer)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            wizard.create({"partner_ids": far.ids, "is_sure": True}).action_anonymise()
        self.assertEqual(far.name, "Far")
