from odoo.fields import Domain

from odoo.addons.crm_resource.models.crm_resource_assignment import Holder

from .common import CrmResourceCommon


class TestBasePartnerMerge(CrmResourceCommon):
    """Two records of one customer become one, and nothing of either is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer("Kept")
        cls.double = cls._make_customer("Double")
        cls.pool = cls.env["crm.resource.pool"].create({"name": "Public"})

    def _merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | self.double).ids,
            dst_partner=self.customer,
            extra_checks=False,
        )
        self.env.invalidate_all()

    def test_both_owner_histories_stay(self):
        people = [
            self.env["res.users"].create({"name": login, "login": login})
            for login in ("merge_ann", "merge_ben")
        ]
        assign = self.env["crm.resource.assignment"]._assign
        assign({self.customer.id: Holder(people[0].id)}, "allocate")
        assign({self.double.id: Holder(people[1].id)}, "allocate")
        before = self.customer.assignment_ids | self.double.assignment_ids
        self._merge()
        self.assertFalse(self.double.exists())
        self.assertEqual(before.partner_id, self.customer)
        self.assertIn(people[1], before.user_to_id)
        running = before.filtered(lambda held: not held.date_end)
        self.assertEqual(running.user_to_id, self.customer.user_id)
        self.assertEqual(self.customer.user_id, people[0])

    def test_out_of_a_pool(self):
        self.env["crm.resource.assignment"]._assign(
            {self.double.id: Holder(pool=self.pool.id)}, "recall"
        )
        self._merge()
        self.assertFalse(self.customer.pool_id)
        self.assertFalse(
            self.env["crm.resource.pool.customer"].search_count(
                [("pool_id", "=", self.pool.id)]
            )
        )

    def test_an_unmanaged_partner_inherits_the_history(self):
        self.customer.customer_state = False
        before = self.double.assignment_ids
        self._merge()
        self.assertTrue(self.customer.customer_state)
        self.assertEqual(before.partner_id, self.customer)
        open_ones = self.customer.assignment_ids.filtered_domain(
            Domain("date_end", "=", False)
        )
        self.assertEqual(len(open_ones), 1)

    def test_what_is_unique_is_there_once(self):
        """One open case, one request, one pin: those of both cannot go on."""
        partners = self.customer | self.double
        for partner in partners:
            self.env["crm.resource.pin"].create({"partner_id": partner.id})
            self.env.cr.execute(
                "INSERT INTO crm_resource_recall_extension"
                " (partner_id, user_id, date_to, reason, state)"
                " VALUES (%s, %s, '2040-01-01', 'Asked', 'asked')",
                [partner.id, self.salesperson.id],
            )
            self.env.cr.execute(
                "INSERT INTO crm_resource_churn (name, partner_id, company_id,"
                " currency_id, cause, date, date_open, state) VALUES"
                " ('1', %s, %s, %s, 'never', '2026-01-01', '2026-01-01', 'open')",
                [partner.id, self.company.id, self.currency.id],
            )
        self._merge()
        for model, domain, count in (
            ("crm.resource.pin", [], 1),
            ("crm.resource.recall.extension", [("state", "=", "asked")], 1),
            ("crm.resource.recall.extension", [], 2),
            ("crm.resource.churn", [("state", "=", "open")], 1),
        ):
            with self.subTest(model, domain=domain):
                found = self.env[model].search_count(
                    [("partner_id", "=", self.customer.id), *domain]
                )
                self.assertEqual(found, count)
