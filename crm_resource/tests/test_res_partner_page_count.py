from odoo.tests import tagged

from .test_crm_resource_audience import AudienceCase
from .test_crm_resource_queries import count_queries

COUNTS = ("care_count", "churn_count", "evaluation_count", "past_sale_count")


@tagged("post_install", "-at_install")
class TestResPartnerPageCount(AudienceCase):
    """The numbers on the buttons of a page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["crm.resource.past.sale.import"].create({"name": "Old"})

    def _make_past_sale(self, partner, key):
        return self.env["crm.resource.past.sale"].create(
            {
                "partner_id": partner.id,
                "date": "2025-01-20",
                "import_id": self.source.id,
                "company_id": self.company.id,
                "currency_id": self.currency.id,
                "document": key,
                "key": key,
            }
        )

    def _make_churn(self, partner, number, state="won_back"):
        return self.env["crm.resource.churn"].create(
            {
                "name": f"C{number}",
                "partner_id": partner.id,
                "company_id": self.company.id,
                "currency_id": self.currency.id,
                "cause": "months",
                "date_open": "2026-03-01",
                "date": "2026-03-01",
                "state": state,
            }
        )

    def _read(self, user, partners, *names):
        self.env.invalidate_all()
        asked = partners.with_user(self.users[user])
        return [asked.mapped(name) for name in names]

    def test_each_partner_has_his_own(self):
        """Past sales stand with the customer and with each of his contacts."""
        for number in range(2):
            self._make_past_sale(self.north_customer, f"N{number}")
            self._make_churn(self.north_customer, number)
        self._make_past_sale(self.south_customer, "S")
        partners = (
            self.north_customer | self.north_customer.child_ids | self.south_customer
        )
        counts = self._read("all", partners, "past_sale_count", "churn_count")
        self.assertEqual(counts, [[2, 2, 1], [2, 0, 0]])

    def test_nothing_and_nobody(self):
        for name in COUNTS:
            self.assertEqual(self.contact[name], 0)
            self.assertEqual(self.env["res.partner"].new({"name": "N"})[name], 0)

    def test_reader_counts_what_he_may_see(self):
        """Past sales of another company count for nobody who does not work for it, and
        who reads none at all sees none."""
        self._make_past_sale(self.north_customer, "Own")
        other = self.env["res.company"].create({"name": "Other company"})
        self._make_past_sale(self.north_customer, "Other").company_id = other
        for user in ("north", "leader", "all", "reviewer", "executive"):
            counts = self._read(user, self.north_customer, "past_sale_count")
            self.assertEqual(counts, [[1]], user)
        self._make_churn(self.north_customer, 1)
        [[count]] = self._read("accountant", self.north_customer, "churn_count")
        self.assertEqual(count, 1)

    def test_nobody_is_told_the_counts_of_others(self):
        """They ask in the same transaction, as users and for companies of their own."""
        self._make_past_sale(self.north_customer, "Own")
        other = self.env["res.company"].create({"name": "Other company"})
        self._make_past_sale(self.north_customer, "Other").company_id = other
        user = self.users["all"]
        user.company_ids |= other
        counts = [
            self.north_customer.with_user(reader)
            .with_context(allowed_company_ids=companies.ids)
            .past_sale_count
            for reader, companies in (
                (user, self.company),
                (user, self.company | other),
                (self.users["north"], self.company),
            )
        ]
        self.assertEqual(counts, [1, 2, 1])

    def test_nothing_is_counted_where_there_is_nothing(self):
        """Whatever the number of buttons, one query finds that out; each of those that
        have something takes one more."""

        def count(partner):
            own = partner.with_user(self.users["north"])
            own.read(["name"])
            return count_queries(self.env, lambda: own.read(list(COUNTS[1:3])))

        empty = count(self.north_customer)
        self._make_churn(self.north_customer, 1)
        self.assertEqual(count(self.north_customer), empty + 1)
        self._make_churn(self.north_customer, 2)
        self.assertEqual(count(self.north_customer), empty + 1)
