from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_crm_resource_audience import AudienceCase


@tagged("post_install", "-at_install")
class TestCrmResourceDetail(AudienceCase):
    """Special days and collaborators are edited on the customer's page, with his
    rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.north_customer
        cls.day = cls.env["crm.resource.special.day"].create(
            {"partner_id": cls.customer.id, "name": "Fair", "month": 3, "day": 1}
        )
        cls.helper = cls.env["crm.resource.collaborator"].create(
            {"partner_id": cls.customer.id, "user_id": cls.users["member"].id}
        )

    def _edit(self, user):
        """Return what a user does to both, each a function."""
        day, helper = self.day.with_user(user), self.helper.with_user(user)
        return (
            lambda: day.write({"name": "Great Fair"}),
            lambda: day.create(
                {"partner_id": self.customer.id, "name": "X", "month": 5, "day": 2}
            ),
            day.unlink,
            lambda: helper.write({"access": "edit"}),
            lambda: helper.create(
                {"partner_id": self.customer.id, "user_id": self.users["south"].id}
            ),
            helper.unlink,
        )

    def _assert_refused(self, user, message=""):
        for work in self._edit(user):
            with self.assertRaisesRegex(AccessError, message), self.cr.savepoint():
                work()
        self.env.invalidate_all()
        self.assertEqual((self.day.name, self.helper.access), ("Fair", "read"))

    def test_owner_edits(self):
        for work in self._edit(self.users["north"]):
            work()
        self.assertFalse(self.day.exists())
        self.assertEqual(self.customer.collaborator_ids.user_id, self.users["south"])

    def test_terminated_customers_keep_theirs(self):
        self.customer.date_terminated = "2026-03-01"
        for user in ("north", "reviewer"):
            self._assert_refused(self.users[user], "is terminated: have him reopened")

    def test_rejected_customers_keep_theirs(self):
        self.customer.customer_state = "rejected"
        self._assert_refused(self.users["north"], "ask a customer reviewer")
        for work in self._edit(self.users["reviewer"]):
            work()

    def test_strangers_edit_nothing(self):
        self._assert_refused(self.users["south"])
        self._assert_refused(self.users["colleague"])
        self._assert_refused(self.users["executive"])

    def test_no_day_is_moved_to_a_terminated_customer(self):
        self.south_customer.date_terminated = "2026-03-01"
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.day.with_user(self.users["reviewer"]).partner_id = self.south_customer
        self.assertEqual(self.day.partner_id, self.customer)

    def test_contacts_are_not_terminated(self):
        """A contact has no state of his own: his days stay his."""
        contact = self.customer.child_ids
        self.customer.date_terminated = "2026-03-01"
        day = self.day.with_user(self.users["north"]).create(
            {"partner_id": contact.id, "name": "Wedding", "month": 5, "day": 2}
        )
        self.assertEqual(contact.special_day_ids, day)
