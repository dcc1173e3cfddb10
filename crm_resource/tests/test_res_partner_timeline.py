from datetime import date, datetime, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .test_crm_resource_audience import AudienceCase

NOW = datetime(2026, 3, 15, 9)


class TimelineCase(AudienceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer(
            "Timeline", user_id=cls.users["north"].id, team_id=cls.north.id
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Timeline contact", "parent_id": cls.customer.id}
        )
        cls.env["crm.resource.level.change"].search(
            [("partner_id", "=", cls.customer.id)]
        ).unlink()

    def _get_page(self, user="north", **options):
        self.env.flush_all()
        return self.customer.with_user(self.users[user]).get_timeline(**options)

    def _get_titles(self, user="north", **options):
        return [event["title"] for event in self._get_page(user, **options)["events"]]

    def _make_event(self, name, start, **values):
        return self.env["calendar.event"].create(
            {
                "name": name,
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set(self.contact.ids)],
                "user_id": self.users["north"].id,
                **values,
            }
        )

    def _make_message(self, author="north", day=NOW, partner=None, **values):
        return self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": (partner or self.customer).id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.users[author].partner_id.id,
                "date": day,
                "body": "Hello",
                "subject": "Subject",
                **values,
            }
        )


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestResPartnerTimeline(TimelineCase):
    """What stands on a customer's timeline, and who sees it."""

    def test_newest_first_with_the_contacts(self):
        self._make_event("Visit", NOW - timedelta(days=3))
        self._make_message(subject="Mail", day=NOW - timedelta(days=1))
        self._make_message(
            subject="To the contact", day=NOW - timedelta(days=2), partner=self.contact
        )
        self.assertEqual(
            self._get_titles(kinds=["meeting", "message"]),
            ["Mail", "To the contact", "Visit"],
        )

    def test_documents(self):
        order = self._make_order(
            self.contact, 120, NOW - timedelta(days=5), user_id=self.users["north"].id
        )
        quotation = order.copy({"date_order": NOW - timedelta(days=4)})
        invoice = self._make_invoice(self.contact, self.users["north"])
        invoice.invoice_date = "2026-03-13"
        invoice.action_post()
        events = self._get_page(kinds=["order", "invoice"])["events"]
        self.assertEqual(
            [(e["caption"], e["title"], e["amount"], e["model"]) for e in events],
            [
                ("Invoice", invoice.name, invoice.amount_total, "account.move"),
                ("Quotation", quotation.name, 120, "sale.order"),
                ("Order", order.name, 120, "sale.order"),
            ],
        )
        self.assertEqual(events[0]["is_day"], True)
        self.assertEqual(events[1]["currency_id"], self.currency.id)
        self.assertEqual(events[1]["user"], "reach_north")

    def test_opportunities(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Pumps",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.users["north"].id,
            }
        )
        lost = lead.copy({"name": "Valves"})
        lead.action_set_won()
        lost.action_set_lost()
        self.env.flush_all()
        for opportunity, day in ((lead, "2026-03-01"), (lost, "2026-03-02")):
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                    day,
                    opportunity.id,
                )
            )
        lead.date_closed, lost.date_closed = "2026-03-03", "2026-03-04"
        self.assertEqual(
            [
                (event["caption"], event["title"])
                for event in self._get_page(kinds=["opportunity"])["events"]
            ],
            [
                ("Opportunity lost", "Valves"),
                ("Opportunity won", "Pumps"),
                ("Opportunity created", "Valves"),
                ("Opportunity created", "Pumps"),
            ],
        )

    def test_payments_are_for_accountants(self):
        self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": 80,
                "date": "2026-03-10",
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        ).action_post()
        [event] = self._get_page("accountant", kinds=["payment"])["events"]
        self.assertEqual((event["amount"], event["date"][:10]), (80, "2026-03-10"))
        self.assertEqual(self._get_titles(kinds=["payment"]), [])
        page = self._get_page()
        self.assertNotIn("payment", [kind["kind"] for kind in page["kinds"]])

    def test_owner_level_and_state(self):
        self.customer.with_user(self.reviewer).user_id = self.users["member"]
        self.customer.with_user(self.reviewer).user_id = self.users["north"]
        self.env["crm.resource.level.change"].create(
            {
                "partner_id": self.customer.id,
                "policy_id": self.policy.id,
                "level_from_id": self.new.id,
                "level_to_id": self.large.id,
                "date": "2026-03-15",
            }
        )
        self.assertIn("reach_member → reach_north", self._get_titles(kinds=["owner"]))
        self.assertEqual(self._get_titles(kinds=["level"]), ["New → Large"])

    def test_state_is_told_by_tracking(self):
        field = self.env["ir.model.fields"]._get("res.partner", "customer_state")
        self._make_message(
            message_type="notification",
            subject=False,
            tracking_value_ids=[
                Command.create(
                    {
                        "field_id": field.id,
                        "old_value_char": "Approved",
                        "new_value_char": "Submitted",
                    }
                )
            ],
        )
        self._make_message(message_type="notification")
        self.assertEqual(self._get_titles(kinds=["state"]), ["Approved → Submitted"])
        # what the system notes is no message
        self.assertEqual(self._get_titles(kinds=["message"]), [])

    def test_activity_done(self):
        activity = self.customer.with_user(self.users["north"]).activity_schedule(
            "mail.mail_activity_data_call", date(2026, 3, 15), summary="Ask"
        )
        self.assertEqual(self._get_titles(kinds=["activity"]), [])
        activity.action_feedback(feedback="He agrees")
        [event] = self._get_page(kinds=["activity", "message"])["events"]
        self.assertEqual(event["kind"], "activity")
        self.assertEqual(event["title"], "Call")
        self.assertIn("He agrees", event["text"])

    def test_messages_of_documents(self):
        order = self._make_order(self.customer, 10, user_id=self.users["north"].id)
        order.message_post(body="Offer", subject="Your offer", message_type="comment")
        [event] = self._get_page(kinds=["message"])["events"]
        self.assertEqual((event["model"], event["res_id"]), ("sale.order", order.id))
        self.assertEqual(event["title"], "Your offer")

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_strangers_see_nothing(self):
        self._make_event("Visit", NOW)
        for user in ("south", "colleague"):
            with self.assertRaises(AccessError):
                self._get_page(user)
        for user in ("leader", "upper", "all", "reviewer", "executive", "accountant"):
            self.assertIn("Visit", self._get_titles(user))

    def test_collaborator_sees_no_foreign_invoice(self):
        """Whoever reads the customer reads his documents, unless a rule says no."""
        invoice = self._make_invoice(self.customer, self.users["north"])
        invoice.invoice_date = "2026-03-13"
        invoice.action_post()
        self._make_message(subject="Of the invoice")
        invoice.message_post(body="x", subject="Bill", message_type="comment")
        self.customer.collaborator_ids = [
            Command.create({"user_id": self.users["colleague"].id, "access": "read"})
        ]
        # he has no right to invoices at all
        page = self._get_page("colleague")
        kinds = {event["kind"] for event in page["events"]}
        self.assertFalse(kinds & {"invoice", "order", "payment", "opportunity"})
        self.assertNotIn("Bill", [event["title"] for event in page["events"]])
        self.assertIn("Of the invoice", [event["title"] for event in page["events"]])
        self.assertIn("Bill", self._get_titles())

    def test_document_of_a_rule_is_left_out(self):
        invoice = self._make_invoice(self.customer, self.users["north"])
        invoice.invoice_date = "2026-03-13"
        invoice.action_post()
        self.env["ir.rule"].create(
            {
                "name": "No such invoice",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": f"[('id', '!=', {invoice.id})]",
            }
        )
        self.assertEqual(self._get_titles(kinds=["invoice"]), [])

    def test_private_meetings_are_their_peoples(self):
        self._make_event("Secret", NOW, privacy="private")
        self.assertEqual(self._get_titles(kinds=["meeting"]), ["Secret"])
        self.assertEqual(self._get_titles("leader", kinds=["meeting"]), [])

    def test_hidden_past(self):
        old, new = NOW - timedelta(days=30), NOW - timedelta(days=1)
        for author, user in (("south", "south"), ("north", "north")):
            for day in (old, new):
                self._make_message(author, day, subject=f"{author} {day.day}")
                self._make_event(
                    f"{author} visit {day.day}", day, user_id=self.users[user].id
                )
        self.customer.date_hidden_before = NOW - timedelta(days=10)
        self.env.flush_all()
        shown = ["north 13", "north 14", "south 14"]
        self.assertEqual(sorted(self._get_titles(kinds=["message"])), shown)
        self.assertEqual(
            sorted(self._get_titles(kinds=["meeting"])),
            ["north visit 13", "north visit 14", "south visit 14"],
        )
        self.assertEqual(len(self._get_titles("leader", kinds=["message"])), 4)

    # ------------------------------------------------------------
    # Periods and pages
    # ------------------------------------------------------------

    def test_period_is_of_the_persons_days(self):
        self.users["north"].tz = "Asia/Shanghai"
        # 15 March in Shanghai begins at 16:00 UTC of the 14th
        for hour in (15, 16):
            self._make_message(subject=str(hour), day=datetime(2026, 3, 14, hour))
        self.env["crm.resource.level.change"].create(
            {
                "partner_id": self.customer.id,
                "policy_id": self.policy.id,
                "level_to_id": self.large.id,
                "date": "2026-03-15",
            }
        )
        kinds = ["message", "level"]
        self.assertEqual(
            self._get_titles(kinds=kinds, date_from="2026-03-15"), ["Large", "16"]
        )
        self.assertEqual(self._get_titles(kinds=kinds, date_to="2026-03-14"), ["15"])

    def test_bad_requests_are_refused(self):
        for options in (
            {"limit": 0},
            {"limit": 100000},
            {"limit": "x"},
            {"cursor": ["yesterday", "order", 1]},
            {"cursor": [1]},
            {"cursor": 7},
            {"date_from": "soon"},
        ):
            with self.subTest(**options), self.assertRaises(UserError):
                self._get_page(**options)
        self.assertEqual(self._get_titles(kinds=["no such kind"]), [])

    def test_contacts_have_none(self):
        contact = self.contact.with_user(self.users["north"])
        self.assertEqual(contact.get_timeline()["events"], [])

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_page(limit=100)
            return self.env.cr.sql_log_count - before

        def fill(number):
            for place in range(number):
                day = NOW - timedelta(days=place)
                self._make_event(f"Visit {place}", day)
                self._make_message(day=day)
                self._make_message(
                    "south", day, message_type="email", partner=self.contact
                )
                self._make_order(
                    self.customer, 10, day, user_id=self.users["north"].id
                ).message_post(body="x", message_type="comment")
                self.env["crm.lead"].create(
                    {
                        "name": f"Lead {place}",
                        "partner_id": self.customer.id,
                        "user_id": self.users["north"].id,
                    }
                )

        fill(1)
        count()
        few = count()
        fill(6)
        self.assertEqual(count(), few)

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        places=st.lists(
            st.tuples(
                st.sampled_from(["message", "meeting", "level"]),
                st.integers(min_value=0, max_value=2),
            ),
            max_size=14,
        ),
        limit=st.integers(min_value=1, max_value=5),
    )
    def test_pages_have_no_holes_and_no_doubles(self, places, limit):
        savepoint = self.env.cr.savepoint()
        try:
            for kind, day in places:
                moment = datetime(2026, 3, 10 + day, 12)
                if kind == "message":
                    self._make_message(day=moment)
                elif kind == "meeting":
                    self._make_event("Visit", moment)
                else:
                    # at noon of a person without time zone, as the others are
                    self.env["crm.resource.level.change"].create(
                        {
                            "partner_id": self.customer.id,
                            "policy_id": self.policy.id,
                            "level_to_id": self.large.id,
                            "date": moment.date(),
                        }
                    )
            kinds = ["message", "meeting", "level"]
            whole = self._get_page(kinds=kinds, limit=100)
            self.assertEqual(len(whole["events"]), len(places))
            self.assertIsNone(whole["cursor"])
            dates = [event["date"] for event in whole["events"]]
            self.assertEqual(dates, sorted(dates, reverse=True))
            found, cursor = [], None
            while True:
                page = self._get_page(kinds=kinds, limit=limit, cursor=cursor)
                self.assertLessEqual(len(page["events"]), limit)
                found += page["events"]
                cursor = page["cursor"]
                if not cursor:
                    break
            self.assertEqual(found, whole["events"])
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all(flush=False)
