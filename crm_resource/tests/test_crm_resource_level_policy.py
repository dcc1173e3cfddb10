from datetime import date
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CrmResourceCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceLevelPolicy(CrmResourceCommon):
    def _classify(self, day=TODAY, **options):
        return self.policy._classify(day, **options)

    # Limits ---------------------------------------------------------------

    def _edit(self, level, **values):
        """Edit a level as the form of its policy does."""
        self.policy.level_ids = [Command.update(level.id, values)]

    def test_overlap_names_both_levels(self):
        with self.assertRaisesRegex(ValidationError, "Small and Large overlap"):
            self._edit(self.small, limit_to=1500)

    def test_level_without_end_below_another_overlaps(self):
        with self.assertRaisesRegex(ValidationError, "Small and Large overlap"):
            self._edit(self.small, limit_to=0)

    def test_gap_names_both_levels(self):
        with self.assertRaisesRegex(ValidationError, "gap between levels Small.*Large"):
            self._edit(self.small, limit_to=900)

    def test_highest_level_has_no_end(self):
        with self.assertRaisesRegex(ValidationError, "above level Large"):
            self._edit(self.large, limit_to=5000)

    def test_lowest_level_begins_at_zero(self):
        with self.assertRaisesRegex(ValidationError, "below level Small"):
            self.policy.level_ids = [Command.delete(self.new.id)]

    def test_level_ends_after_it_begins(self):
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self._edit(self.small, limit_to=-5)

    def test_levels_may_move_together(self):
        self.policy.level_ids = [
            Command.update(self.small.id, {"limit_to": 2000}),
            Command.update(self.large.id, {"limit_from": 2000}),
        ]
        self.env.cr.precommit.run()
        self.assertEqual(self.large.limit_from, 2000)

    def test_level_edited_alone_is_checked_before_the_commit(self):
        self.small.limit_to = 900
        with self.assertRaisesRegex(ValidationError, "gap"):
            self.env.cr.precommit.run()

    def test_one_leading_policy(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._make_policy("Other", [("All", 0, 0)])
            self.env.flush_all()

    def test_currency_without_a_rate_is_refused(self):
        gold = self.env["res.currency"].create({"name": "XGD", "symbol": "G"})
        with self.assertRaisesRegex(ValidationError, "XGD has no rate"):
            self.policy.currency_id = gold

    # Classifying ----------------------------------------------------------

    def test_limits_include_the_lower_end(self):
        amounts = {
            "0": self.new,
            "0.01": self.small,
            "999.99": self.small,
            "1000": self.large,
        }
        customers = {}
        for amount in amounts:
            customers[amount] = self._make_customer(amount)
            if float(amount):
                self._make_order(customers[amount], float(amount))
        self._classify()
        for amount, level in amounts.items():
            self.assertEqual(customers[amount].level_id, level, amount)

    def test_negative_sales_fall_into_the_lowest_level(self):
        customer = self._make_customer()
        self._make_order(customer, -50)
        self._classify()
        self.assertEqual(customer.level_id, self.new)
        self.assertEqual(customer.turnover, -50)

    def test_rolling_window_ends_with_the_day(self):
        customer = self._make_customer()
        self._make_order(customer, 10, date(2025, 3, 15))
        self._make_order(customer, 500, date(2025, 3, 16))
        self._make_order(customer, 800, date(2026, 3, 16))
        self._classify()
        self.assertEqual(customer.turnover, 500)
        self._classify(date(2026, 3, 16))
        self.assertEqual(customer.turnover, 800)

    def test_calendar_years(self):
        customer = self._make_customer()
        self._make_order(customer, 100, date(2025, 12, 31))
        self._make_order(customer, 7, date(2026, 1, 1))
        self.policy.period = "year"
        self._classify()
        self.assertEqual(customer.turnover, 7)
        self.policy.period = "previous"
        self._classify()
        self.assertEqual(customer.turnover, 100)

    def test_new_customer_has_a_level_at_once(self):
        partner = self.env["res.partner"].create({"name": "Known", "is_company": True})
        self._make_order(partner, 2000)
        partner.customer_state = "approved"
        self.assertEqual(partner.level_id, self.large)

    def test_orders_of_contacts_count_for_the_customer(self):
        customer = self._make_customer()
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": customer.id}
        )
        self._make_order(contact, 1200)
        self._classify()
        self.assertEqual(customer.level_id, self.large)

    def test_change_is_logged_with_its_figures(self):
        customer = self._make_customer()
        self._make_order(customer, 1200)
        self._classify()
        self.assertRecordValues(
            customer.level_change_ids,
            [
                {
                    "level_from_id": self.new.id,
                    "level_to_id": self.large.id,
                    "turnover": 1200,
                    "figure": 1200,
                    "date": TODAY,
                    "date_from": date(2025, 3, 16),
                    "date_to": TODAY,
                    "is_manual": False,
                },
                {
                    "level_from_id": False,
                    "level_to_id": self.new.id,
                    "turnover": 0,
                    "figure": 0,
                    "date": TODAY,
                    "date_from": date(2025, 3, 16),
                    "date_to": TODAY,
                    "is_manual": False,
                },
            ],
        )

    def test_second_run_changes_nothing(self):
        customer = self._make_customer()
        self._make_order(customer, 1200)
        self.assertFalse(customer.user_id)
        self._classify()
        changes = len(customer.level_change_ids)
        self.assertEqual(self._classify(), [])
        self.assertEqual(len(customer.level_change_ids), changes)

    def test_level_since_stays_while_the_turnover_moves(self):
        customer = self._make_customer()
        self._make_order(customer, 1200)
        self._classify(date(2026, 3, 15))
        self._make_order(customer, 100)
        self._classify(date(2026, 3, 20))
        self.assertEqual(customer.turnover, 1300)
        self.assertEqual(customer.date_level, date(2026, 3, 15))

    def test_contact_who_is_no_customer_is_left_alone(self):
        partner = self.env["res.partner"].create({"name": "Plain", "is_company": True})
        self._make_order(partner, 5000)
        self._classify()
        self.assertFalse(partner.standing_id)
        self.assertFalse(partner.level_id)

    def test_share_of_purchasing_power(self):
        self.policy.active = False
        self.env.flush_all()
        policy = self._make_policy(
            "Share",
            [("Regular", 30, 0), ("Developing", 0.01, 30), ("Undeveloped", 0, 0.01)],
            criterion="share",
        )
        regular, developing, undeveloped = policy.level_ids
        cases = [
            (300, 1000, regular),
            (299.99, 1000, developing),
            (0.01, 10_000_000, developing),
            (0, 1000, undeveloped),
            (0, 0, undeveloped),
            (500, 0, policy.level_ids.browse()),
        ]
        customers = [
            self._make_customer(str(power), annual_purchasing_power=power)
            for _sales, power, _level in cases
        ]
        for customer, (sales, _power, _level) in zip(customers, cases, strict=True):
            if sales:
                self._make_order(customer, sales)
        policy._classify(TODAY)
        for customer, case in zip(customers, cases, strict=True):
            self.assertEqual(customer.level_id, case[2], case)

    def test_new_purchasing_power_means_a_new_level(self):
        self.policy.active = False
        self.env.flush_all()
        policy = self._make_policy(
            "Share", [("Regular", 30, 0), ("Other", 0, 30)], criterion="share"
        )
        customer = self._make_customer(annual_purchasing_power=1000)
        self._make_order(customer, 200)
        policy._classify(TODAY)
        self.assertEqual(customer.level_id.name, "Other")
        customer.annual_purchasing_power = 500
        self.assertEqual(customer.level_id.name, "Regular")

    # By hand --------------------------------------------------------------

    def test_level_by_hand_holds_until_its_last_day(self):
        customer = self._make_customer()
        customer.write(
            {"manual_level_id": self.large.id, "date_manual_level_end": TODAY}
        )
        self.assertEqual(customer.level_id, self.large)
        self.assertTrue(customer.level_change_ids[0].is_manual)
        self._classify(TODAY)
        self.assertEqual(customer.level_id, self.large)
        self._classify(date(2026, 3, 16))
        self.assertEqual(customer.level_id, self.new)

    def test_level_by_hand_is_of_the_leading_policy(self):
        other = self._make_policy("Other", [("All", 0, 0)], is_leading=False)
        customer = self._make_customer()
        with self.assertRaisesRegex(ValidationError, "does not lead"):
            customer.manual_level_id = other.level_ids

    # Several policies and companies ---------------------------------------

    def test_further_policy_gives_a_grade(self):
        other = self._make_policy(
            "Half", [("A", 500, 0), ("B", 0, 500)], is_leading=False
        )
        customer = self._make_customer()
        self._make_order(customer, 700)
        other._classify(TODAY)
        self.assertEqual(customer.grade_ids.level_id.name, "A")
        self.assertNotEqual(customer.level_id.policy_id, other)
        self.assertIn(
            customer,
            self.env["res.partner"].search([("grade_ids.level_id.name", "=", "A")]),
        )

    def test_company_policy_leads_for_its_customers(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        policy = self._make_policy("Branch", [("One", 0, 0)], company_id=branch.id)
        own = self._make_customer(company_id=branch.id)
        shared = self._make_customer()
        self.assertEqual(own.level_id, policy.level_ids)
        self.assertEqual(shared.level_id, self.new)
        self.assertEqual(own.leading_policy_id, policy)
        self._classify()
        self.assertEqual(own.level_id, policy.level_ids)

    # Preview --------------------------------------------------------------

    def _preview(self, user=None, day=TODAY):
        classify = self.env["crm.resource.level.classify"].with_user(
            user or self.reviewer
        )
        classify = classify.create({"policy_id": self.policy.id, "date": day})
        classify.action_preview()
        return classify

    def test_preview_changes_nothing_and_run_equals_it(self):
        customers = self.env["res.partner"]
        for amount in (0, 5, 700, 1000, 3000):
            customers |= self._make_customer(str(amount))
            if amount:
                self._make_order(customers[-1], amount)
        before = customers.mapped("level_id")
        classify = self._preview()
        self.assertEqual(customers.mapped("level_id"), before)
        foreseen = {
            line.partner_id: (line.level_from_id, line.level_to_id)
            for line in classify.line_ids
        }
        self.assertEqual(len(foreseen), 4)
        classify.action_apply()
        done = {
            change.partner_id: (change.level_from_id, change.level_to_id)
            for change in customers.level_change_ids.filtered("level_from_id")
        }
        self.assertEqual(done, foreseen)
        self.assertEqual(sum(classify.move_ids.mapped("customer_count")), len(foreseen))

    def test_preview_as_of_another_day(self):
        customer = self._make_customer()
        self._make_order(customer, 1500, date(2024, 6, 1))
        classify = self._preview(day=date(2024, 12, 31))
        self.assertEqual(classify.line_ids.partner_id, customer)
        self.assertEqual(classify.line_ids.level_to_id, self.large)
        self.assertFalse(self._preview().line_ids)

    def test_chosen_customers_only(self):
        chosen, other = self._make_customer("Chosen"), self._make_customer("Other")
        for customer in (chosen, other):
            self._make_order(customer, 2000)
        classify = (
            self.env["crm.resource.level.classify"]
            .with_user(self.reviewer)
            .with_context(active_model="res.partner", active_ids=chosen.ids)
            .create({"date": TODAY})
        )
        self.assertEqual(classify.policy_id, self.policy)
        classify.action_preview()
        self.assertEqual(classify.line_ids.partner_id, chosen)
        classify.action_apply()
        self.assertEqual((chosen.level_id, other.level_id), (self.large, self.new))

    def test_only_reviewers_classify(self):
        with self.assertRaises(AccessError):
            self._preview(self.salesperson)

    # Messages -------------------------------------------------------------

    def test_owner_is_told_once(self):
        customers = self.env["res.partner"]
        for number in range(3):
            customers |= self._make_customer(
                f"Named {number}", user_id=self.salesperson.id
            )
            self._make_order(customers[-1], 2000)
        messages = self.env["mail.message"].search(
            [("partner_ids", "in", self.salesperson.partner_id.ids)]
        )
        self.policy._notify_moves(self._classify())
        told = (
            self.env["mail.message"].search(
                [("partner_ids", "in", self.salesperson.partner_id.ids)]
            )
            - messages
        )
        self.assertEqual(len(told), 1)
        self.assertIn("3 of your customers", told.subject)
        for customer in customers:
            self.assertIn(customer.name, told.body)

    # Laws -----------------------------------------------------------------

    @settings(max_examples=15, deadline=None, phases=[Phase.generate])
    @given(
        limits=st.lists(
            st.decimals(min_value="0.01", max_value=10**9, places=2),
            min_size=1,
            max_size=5,
            unique=True,
        ),
        figure=st.decimals(min_value=-(10**9), max_value=10**10, places=2),
    )
    def test_every_figure_has_one_level(self, limits, figure):
        """The level found by the statement is the only one whose limits hold it."""
        edges = [Decimal(0), *sorted(limits)]
        with self.env.cr.savepoint() as savepoint:
            policy = self._make_policy(
                "Law",
                [
                    (f"Level {place}", float(begin), float(end))
                    for place, (begin, end) in enumerate(
                        zip(edges, [*edges[1:], Decimal(0)], strict=True)
                    )
                ],
                is_leading=False,
            )
            customer = self._make_customer()
            if figure:
                self._make_order(customer, float(figure))
            policy._classify(TODAY)
            holding = policy.level_ids.filtered(
                lambda level: (
                    Decimal(str(level.limit_from)) <= max(figure, Decimal(0))
                    and (
                        not level.limit_to
                        or max(figure, Decimal(0)) < Decimal(str(level.limit_to))
                    )
                )
            )
            grade = customer.grade_ids.filtered(lambda g: g.policy_id == policy)
            self.assertEqual(len(holding), 1)
            self.assertEqual(grade.level_id, holding)
            savepoint.rollback()
            self.env.invalidate_all()
