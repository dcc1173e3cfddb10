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
