from contextlib import suppress
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import new_user
from .test_crm_resource_pool import NOW, PoolCase


@tagged("post_install", "-at_install")
class TestAllocationSecurity(PoolCase):
    """What ordinary users try over RPC to get, keep or see customers of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))

    def _get_hidden(self, name="Claimed", **values):
        """Return a customer of Ann's whose past is hidden from her, and his contact."""
        self.pool.past = "new"
        customer = self._make_customer(name, **values)
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": customer.id}
        )
        lead = self.env["crm.lead"].create(
            {"name": "Past", "partner_id": contact.id, "user_id": self.cid.id}
        )
        for record in (contact, lead):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = '2026-03-01' WHERE id = %s",
                    SQL.identifier(record._table),
                    record.id,
                )
            )
            record.invalidate_recordset()
        self._put(customer)
        self._claim(self.ann, customer)
        self.assertFalse(
            self.env["crm.lead"].with_user(self.ann).search([("id", "=", lead.id)])
        )
        return customer, contact, lead

    # ------------------------------------------------------------
    # Getting customers
    # ------------------------------------------------------------

    def test_clerks_take_nobody_from_a_pool_by_hand(self):
        seller = new_user(
            self.env,
            "entering",
            "sales_team.group_sale_salesman,crm_resource.group_clerk",
        )
        self.customer.customer_state = "new"
        self._put(self.customer)
        for values in ({"user_id": seller.id}, {"team_id": self.south.id}):
            with self.assertRaises(AccessError):
                self.customer.with_user(seller).write(values)

    def test_a_change_that_is_reviewed_frees_nobody(self):
        self.company.crm_watched_field_ids = self.env["ir.model.fields"]._get(
            "res.partner", "vat"
        )
        self.customer.user_id = self.ann
        self.customer._keep_approved_values()
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.cid.id,
                "access": "edit",
            }
        )
        customer = self.customer.with_user(self.cid)
        customer.vat = "BE0477472701"
        self.assertEqual(self.customer.customer_state, "submitted")
        with self.assertRaises(AccessError):
            customer.user_id = self.cid

    def test_leaders_take_nobody_whom_they_only_help_with(self):
        self.customer.write({"user_id": self.cid.id, "team_id": self.south.id})
        self.env["crm.resource.collaborator"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.boss.id,
                "access": "edit",
            }
        )
        with self.assertRaises(AccessError):
            self.customer.with_user(self.boss).write(
                {"user_id": self.ann.id, "team_id": self.north.id}
            )

    # ------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------

    def test_the_archive_makes_no_room(self):
        self.env["crm.resource.holding.limit"].create({"customer_limit": 1})
        first, second = self.customers[:2]
        first.user_id = self.ann
        first.with_user(self.ann).active = False
        second.user_id = self.ann
        with self.assertRaises(UserError):
            first.with_user(self.ann).write({"active": True, "user_id": self.ann.id})
        (first | second).with_user(self.ann).active = False

    def test_the_archive_makes_no_room_for_protected_ones(self):
        self.env["crm.resource.holding.limit"].create({"protected_limit": 1})
        self.company.crm_protection_days = 5
        first, second = self.customers[:2]
        (first | second).user_id = self.ann
        first.with_user(self.ann).action_protect()
        first.with_user(self.ann).active = False
        with self.assertRaises(UserError):
            second.with_user(self.ann).action_protect()

    def test_another_company_makes_no_room(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.ann.company_ids = self.company | other
        self.env["crm.resource.holding.limit"].create({"customer_limit": 1})
        first, second = self.customers[:2]
        first.user_id = self.ann
        own = first.with_user(self.ann).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        own.company_id = other
        second.user_id = self.ann
        with self.assertRaises(UserError):
            own.company_id = self.company

    def test_customers_from_before_the_history_wait_too(self):
        self.pool.wait_previous_days = 5
        self.customer.user_id = self.ann
        self.env["crm.resource.assignment"].search(
            [("partner_id", "=", self.customer.id)]
        ).unlink()
        self._put(self.customer)
        with self.assertRaisesRegex(UserError, "was yours"):
            self._claim(self.ann, self.customer)

    # ------------------------------------------------------------
    # The plan of an allocation
    # ------------------------------------------------------------

    def _preview(self, user, **values):
        allocation = (
            self.env["crm.resource.allocation"]
            .with_user(user)
            .create(
                {
                    "source": "chosen",
                    "partner_ids": self.customers.ids,
                    "target": "people",
                    "user_ids": self.ann.ids,
                    **values,
                }
            )
        )
        allocation.action_preview()
        return allocation

    def test_another_choice_needs_another_plan(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.reviewer.company_ids |= other
        self.ann.company_ids |= other
        self.env["crm.resource.holding.limit"].create({"customer_limit": 1})
        allocation = self._preview(self.reviewer)
        self.env["crm.resource.holding.limit"].create(
            {"user_id": self.ann.id, "customer_limit": 1, "company_id": other.id}
        ).customer_limit = 9
        allocation.with_context(
            allowed_company_ids=(self.company | other).ids
        ).company_id = other
        self.assertFalse(allocation.line_ids)
        self.assertEqual(allocation.state, "choose")
        with self.assertRaises(UserError):
            allocation.action_allocate()

    def test_who_does_not_lead_any_more_runs_no_plan(self):
        self.customers.team_id = self.north
        allocation = self._preview(self.boss)
        self.north.user_id = False
        self.south.user_id = self.boss
        with self.assertRaises(AccessError):
            allocation.action_allocate()

    def test_customers_stay_in_the_department_of_the_leader(self):
        self.env["ir.config_parameter"].set_param("sales_team.membership_multi", "True")
        self.customers.team_id = self.north
        self.ann.crm_team_member_ids.unlink()
        self.south.member_ids |= self.ann
        self.north.member_ids |= self.ann
        self.assertEqual(self.ann.sale_team_id, self.south)
        self._preview(self.boss).action_allocate()
        self.assertEqual(self.customers.team_id, self.north)

    # ------------------------------------------------------------
    # Undo
    # ------------------------------------------------------------

    def test_who_does_not_lead_any_more_undoes_nothing(self):
        self.customers.write({"team_id": self.north.id, "user_id": self.boss.id})
        answer = self._preview(self.boss).action_allocate()
        batch = self.env["crm.resource.batch"].browse(
            answer["params"]["next"]["res_id"]
        )
        self.assertTrue(batch.with_user(self.boss).is_undoable)
        self.north.user_id = False
        batch.invalidate_recordset()
        self.assertFalse(batch.with_user(self.boss).is_undoable)
        with self.assertRaises(AccessError):
            batch.with_user(self.boss).action_undo()

    def test_who_does_not_administrate_any_more_undoes_nothing(self):
        self.pool.admin_ids = self.cid
        self._put(self.customer)
        self.env["crm.resource.pool.assign"].with_user(self.cid).create(
            {"customer_ids": self.customer.ids, "user_id": self.ann.id}
        ).action_assign()
        batch = self.customer.assignment_ids[0].batch_id
        self.assertTrue(batch.with_user(self.cid).is_undoable)
        self.pool.admin_ids = False
        with self.assertRaises(AccessError):
            batch.with_user(self.cid).action_undo()

    # ------------------------------------------------------------
    # What others do
    # ------------------------------------------------------------

    def test_dialogs_count_no_plans_of_others(self):
        self.customer.user_id = self.cid
        self.customer.activity_schedule(user_id=self.cid.id)
        dialog = self._give_back(self.ann, self.customer)
        self.assertFalse(dialog.activity_count)
        self.assertFalse(dialog.has_plans)
        new = (
            self.env["crm.resource.give.back"]
            .with_user(self.ann)
            .new({"partner_ids": [Command.set(self.customer.ids)]})
        )
        self.assertFalse(new.activity_count)

    def test_hidden_address_is_not_copied(self):
        self.customer.write({"street": "Hidden Street 1", "city": "Nowhere"})
        self._put(self.customer)
        own = self._make_customer("Own", user_id=self.ann.id)
        self.env.invalidate_all()
        with suppress(AccessError):
            own.with_user(self.ann).parent_id = self.customer
        self.assertFalse(own.street)
        with suppress(AccessError):
            self.env["res.partner"].with_user(self.ann).create(
                {"name": "New", "is_company": True, "parent_id": self.customer.id}
            )
        self.assertFalse(
            self.env["res.partner"].search(
                [("name", "=", "New"), ("street", "!=", False)]
            )
        )

    def test_leaders_hand_over_no_activities_out_of_reach(self):
        self.customer.write({"user_id": self.cid.id, "team_id": self.south.id})
        self.customer.activity_schedule(user_id=self.ann.id, summary="Secret")
        self.customers[1].write({"user_id": self.ann.id, "team_id": self.north.id})
        self.customers[1].activity_schedule(user_id=self.ann.id, summary="Own")
        handover = (
            self.env["crm.resource.handover"]
            .with_user(self.boss)
            .create(
                {
                    "user_id": self.ann.id,
                    "successor_ids": [Command.create({"user_id": self.boss.id})],
                }
            )
        )
        handover.action_preview()
        handover.action_hand_over()
        activities = self.env["mail.activity"].search(
            [("summary", "in", ["Secret", "Own"])]
        )
        self.assertEqual(
            {a.summary: a.user_id for a in activities},
            {"Secret": self.ann, "Own": self.boss},
        )

    # ------------------------------------------------------------
    # The past
    # ------------------------------------------------------------

    def test_the_past_does_not_leave_with_a_contact(self):
        _customer, contact, lead = self._get_hidden()
        own = self._make_customer("Own", user_id=self.ann.id)
        for values in (
            {"parent_id": own.id},
            {"parent_id": False},
            {"is_company": True},
            {"company_type": "company"},
        ):
            with self.subTest(**values), self.assertRaises(AccessError):
                contact.with_user(self.ann).write(values)

    def test_the_past_does_not_leave_by_computed_fields(self):
        customer, contact, lead = self._get_hidden()
        own = self._make_customer("Own", user_id=self.ann.id)
        for partner in contact | customer:
            with suppress(AccessError):
                partner.with_user(self.ann).commercial_partner_id = own
            self.assertEqual(partner.commercial_partner_id, customer)
            self.assertFalse(
                self.env["crm.lead"].with_user(self.ann).search([("id", "=", lead.id)])
            )

    def test_the_past_does_not_leave_with_a_merge(self):
        customer, _contact, lead = self._get_hidden()
        own = self._make_customer("Own", user_id=self.ann.id)
        self.ann.group_ids |= self.env.ref("base.group_partner_manager")
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.ann)
        with self.assertRaises(AccessError):
            merge.create({})._merge((customer | own).ids, own.with_user(self.ann))
        self.assertFalse(
            self.env["crm.lead"].with_user(self.ann).search([("id", "=", lead.id)])
        )

    def test_reviewers_merge(self):
        first, second = self.customers[:2]
        first.user_id = self.ann
        second.user_id = self.ben
        self.reviewer.group_ids |= self.env.ref("base.group_partner_manager")
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.reviewer)
        merge.create({})._merge((first | second).ids, second.with_user(self.reviewer))
        self.assertFalse(first.exists())
        self.assertEqual(second.user_id, self.ben)

    def test_past_sales_are_hidden_too(self):
        customer, contact, _lead = self._get_hidden()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_past_sale (
                    import_id, company_id, key, document, date, partner_id,
                    currency_id, user_id
                )
                VALUES (1, %(company)s, 'a', 'A', '2026-03-01', %(customer)s,
                        %(currency)s, %(cid)s),
                       (1, %(company)s, 'b', 'B', '2026-03-01', %(contact)s,
                        %(currency)s, NULL),
                       (1, %(company)s, 'c', 'C', '2026-03-01', %(customer)s,
                        %(currency)s, %(ann)s),
                       (1, %(company)s, 'd', 'D', '2026-03-17', %(customer)s,
                        %(currency)s, NULL)
                """,
                company=self.company.id,
                customer=customer.id,
                contact=contact.id,
                currency=self.currency.id,
                cid=self.cid.id,
                ann=self.ann.id,
            )
        )
        for user, seen in ((self.ann, "CD"), (self.boss, "ABCD"), (self.cid, "A")):
            sales = self.env["crm.resource.past.sale"].with_user(user)
            found = sales.search([("key", "in", [*"abcd"])])
            self.assertEqual("".join(sorted(found.mapped("document"))), seen)

    # ------------------------------------------------------------
    # Conditions that are typed
    # ------------------------------------------------------------

    def test_conditions_tell_nothing_hidden(self):
        """They are matched with all rights, for customers whom their author gives back
        or allocates: what fits must not tell him what he may not read."""
        for domain in (
            "[('approved_values', '!=', False)]",
            "[('invoice_ids.amount_total', '>', 100)]",
        ):
            for model in ("crm.resource.pool", "crm.resource.allocation.rule"):
                values = {"name": "Oracle", "domain": domain}
                if model != "crm.resource.pool":
                    values["team_id"] = self.north.id
                with (
                    self.subTest(model=model, domain=domain),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(self.reviewer).create(values)

    def test_shared_filters_of_rules(self):
        shared = self.env["ir.filters"].create(
            {"name": "Ours", "model_id": "res.partner", "user_ids": False}
        )
        self.env["crm.resource.allocation.rule"].create(
            {"name": "Rule", "team_id": self.north.id, "filter_id": shared.id}
        )
        with self.assertRaises(AccessError):
            shared.with_user(self.ann).domain = "[('id', '=', 1)]"
        with self.assertRaises(AccessError):
            shared.with_user(self.ann).user_ids = self.ann
        shared.with_user(self.reviewer).domain = "[('id', '=', 1)]"

    def test_attendees_show_no_masked_address(self):
        self.customer.write({"email": "hidden@example.com"})
        self._put(self.customer)
        self.env.invalidate_all()
        with suppress(AccessError):
            event = (
                self.env["calendar.event"]
                .with_user(self.ann)
                .create(
                    {
                        "name": "Oracle",
                        "start": fields.Datetime.now(),
                        "stop": fields.Datetime.now() + timedelta(hours=1),
                        "partner_ids": self.customer.ids,
                    }
                )
            )
            emails = event.attendee_ids.mapped("email")
            self.assertNotIn("hidden@example.com", emails)

    def test_departments_of_another_company(self):
        """Rules, limits and pools are for departments of their own company."""
        company = self.env["res.company"].create({"name": "Other"})
        team = self.env["crm.team"].create({"name": "Far", "company_id": company.id})
        for model, values in (
            ("crm.resource.allocation.rule", {"name": "Far", "team_id": team.id}),
            ("crm.resource.holding.limit", {"team_id": team.id}),
            ("crm.resource.pool", {"name": "Far", "team_ids": team.ids}),
        ):
            with self.subTest(model=model), self.assertRaisesRegex(UserError, "compan"):
                self.env[model].create({**values, "company_id": self.company.id})
