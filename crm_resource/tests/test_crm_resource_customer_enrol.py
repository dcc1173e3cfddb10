from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TODAY, CrmResourceCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceCustomerEnrol(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "Fair"})
        cls.firm, cls.person, cls.idle = cls.env["res.partner"].create(
            [
                {"name": "Firm", "is_company": True, "category_id": cls.tag.ids},
                {"name": "Person", "user_id": cls.salesperson.id},
                {"name": "Idle"},
            ]
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ann", "parent_id": cls.firm.id}
        )
        cls._make_order(cls.contact, 100, user_id=cls.reviewer.id)
        cls._make_order(cls.person, 100, date(2024, 1, 1), user_id=cls.reviewer.id)

    def _enrol(self, **values):
        return (
            self.env["crm.resource.customer.enrol"]
            .with_user(self.reviewer)
            .create(values)
        )

    def _foreseen(self, enrol):
        enrol.action_preview()
        return {line.user_id: line.customer_count for line in enrol.line_ids}

    def test_preview_counts_by_owner_and_changes_nothing(self):
        enrol = self._enrol(
            source="order", owner="document", date_from=date(2024, 1, 1)
        )
        foreseen = self._foreseen(enrol)
        self.assertEqual(foreseen[self.reviewer], 1)
        self.assertEqual(foreseen[self.salesperson], 1)
        self.assertFalse((self.firm | self.person).filtered("customer_state"))

    def test_run_equals_preview(self):
        enrol = self._enrol(source="order", owner="document")
        foreseen = self._foreseen(enrol)
        action = enrol.action_enrol()
        enrolled = self.env["res.partner"].search(action["domain"])
        self.assertEqual(
            {user: len(some) for user, some in enrolled.grouped("user_id").items()},
            foreseen,
        )
        self.assertIn(self.firm, enrolled)
        self.assertEqual(self.firm.user_id, self.reviewer)
        self.assertEqual(self.person.user_id, self.salesperson)
        self.assertFalse(self.contact.customer_state)
        self.assertFalse(self.idle.customer_state)
        self.assertTrue(all(p.customer_code and p.standing_id for p in enrolled))

    def test_orders_since_a_day(self):
        self._enrol(source="order", date_from=date(2026, 1, 1)).action_enrol()
        self.assertTrue(self.firm.customer_state)
        self.assertFalse(self.person.customer_state)

    def test_by_tag(self):
        self._enrol(source="tag", category_ids=self.tag.ids).action_enrol()
        self.assertEqual(self.firm.customer_state, "approved")
        self.assertFalse(self.person.customer_state)

    def test_by_filter(self):
        self._enrol(source="filter", domain="[('name', '=', 'Idle')]").action_enrol()
        self.assertTrue(self.idle.customer_state)

    def test_filter_is_no_program(self):
        with self.assertRaises(UserError):
            self._enrol(source="filter", domain="__import__('os')").action_preview()

    def test_marked_contacts_stand_for_their_company(self):
        enrol = (
            self.env["crm.resource.customer.enrol"]
            .with_user(self.reviewer)
            .with_context(active_model="res.partner", active_ids=self.contact.ids)
            .create({"owner": "none"})
        )
        enrol.action_enrol()
        self.assertEqual(self.firm.customer_state, "approved")

    def test_one_owner_for_all(self):
        self._enrol(
            source="chosen",
            partner_ids=(self.firm | self.idle).ids,
            owner="user",
            user_id=self.salesperson.id,
        ).action_enrol()
        self.assertEqual((self.firm | self.idle).user_id, self.salesperson)

    def test_nobody_left(self):
        values = {"source": "chosen", "partner_ids": self.idle.ids}
        self._enrol(**values).action_enrol()
        with self.assertRaisesRegex(UserError, "Nobody is left"):
            self._enrol(**values).action_enrol()

    def test_own_company_and_users_are_no_customers(self):
        own = self.company.partner_id | self.salesperson.partner_id
        enrol = self._enrol(source="chosen", partner_ids=own.ids)
        self.assertFalse(self._foreseen(enrol))

    def test_reviewers_only(self):
        with self.assertRaises(AccessError):
            self.env["crm.resource.customer.enrol"].with_user(self.salesperson).create(
                {}
            )
