from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, CrmResourceCommon, new_users


@tagged("post_install", "-at_install")
class TestCompetitor(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 15, 2)))
        cls.north, cls.south, cls.leader, cls.executive = new_users(
            cls.env,
            {
                "competitor_north": "sales_team.group_sale_salesman",
                "competitor_south": "sales_team.group_sale_salesman",
                "competitor_leader": "sales_team.group_sale_salesman",
                "competitor_executive": "crm_resource.group_executive",
            },
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "North", "user_id": cls.leader.id}
        )
        cls.competitor = cls.env["crm.resource.competitor"].create({"name": "Rival"})
        cls.customer = cls._make_customer(
            "Northern", user_id=cls.north.id, team_id=cls.team.id
        )
        cls.encounters = cls.env["crm.resource.competitor.encounter"]
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Price"})

    def _make_lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.north.id,
                "team_id": self.team.id,
                **values,
            }
        )

    def test_losing_enters_the_encounter(self):
        lead = self._make_lead()
        dialog = (
            self.env["crm.lead.lost"]
            .with_user(self.north)
            .with_context(default_lead_ids=lead.ids)
        )
        form = Form(dialog)
        form.lost_reason_id = self.reason
        form.competitor_id = self.competitor
        form.save().action_lost_reason_apply()
        self.assertFalse(lead.active)
        self.assertEqual(lead.competitor_id, self.competitor)
        encounter = self.competitor.encounter_ids
        self.assertEqual(encounter.lead_id, lead)
        self.assertEqual(encounter.partner_id, self.customer)
        self.assertEqual(encounter.outcome, "lost")
        self.assertEqual(encounter.reason_id, self.reason)
        self.assertEqual(encounter.user_id, self.north)
        self.assertEqual(encounter.date, TODAY)
        # an opportunity taken up again is not decided any more
        lead.action_unarchive()
        self.assertEqual(encounter.outcome, "open")
        lead.action_set_won()
        self.assertEqual(encounter.outcome, "won")
        self.assertFalse(encounter.reason_id)
        self.assertEqual(len(self.competitor.encounter_ids), 1)

    def test_losing_without_a_competitor(self):
        lead = self._make_lead()
        self.env["crm.lead.lost"].create(
            {"lead_ids": lead.ids, "lost_reason_id": self.reason.id}
        ).action_lost_reason_apply()
        self.assertFalse(self.encounters.search([("lead_id", "=", lead.id)]))

    def test_several_lost_at_once(self):
        leads = self._make_lead() | self._make_lead() | self._make_lead()
        self.env["crm.lead.lost"].create(
            {
                "lead_ids": leads.ids,
                "competitor_id": self.competitor.id,
                "lost_reason_id": self.reason.id,
            }
        ).action_lost_reason_apply()
        self.assertEqual(self.competitor.lost_count, 3)
        self.assertEqual(self.competitor.encounter_ids.lead_id, leads)

    def test_counts_and_win_rate(self):
        for outcome, times in (("won", 1), ("lost", 2), ("other", 1), ("open", 3)):
            for _time in range(times):
                self.encounters.create(
                    {
                        "competitor_id": self.competitor.id,
                        "partner_id": self.customer.id,
                        "outcome": outcome,
                    }
                )
        self.assertEqual(self.competitor.encounter_count, 7)
        self.assertEqual(self.competitor.won_count, 1)
        self.assertEqual(self.competitor.lost_count, 3)
        # of four that are decided
        self.assertEqual(self.competitor.win_rate, 25)
        # what somebody does not see does not count for him
        self.assertEqual(self.competitor.with_user(self.north).encounter_count, 7)
        self.assertEqual(self.competitor.with_user(self.south).encounter_count, 0)
        self.assertEqual(self.competitor.with_user(self.south).win_rate, 0)

    def test_encounters_obey_the_reach_of_customer_and_opportunity(self):
        lead = self._make_lead(active=False, probability=0)
        loose = self._make_lead(partner_id=False)
        for place in (
            {"partner_id": self.customer.id},
            {"lead_id": lead.id},
            {"lead_id": loose.id},
        ):
            encounter = self.encounters.with_user(self.north).create(
                {"competitor_id": self.competitor.id, **place}
            )
            for user in self.north, self.leader, self.reviewer, self.executive:
                self.assertTrue(encounter.with_user(user).has_access("read"))
            self.assertFalse(encounter.with_user(self.south).has_access("read"))
            self.assertFalse(
                encounter.with_user(self.south).search([("id", "=", encounter.id)])
            )
            self.assertFalse(encounter.with_user(self.executive).has_access("write"))
            # only one's own are changed
            self.assertFalse(encounter.with_user(self.leader).has_access("write"))
            with self.assertRaises(AccessError):
                self.encounters.with_user(self.south).create(
                    {"competitor_id": self.competitor.id, **place}
                )

    def test_encounters_stay_where_they_were(self):
        encounter = self.encounters.with_user(self.north).create(
            {
                "competitor_id": self.competitor.id,
                "partner_id": self.customer.id,
                "user_id": self.south.id,
            }
        )
        self.assertEqual(encounter.user_id, self.north)
        other = self._make_customer("Southern", user_id=self.south.id)
        for vals in ({"partner_id": other.id}, {"user_id": self.south.id}):
            with self.assertRaises(UserError):
                encounter.write(vals)
        encounter.price = 10
        self.assertEqual(encounter.price, 10)
        with self.assertRaises(ValidationError):
            self.encounters.create({"competitor_id": self.competitor.id})

    def test_library_is_read_by_all_and_written_by_its_authors(self):
        own = (
            self.env["crm.resource.competitor"]
            .with_user(self.north)
            .create({"name": "Found by North"})
        )
        product = self.env["crm.resource.competitor.product"].with_user(self.north)
        product = product.create(
            {"name": "Their lamp", "competitor_id": self.competitor.id, "price": 80}
        )
        for record in own, product:
            for user in self.south, self.clerk, self.executive, self.reviewer:
                self.assertTrue(record.with_user(user).has_access("read"))
            for user in self.south, self.clerk, self.executive:
                self.assertFalse(record.with_user(user).has_access("write"))
            for user in self.north, self.reviewer:
                self.assertTrue(record.with_user(user).has_access("write"))
            self.assertEqual(Form(own.with_user(self.clerk)).name, own.name)
        self.assertFalse(self.competitor.with_user(self.north).has_access("write"))

    def test_product_takes_the_category_of_ours(self):
        product = self.env["crm.resource.competitor.product"].create(
            {
                "name": "Their lamp",
                "competitor_id": self.competitor.id,
                "product_id": self.product.id,
                "date_price": date(2026, 1, 1),
            }
        )
        self.assertEqual(product.categ_id, self.product.categ_id)
        self.assertEqual(self.competitor.product_count, 1)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["crm.resource.competitor"].create(
            {"name": "Rival", "company_id": other.id}
        )
        product = self.env["crm.resource.competitor.product"].create(
            {"name": "Their lamp", "competitor_id": theirs.id}
        )
        encounter = self.encounters.create(
            {
                "competitor_id": theirs.id,
                "partner_id": self._make_customer("Far", company_id=other.id).id,
            }
        )
        for record in theirs, product, encounter:
            self.assertFalse(record.with_user(self.reviewer).has_access("read"))
