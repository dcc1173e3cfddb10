from .common import TODAY, CrmResourceCommon


class TestCrmResourceLevelChange(CrmResourceCommon):
    """The history has no foreign keys: what it is about must tidy up when it goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer()
        cls._make_order(cls.customer, 2000)
        cls.policy._classify(TODAY)
        cls.changes = cls.env["crm.resource.level.change"].search(
            [("partner_id", "=", cls.customer.id)]
        )

    def test_it_goes_with_the_customer(self):
        self.assertTrue(self.changes)
        stranger = self._make_customer("Stranger")
        others = stranger.level_change_ids
        stranger.unlink()
        self.assertFalse(others.exists())
        self.assertTrue(self.changes.exists())

    def test_it_moves_with_a_merge(self):
        double = self._make_customer("Double")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | double).ids, dst_partner=double, extra_checks=False
        )
        self.assertEqual(self.changes.partner_id, double)
        self.assertEqual(double.level_id, self.new)

    def test_it_forgets_a_level_that_goes(self):
        self.assertEqual(self.customer.level_id, self.large)
        self.large.unlink()
        self.assertFalse(self.customer.level_id)
        self.assertFalse(self.changes.level_to_id & self.large)

    def test_it_goes_with_the_policy(self):
        self.policy.unlink()
        self.assertFalse(self.changes.exists())
        self.assertFalse(self.customer.level_id)
