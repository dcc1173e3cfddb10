from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import CrmResourceCommon


@tagged("post_install", "-at_install")
class TestCrmResourceCareFilter(CrmResourceCommon):
    """Care for those whom a saved filter finds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.woman = cls._make_customer("Ada", is_company=False, gender="female")
        cls.man = cls._make_customer("Bob", is_company=False, gender="male")
        cls.shared = cls.env["ir.filters"].create(
            {
                "name": "Women",
                "model_id": "res.partner",
                "user_ids": False,
                "domain": "[('gender', '=', 'female')]",
            }
        )
        cls.rule = cls.env["crm.resource.care.rule"].create(
            {"name": "8 March", "filter_id": cls.shared.id}
        )

    def _get_met(self):
        customers = self.env["res.partner"].search(self.rule._get_typed_domain())
        return customers & (self.woman | self.man)

    def test_the_filter_and_the_conditions_hold_together(self):
        self.assertEqual(self._get_met(), self.woman)
        self.rule.domain = "[('name', '=', 'Bob')]"
        self.assertFalse(self._get_met())

    def test_only_shared_filters_of_customers(self):
        own = self.shared.copy({"name": "Own", "user_ids": self.reviewer.ids})
        other = self.shared.copy({"name": "Leads", "model_id": "crm.lead"})
        for wrong in (own, other):
            with self.subTest(wrong.name), self.assertRaises(ValidationError):
                self.rule.filter_id = wrong

    def test_who_makes_no_rules_changes_no_filter_of_theirs(self):
        with self.assertRaises(AccessError):
            self.shared.with_user(self.salesperson).domain = "[]"
        with self.assertRaises(ValidationError):
            self.shared.with_user(self.reviewer).domain = "[(1, 2"
        self.shared.with_user(self.reviewer).domain = "[('gender', '=', 'male')]"
        self.assertEqual(self._get_met(), self.man)
