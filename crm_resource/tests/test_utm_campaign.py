from datetime import date, datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmResourceCommon, new_user


@tagged("post_install", "-at_install")
class TestUtmCampaign(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = new_user(cls.env, "crm_other", "sales_team.group_sale_salesman")
        cls.mine = cls._make_customer(
            "Mine", email="mine@example.com", user_id=cls.salesperson.id
        )
        cls.others = cls._make_customer(
            "Others", email="others@example.com", user_id=cls.other.id
        )
        cls.tag = cls.env["res.partner.category"].create({"name": "Spring"})
        cls.group = (
            cls.env["crm.resource.target.group"]
            .with_user(cls.reviewer)
            .create({"name": "Spring", "category_ids": [Command.link(cls.tag.id)]})
        )
        (cls.mine | cls.others).category_id = cls.tag
        cls.campaign = (
            cls.env["utm.campaign"]
            .with_user(cls.reviewer)
            .create(
                {
                    "title": "Spring fair",
                    "crm_target_group_id": cls.group.id,
                    "crm_effect_days": 10,
                }
            )
        )

    def _freeze(self):
        self.campaign.action_freeze_targets()
        return self.env["crm.resource.campaign.target"].search(
            [("campaign_id", "=", self.campaign.id)]
        )

    def _make_event(self, begin, attended=(), registered=()):
        event = self.env["event.event"].create(
            {
                "name": "Fair",
                "date_begin": begin,
                "date_end": begin + timedelta(hours=4),
                "date_tz": "UTC",
                "crm_campaign_id": self.campaign.id,
            }
        )
        registrations = self.env["event.registration"].create(
            [
                {"event_id": event.id, "partner_id": partner.id}
                for partner in (*attended, *registered)
            ]
        )
        registrations.action_confirm()
        registrations[: len(attended)].action_set_done()
        return event

    def test_left_out(self):
        """Everybody who does not get it is listed with the reason."""
        silent = self._make_customer("Silent", user_id=self.salesperson.id)
        pool = self._make_customer("Pool", email="pool@example.com")
        draft = self._make_customer(
            "Draft",
            email="draft@example.com",
            customer_state="new",
            user_id=self.salesperson.id,
        )
        twin = self._make_customer(
            "Twin", email="MINE@example.com", user_id=self.salesperson.id
        )
        refusing = self._make_customer(
            "Refusing", email="no@example.com", user_id=self.salesperson.id
        )
        refusing.is_care_refused = True
        black = self._make_customer(
            "Black", email="black@example.com", user_id=self.salesperson.id
        )
        self.env["mail.blacklist"]._add("black@example.com")
        gone = self._make_customer(
            "Gone", email="gone@example.com", user_id=self.salesperson.id
        )
        gone.date_terminated = date(2026, 1, 1)
        everybody = silent | pool | draft | twin | refusing | black | gone
        everybody.category_id = self.tag
        reasons = {row.customer_id: row.reason for row in self._freeze()}
        self.assertEqual(
            reasons,
            {
                self.mine: False,
                self.others: False,
                silent: "no_email",
                pool: "pool",
                draft: "unapproved",
                twin: "duplicate",
                refusing: "opt_out",
                black: "blacklist",
                gone: "terminated",
            },
        )

    def test_receivers(self):
        """A message goes to the billing contact; without one, to the customer."""
        billing = self.env["res.partner"].create(
            {
                "name": "Billing",
                "parent_id": self.mine.id,
                "type": "invoice",
                "email": "billing@example.com",
            }
        )
        self.group.receiver = "invoice"
        self.assertEqual(self._freeze().partner_id, billing | self.others)

    def test_frozen_rows_keep_the_salesperson(self):
        self._freeze()
        self.mine.user_id = self.other
        row = self.env["crm.resource.campaign.target"].search(
            [("customer_id", "=", self.mine.id)]
        )
        self.assertEqual(row.user_id, self.salesperson)
        self.assertEqual(row.level_id, self.mine.level_id)

    def test_frozen_once(self):
        self._freeze()
        with self.assertRaisesRegex(UserError, "done once"):
            self.campaign.action_freeze_targets()
        with self.assertRaisesRegex(UserError, "frozen"):
            self.campaign.crm_target_group_id = False
        with self.assertRaisesRegex(UserError, "archive"):
            self.campaign.with_user(self.env.ref("base.user_admin")).unlink()

    def test_code_fields_are_not_typed(self):
        number = self.campaign.crm_number
        self.assertTrue(number.startswith("CP"))
        self.campaign.write({"crm_number": "X", "crm_date_frozen": "2026-01-01"})
        self.assertEqual(self.campaign.crm_number, number)
        self.assertFalse(self.campaign.crm_date_frozen)
        forged = self.campaign.with_context(default_crm_date_frozen="2026-01-01")
        self.assertFalse(forged.create({"title": "Forged"}).crm_date_frozen)

    def test_salesperson_plans_no_campaign(self):
        campaign = self.campaign.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            campaign.crm_plan = "Mine"
        with self.assertRaises(AccessError):
            campaign.action_freeze_targets()
        with self.assertRaises(AccessError):
            campaign.action_follow_up()
        with self.assertRaises(AccessError):
            self.group.with_user(self.salesperson).domain = "[]"
        with self.assertRaises(AccessError):
            campaign.read(["crm_budget"])

    def test_salesperson_clears_no_campaign(self):
        """Nor does he take away what others planned, archive it, or give it away."""
        self.campaign.write({"crm_plan": "Ours", "crm_url": "https://example.com"})
        its = self.campaign.with_user(self.salesperson)
        for values in (
            {"crm_plan": False},
            {"crm_url": ""},
            {"crm_target_group_id": False},
            {"crm_date_start": False},
            {"crm_effect_days": 0},
            {"crm_event_ids": [Command.clear()]},
            {"active": False},
            {"title": "Mine"},
            {"user_id": self.salesperson.id},
            {"company_id": False},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                its.write(values)

    def test_salesperson_plans_none_by_context(self):
        campaigns = self.env["utm.campaign"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            campaigns.with_context(default_crm_plan="Mine").create({"title": "Mine"})
        campaign = campaigns.create({"title": "Mine"})
        campaign.title = "Still mine"
        self.assertEqual(campaign.title, "Still mine")

    def test_targets_within_reach(self):
        """A salesperson sees the rows of his own customers, and nobody writes them."""
        self._freeze()
        rows = self.env["crm.resource.campaign.target"].with_user(self.salesperson)
        rows = rows.search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(rows.customer_id, self.mine)
        with self.assertRaises(AccessError):
            rows.write({"reason": "pool"})
        with self.assertRaises(AccessError):
            rows.with_user(self.reviewer).unlink()

    def test_preview_within_reach(self):
        """A preview lists those whom the reader reaches, and does not freeze."""
        group = self.group.with_user(self.salesperson)
        action = group.action_preview()
        lines = self.env[action["res_model"]].with_user(self.salesperson)
        self.assertEqual(lines.search(action["domain"]).customer_id, self.mine)
        self.assertFalse(self.campaign.crm_target_ids)

    def test_conditions_with_the_rights_of_their_author(self):
        """A group whose author is no market staff any more is not used."""
        self.reviewer.write({"group_ids": [Command.set([])]})
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref("crm_resource.group_reviewer")
        with self.assertRaisesRegex(UserError, "no market staff"):
            self.campaign.with_user(admin).action_freeze_targets()

    def test_other_company(self):
        """What belongs to another company is not shown."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_user(
            self.env,
            "crm_stranger",
            "crm_resource.group_reviewer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        rows = self._freeze()
        for records in (self.campaign, self.group, rows):
            found = records.with_user(stranger).search([("id", "in", records.ids)])
            self.assertFalse(found, records._name)

    # ------------------------------------------------------------
    # Effect
    # ------------------------------------------------------------

    def test_figures(self):
        """Every figure is computed by hand: two on the list, one mail sent and opened,
        two registered, one attended and bought for 300 within 10 days, one opportunity
        of two won, cost 100."""
        self._freeze()
        day = datetime(2026, 3, 10, 9, 0)
        self._make_event(day, attended=self.mine, registered=self.others)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Come",
                "campaign_id": self.campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": self.mine.id,
                    "email": "mine@example.com",
                    "sent_datetime": datetime(2026, 3, 1, 9, 0),
                    "trace_status": "open",
                },
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": self.others.id,
                    "email": "others@example.com",
                    "trace_status": "error",
                },
            ]
        )
        self._make_order(self.mine, 50, date(2026, 3, 9))  # before
        self._make_order(self.mine, 100, date(2026, 3, 10))
        self._make_order(self.mine, 200, date(2026, 3, 20))  # the last day
        self._make_order(self.mine, 400, date(2026, 3, 21))  # too late
        self._make_order(self.others, 800, date(2026, 3, 12))  # not invited, not there
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": "Chance",
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "campaign_id": self.campaign.id,
                }
                for partner in (self.mine, self.others)
            ]
        )
        leads[0].action_set_won()
        self.campaign.crm_cost_ids = [
            Command.create({"name": "Hall", "amount_planned": 80, "amount_actual": 100})
        ]
        self.env.flush_all()
        self.campaign.invalidate_recordset()
        campaign = self.campaign
        self.assertEqual(campaign.crm_target_count, 2)
        self.assertEqual(campaign.crm_invited_count, 1)
        self.assertEqual(campaign.crm_opened_count, 1)
        self.assertEqual(campaign.crm_clicked_count, 0)
        self.assertEqual(campaign.crm_registered_count, 2)
        self.assertEqual(campaign.crm_attended_count, 1)
        self.assertEqual(campaign.crm_made_lead_count, 0)
        self.assertEqual(campaign.crm_opportunity_count, 2)
        self.assertEqual(campaign.crm_won_count, 1)
        self.assertEqual(campaign.crm_conversion, 0.5)
        self.assertEqual(campaign.crm_order_count, 2)
        self.assertEqual(campaign.crm_sales, 300)
        self.assertEqual(campaign.crm_cost_planned, 80)
        self.assertEqual(campaign.crm_cost_actual, 100)
        self.assertEqual(campaign.crm_cost_per_participant, 100)
        self.assertEqual(campaign.crm_cost_per_lead, 50)
        self.assertEqual(campaign.crm_return, 2.0)
        own = campaign.with_user(self.other)
        self.assertEqual(own.crm_sales, 0)
        self.assertEqual(own.crm_registered_count, 1)

    def test_participation_by_level_and_salesperson(self):
        event = self._make_event(
            datetime(2026, 3, 10, 9, 0), attended=self.mine, registered=self.others
        )
        groups = self.env["crm.resource.participation"]._read_group(
            [("event_id", "=", event.id)],
            ["user_id", "level_id"],
            ["registered:sum", "attended:sum"],
        )
        self.assertCountEqual(
            groups,
            [
                (self.salesperson, self.mine.level_id, 1, 1),
                (self.other, self.others.level_id, 1, 0),
            ],
        )
        rows = self.env["crm.resource.participation"].with_user(self.salesperson)
        self.assertEqual(rows.search([]).customer_id, self.mine)
        self.assertTrue(event.crm_number.startswith("AC"))

    def test_cost_in_company_currency(self):
        currency = self.env["res.currency"].create({"name": "TST", "symbol": "T"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2026-01-01",
                "rate": 4,
                "company_id": self.company.id,
            }
        )
        cost = self.env["crm.resource.campaign.cost"].create(
            {
                "name": "Stand",
                "campaign_id": self.campaign.id,
                "currency_id": currency.id,
                "amount_actual": 100,
                "date": "2026-02-01",
            }
        )
        self.assertEqual(cost.company_actual, 25)

    def test_follow_up_by_substitute(self):
        """Who is away has his customers called by his substitute; it is done once."""
        event = self._make_event(
            datetime(2026, 3, 10, 9, 0), attended=self.mine | self.others
        )
        today = fields.Date.context_today(self.env.user)
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.other.id,
                "date_from": today,
                "date_to": today,
                "substitute_id": self.salesperson.id,
            }
        )
        event.with_user(self.reviewer).action_follow_up()
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", (self.mine | self.others).ids),
            ]
        )
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.user_id, self.salesperson)
        with self.assertRaisesRegex(UserError, "done once"):
            event.with_user(self.reviewer).action_follow_up()

    def test_opportunities_once(self):
        event = self._make_event(
            datetime(2026, 3, 10, 9, 0), attended=self.mine, registered=self.others
        ).with_user(self.reviewer)
        event.action_make_leads()
        event.action_make_leads()
        leads = self.env["crm.lead"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(leads.partner_id, self.mine)
        self.assertEqual(leads.user_id, self.salesperson)
        self.assertEqual(len(leads), 1)

    def test_invitation_goes_to_the_list(self):
        with self.assertRaisesRegex(UserError, "Freeze"):
            self.campaign.action_invite()
        self.others.is_care_refused = True
        self._freeze()
        context = self.campaign.action_invite()["context"]
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.reviewer)
            .with_context(**context)
            .create({"subject": "Come"})
        )
        self.assertEqual(mailing._get_recipients(), self.mine.ids)
        self.assertEqual(mailing.campaign_id, self.campaign)

    def test_timeline(self):
        self._freeze()
        self._make_event(datetime(2026, 3, 10, 9, 0), attended=self.mine)
        page = self.mine.with_user(self.salesperson).get_timeline(kinds=["campaign"])
        self.assertEqual(
            {event["title"] for event in page["events"]}, {"Spring fair", "Fair"}
        )
        self.assertEqual(self.mine.participation_count, 1)
