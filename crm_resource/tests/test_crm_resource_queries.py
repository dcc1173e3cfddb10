from datetime import datetime, timedelta

from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged
from odoo.tools import SQL

from .test_crm_resource_change_request import ApprovalCase
from .test_res_partner_timeline import TimelineCase

NOW = datetime(2026, 3, 15, 9)
ADDONS = {"crm_resource", "crm_resource_service", "crm_resource_reports"}
# what the page, with its figures, may add to the contact's form of the core: whoever
# adds to it takes the ways of `_get_page_counts`, which cost none
PAGE_QUERIES = 16


def count_queries(env, work):
    """Return how many queries a work needs the second time."""
    counts = []
    for _time in range(2):
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count
        work()
        counts.append(env.cr.sql_log_count - before)
    return counts[-1]


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPageQueries(TimelineCase):
    """What the page asks of the database does not grow with what there is."""

    def _fill(self, customer, count):
        """Let so many things of each kind have happened."""
        user = self.users["north"]
        for place in range(count):
            day = NOW - timedelta(days=place)
            self._make_order(customer, 10, day, user_id=user.id)
            self.env["crm.lead"].create(
                {
                    "name": f"Lead {place}",
                    "type": "opportunity",
                    "partner_id": customer.id,
                    "user_id": user.id,
                }
            )
            contact = self.env["res.partner"].create(
                {"name": f"Contact {place}", "parent_id": customer.id}
            )
            self._make_event(f"Visit {place}", day, partner_ids=contact.ids)
            self.env["crm.resource.special.day"].create(
                {"partner_id": customer.id, "name": "Fair", "month": 3, "day": 1}
            )
            self.env["crm.resource.level.change"].create(
                {
                    "partner_id": customer.id,
                    "policy_id": self.policy.id,
                    "level_to_id": self.large.id,
                    "date": day.date(),
                }
            )
            self.env["crm.resource.lifecycle.change"].create(
                {
                    "partner_id": customer.id,
                    "lifecycle_from": "prospect",
                    "lifecycle_to": "active",
                    "date": day.date(),
                }
            )

    def _get_specification(self, is_core=False):
        """Return the fields that the form shows, without the columns of lists.

        :param bool is_core: only those that are the core's
        """
        view = self.env.ref("base.view_partner_form").id
        customers = self.env["res.partner"].with_user(self.users["north"])
        arch = etree.fromstring(customers.get_view(view, "form")["arch"])
        return {
            name: {}
            for node in arch.iter("field")
            if next(node.iterancestors("field"), None) is None
            and not (
                is_core
                and ADDONS.issuperset(customers._fields[node.get("name")]._modules)
            )
            for name in [node.get("name")]
        }

    def test_form_and_figures(self):
        page, core = self._get_specification(), self._get_specification(is_core=True)
        self.assertIn("page_figures", page)
        self.assertNotIn("page_figures", core)
        few, many = (
            self._make_customer(
                name, user_id=self.users["north"].id, team_id=self.north.id
            )
            for name in ("Few", "Many")
        )
        self._fill(few, 1)
        self._fill(many, 7)
        counts = []
        for customer in (few, many):
            own = customer.with_user(self.users["north"])
            counts.append(
                [
                    count_queries(self.env, lambda own=own, s=s: own.web_read(s))
                    for s in (page, core)
                ]
            )
        self.assertEqual(*counts)
        for with_ours, without in counts:
            self.assertLessEqual(with_ours - without, PAGE_QUERIES)

    def _insert_messages(self, count):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_message (
                    model, res_id, message_type, subtype_id, author_id, date, body)
                SELECT 'res.partner', %s, 'comment', %s, %s,
                       %s - place * INTERVAL '1 hour', '<p>Said</p>'
                  FROM GENERATE_SERIES(1, %s) place
                """,
                self.customer.id,
                self.env.ref("mail.mt_comment").id,
                self.users["north"].partner_id.id,
                NOW,
                count,
            )
        )

    def test_a_long_timeline(self):
        counts = []
        for number in (50, 2000):
            self._insert_messages(number)
            self.assertEqual(len(self._get_page()["events"]), 40)
            counts.append(count_queries(self.env, self._get_page))
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
class TestApprovalQueries(ApprovalCase):
    """Those who decide see any number of requests by the same queries."""

    def test_start_page(self):
        counts = []
        start = self.env["crm.resource.start"].with_user(self.manager)
        for number in (2, 5):
            for place in range(number):
                customer = self._make_customer(
                    f"Granted {place}", user_id=self.salesperson.id
                )
                self.env["crm.resource.change.request"].with_user(
                    self.salesperson
                ).create(
                    {
                        "partner_id": customer.id,
                        "reason": "Buys more now",
                        "new_discount": 8,
                    }
                ).request_validation()
            self.assertTrue(start.get_block("approvals")["rows"])
            counts.append(count_queries(self.env, lambda: start.get_block("approvals")))
        self.assertEqual(*counts)
