from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_crm_resource_audience import AudienceCase


@tagged("post_install", "-at_install")
class TestCrmResourcePin(AudienceCase):
    """Everybody pins the customers whom he reaches, for himself."""

    def _pin(self, user, partner):
        return partner.with_user(self.users[user]).action_toggle_pin()

    def _get_pinned(self, user):
        partners = self.env["res.partner"].with_user(self.users[user])
        return partners.search([("is_pinned", "=", True)]).sudo()

    def test_pin_and_take_back(self):
        customer = self.north_customer
        self._pin("north", customer)
        own = customer.with_user(self.users["north"])
        self.assertTrue(own.is_pinned)
        self.assertEqual(self._get_pinned("north"), customer)
        self.assertFalse(self._get_pinned("leader"))
        self._pin("leader", customer)
        self._pin("north", customer)
        self.assertFalse(own.is_pinned)
        self.assertFalse(self._get_pinned("north"))
        self.assertEqual(self._get_pinned("leader"), customer)

    def test_readers_pin_too(self):
        self._pin("executive", self.south_customer)
        self.assertEqual(self._get_pinned("executive"), self.south_customer)

    def test_several_at_once(self):
        self._pin("upper", self.north_customer)
        self._pin("upper", self.customers)
        self.assertEqual(self._get_pinned("upper"), self.customers)
        self._pin("upper", self.customers)
        self.assertFalse(self._get_pinned("upper"))

    def test_not_pinned_is_everybody_else(self):
        self._pin("upper", self.north_customer)
        partners = self.env["res.partner"].with_user(self.users["upper"])
        domain = [("id", "in", self.customers.ids)]
        self.assertEqual(
            partners.search([*domain, ("is_pinned", "=", False)]).sudo(),
            self.south_customer,
        )

    def test_strangers_are_not_pinned(self):
        with self.assertRaises(AccessError):
            self._pin("north", self.south_customer)
        pins = self.env["crm.resource.pin"].with_user(self.users["north"])
        with self.assertRaises(AccessError):
            pins.create({"partner_id": self.south_customer.id})
        with self.assertRaises(UserError):
            pins.create({"partner_id": self.contact.id})
        self.assertFalse(self.env["crm.resource.pin"].search([]) & pins.search([]))

    def test_nobody_pins_for_others(self):
        pins = self.env["crm.resource.pin"]
        pin = pins.with_user(self.users["north"]).create(
            {
                "partner_id": self.north_customer.id,
                "user_id": self.users["leader"].id,
            }
        )
        self.assertEqual(pin.user_id, self.users["north"])
        with self.assertRaises(AccessError):
            pin.with_user(self.users["north"]).write(
                {"user_id": self.users["leader"].id}
            )
        for method in ("read", "unlink"):
            with self.assertRaises(AccessError):
                getattr(pin.with_user(self.users["all"]), method)()

    @mute_logger("odoo.sql_db")
    def test_twice_is_once(self):
        self._pin("north", self.north_customer)
        pins = self.env["crm.resource.pin"].with_user(self.users["north"])
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            pins.create({"partner_id": self.north_customer.id})

    def test_lost_customer_loses_the_pin(self):
        self._pin("north", self.north_customer)
        self.north_customer.user_id = self.users["south"]
        self.north_customer.team_id = self.south
        self.env.flush_all()
        self.assertFalse(self._get_pinned("north"))
        start = self.env["crm.resource.start"].with_user(self.users["north"])
        self.assertEqual(start.get_block("pinned")["rows"], [])
