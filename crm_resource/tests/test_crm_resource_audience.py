from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import CrmResourceCommon, new_users

GUARDED = ("res.partner", "crm.lead", "sale.order", "account.move")


class AudienceCase(CrmResourceCommon):
    """Two departments under one, a salesperson and a customer in each of the two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "north": "sales_team.group_sale_salesman",
            "south": "sales_team.group_sale_salesman",
            "leader": "sales_team.group_sale_salesman",
            "upper": "sales_team.group_sale_salesman",
            "member": "crm_resource.group_department",
            "all": "sales_team.group_sale_salesman_all_leads",
            "clerk": "crm_resource.group_clerk",
            "reviewer": "crm_resource.group_reviewer",
            "executive": "crm_resource.group_executive",
            "accountant": "account.group_account_invoice",
            "colleague": "base.group_user",
        }
        logins = {f"reach_{name}": group for name, group in groups.items()}
        created = new_users(cls.env, logins)
        cls.users = dict(zip(groups, created, strict=True))
        users = cls.users
        cls.region, cls.north, cls.south = cls.env["crm.team"].create(
            [
                {"name": "Region", "user_id": users["upper"].id},
                {"name": "North", "user_id": users["leader"].id},
                {"name": "South", "user_id": False},
            ]
        )
        (cls.north | cls.south).parent_id = cls.region
        cls.north.member_ids = users["north"] | users["member"]
        cls.south.member_ids = users["south"]
        cls.customers = cls.env["res.partner"]
        cls.records = {}
        for name, team in (("north", cls.north), ("south", cls.south)):
            customer = cls._make_customer(
                name,
                user_id=users[name].id,
                team_id=team.id,
                child_ids=[Command.create({"name": f"Contact of {name}"})],
            )
            cls.customers |= customer
            cls.records[name] = {
                "res.partner": customer | customer.child_ids,
                "crm.lead": cls.env["crm.lead"].create(
                    {"name": name, "partner_id": customer.id, "user_id": users[name].id}
                ),
                "sale.order": cls._make_order(
                    customer, 100, user_id=users[name].id, team_id=team.id
                ),
                "account.move": cls._make_invoice(customer, users[name]),
            }
        cls.north_customer, cls.south_customer = cls.customers
        cls.contact = cls.env["res.partner"].create({"name": "No customer"})
        cls.env.flush_all()

    @classmethod
    def _make_invoice(cls, partner, user):
        return cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_user_id": user.id,
                "invoice_line_ids": [
                    Command.create({"product_id": cls.product.id, "price_unit": 50})
                ],
            }
        )

    def _get_reached(self, user, model, operation="read"):
        """Return what a user reaches of the records of a model, found in both ways."""
        records = self.env[model].union(*(r[model] for r in self.records.values()))
        asked = records.with_user(self.users[user])
        allowed = asked._filtered_access(operation)
        if operation == "read":
            found = asked.search([("id", "in", records.ids)])
            self.assertEqual(found, allowed, "lists and single records differ")
            count = asked._read_group([("id", "in", records.ids)], [], ["__count"])
            self.assertEqual(count, [(len(allowed),)])
        return allowed.sudo()

    def _assert_reaches(self, user, names, models=GUARDED, operation="read"):
        for model in models:
            with self.subTest(user=user, model=model, operation=operation):
                self.assertEqual(
                    self._get_reached(user, model, operation),
                    self.env[model].union(*(self.records[n][model] for n in names)),
                )


@tagged("post_install", "-at_install")
class TestCrmResourceAudience(AudienceCase):
    def test_own(self):
        self._assert_reaches("north", ["north"])
        self._assert_reaches("south", ["south"])

    def test_department_and_below(self):
        self._assert_reaches("leader", ["north"])
        self._assert_reaches("upper", ["north", "south"])
        self._assert_reaches("member", ["north"])

    def test_any_depth(self):
        below = self.env["crm.team"].create(
            {"name": "Below", "parent_id": self.north.id}
        )
        self.south_customer.team_id = below
        self._assert_reaches("leader", ["north", "south"], ["res.partner"])
        below.parent_id = self.south
        self.env.invalidate_all()
        self._assert_reaches("leader", ["north"], ["res.partner"])
        self.south.user_id = self.users["leader"]
        self.env.invalidate_all()
        self._assert_reaches("leader", ["north", "south"], ["res.partner"])

    def test_many_audiences(self):
        """What is asked for a long list is what is asked for a short one."""
        path = "odoo.addons.crm_resource.models.crm_resource_reach_mixin.LONG_LIST"
        for limit in (-1, 1000):
            with patch(path, limit):
                self._assert_reaches("north", ["north"])
                self._assert_reaches("upper", ["north", "south"])
                user = self.users["north"]
                self.assertIn(
                    self.contact,
                    self.contact.with_user(user).search([]).sudo(),
                )

    def test_joining_and_leaving(self):
        """In the same transaction, too."""
        member = self.users["member"]
        self._assert_reaches("member", ["north"])
        self.south.member_ids |= member
        self.env.invalidate_all()
        self._assert_reaches("member", ["south"], ["crm.lead"])
        self.south.crm_team_member_ids.filtered(lambda m: m.user_id == member).unlink()
        self.env.invalidate_all()
        self._assert_reaches("member", [], ["crm.lead"])

    def test_all(self):
        self._assert_reaches("all", ["north", "south"])
        for name in ("reviewer", "executive", "accountant"):
            self._assert_reaches(name, ["north", "south"], ["res.partner"])
        self._assert_reaches(
            "executive", ["north", "south"], ["sale.order", "crm.lead"]
        )
        self._assert_reaches("colleague", [], ["res.partner"])
        self._assert_reaches("clerk", [], ["res.partner"])

    def test_writing(self):
        models = ["res.partner", "crm.lead", "sale.order"]
        self._assert_reaches("north", ["north"], models, "write")
        self._assert_reaches("upper", ["north", "south"], models, "write")
        self._assert_reaches("executive", [], models, "write")
        self._assert_reaches("all", ["north", "south"], models, "write")

    def test_clerks_reach_what_is_not_approved(self):
        self.south_customer.customer_state = "returned"
        self._assert_reaches("clerk", ["south"], ["res.partner"], "write")

    def test_collaborators(self):
        helper = self.env["crm.resource.collaborator"].create(
            {"partner_id": self.south_customer.id, "user_id": self.users["north"].id}
        )
        models = ["res.partner", "crm.lead", "sale.order"]
        self._assert_reaches("north", ["north", "south"])
        self._assert_reaches("north", ["north"], models, "write")
        helper.access = "edit"
        self._assert_reaches("north", ["north", "south"], models, "write")
        helper.unlink()
        self._assert_reaches("north", ["north"])

    def test_collaborators_are_named_by_those_who_have_the_customer(self):
        values = {"partner_id": self.south_customer.id, "access": "edit"}
        Collaborator = self.env["crm.resource.collaborator"]
        with self.assertRaises(AccessError):
            Collaborator.with_user(self.users["north"]).create(
                {**values, "user_id": self.users["north"].id}
            )
        Collaborator.with_user(self.users["south"]).create(
            {**values, "user_id": self.users["north"].id}
        )
        with self.assertRaises(AccessError):
            Collaborator.with_user(self.users["north"]).create(
                {**values, "user_id": self.users["leader"].id}
            )

    def test_owner_sees_what_a_helper_entered(self):
        order = self._make_order(
            self.south_customer, 10, user_id=self.users["north"].id, team_id=False
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Helped",
                "partner_id": self.south_customer.child_ids.id,
                "user_id": self.users["north"].id,
                "team_id": False,
            }
        )
        for record in order, lead:
            self.assertTrue(record.with_user(self.users["south"]).has_access("write"))
            self.assertTrue(record.with_user(self.users["north"]).has_access("write"))
            self.assertFalse(
                record.with_user(self.users["colleague"]).has_access("read")
            )

    def test_documents_follow_the_owner(self):
        self.south_customer.user_id = self.users["north"]
        self._assert_reaches("north", ["north", "south"])

    def test_nobody_s_customer_is_not_everybody_s(self):
        self.south_customer.write({"user_id": False, "team_id": False})
        records = self.records["south"]
        for model in ("crm.lead", "sale.order"):
            records[model].write({"user_id": False, "team_id": False})
        records["account.move"].write({"invoice_user_id": False, "team_id": False})
        self._assert_reaches("north", ["north"])
        self._assert_reaches("south", [])
        self._assert_reaches("reviewer", ["north", "south"], ["res.partner"])

    def test_documents_of_contacts_are_as_in_the_erp(self):
        lead, others = self.env["crm.lead"].create(
            [
                {"name": "Nobody's", "partner_id": self.contact.id, "user_id": False},
                {
                    "name": "South's",
                    "partner_id": self.contact.id,
                    "user_id": self.users["south"].id,
                    "team_id": False,
                },
            ]
        )
        self.assertTrue(lead.with_user(self.users["north"]).has_access("write"))
        self.assertFalse(others.with_user(self.users["north"]).has_access("read"))
        for name in ("north", "colleague", "clerk", "executive"):
            self.assertTrue(self.contact.with_user(self.users[name]).has_access("read"))

    def test_colleagues_are_seen(self):
        person = self.users["south"].partner_id
        person.customer_state = "approved"
        self.assertTrue(person.with_user(self.users["north"]).has_access("read"))

    def test_released_customers_are_everybody_s(self):
        self.south_customer.action_release_customer()
        self._assert_reaches("north", ["north", "south"], ["res.partner"])

    def test_totals(self):
        """SQL reports know the same people as lists."""
        self.env.flush_all()
        invoices = (
            self.env["ir.model.access"]
            .search([("name", "=", "account.invoice.report executive")])
            .copy({"group_id": self.env.ref("sales_team.group_sale_salesman").id})
        )
        self.assertTrue(invoices)
        for model, amount in (("sale.report", 100), ("account.invoice.report", 50)):
            for user, count in (
                ("north", 1),
                ("leader", 1),
                ("upper", 2),
                ("all", 2),
                ("executive", 2),
            ):
                with self.subTest(model=model, user=user):
                    report = self.env[model].with_user(self.users[user])
                    domain = [("partner_id", "in", self.customers.ids)]
                    total = report._read_group(domain, [], ["price_subtotal:sum"])
                    self.assertEqual(total, [(amount * count,)])
                    rows = report.search(domain)
                    self.assertEqual(len(rows.partner_id), count)

    def test_activity_analysis(self):
        lead = self.records["south"]["crm.lead"]
        activity = lead.activity_schedule("mail.mail_activity_data_call")
        activity.with_user(self.users["all"]).action_feedback(feedback="Done")
        self.env.flush_all()
        for user, count in (("north", 0), ("south", 1), ("upper", 1), ("executive", 1)):
            with self.subTest(user):
                found = self.env["crm.activity.report"].with_user(self.users[user])
                self.assertEqual(found.search_count([("lead_id", "=", lead.id)]), count)

    def test_what_hangs_on_a_customer(self):
        partner = self.south_customer
        attachment = self.env["ir.attachment"].create(
            {"name": "a", "raw": b"a", "res_model": "res.partner", "res_id": partner.id}
        )
        message = partner.message_post(body="Confidential")
        activity = partner.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.users["south"].id
        )
        for record in (
            attachment,
            message,
            activity,
            partner.sudo().standing_id,
            partner.level_change_ids,
        ):
            with self.subTest(record._name):
                self.assertTrue(record)
                for user, allowed in (
                    ("north", False),
                    ("south", True),
                    ("upper", True),
                ):
                    asked = record.with_user(self.users[user])
                    self.assertEqual(asked.has_access("read"), allowed, user)
                    found = asked.search([("id", "in", record.ids)])
                    self.assertEqual(bool(found), allowed, user)

    def test_audiences_are_not_written(self):
        own, foreign = self.north_customer, self.south_customer
        for values in (
            {"audience_id": own.sudo().audience_id.id},
            {"audience_id": False},
            {"is_editable": True},
        ):
            for record in (
                foreign,
                own,
                self.records["north"]["sale.order"],
                self.records["north"]["crm.lead"],
            ):
                before = record.sudo().audience_id
                with self.subTest(values=values, record=record):
                    with self.assertRaises(AccessError):
                        record.with_user(self.users["north"]).web_save(values, {})
                    self.assertEqual(record.sudo().audience_id, before)

    def test_documents_do_not_open_hidden_customers(self):
        """A lead shows the address of its customer."""
        user = self.users["north"]
        hidden = self.south_customer.id
        with self.assertRaises(AccessError):
            self.records["north"]["crm.lead"].with_user(user).partner_id = hidden
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(user).create({"partner_id": hidden})
        with self.assertRaises(AccessError):
            self.contact.with_user(user).parent_id = hidden

    def test_contacts_with_orders_stay(self):
        """What a customer was granted is not lent to another one."""
        contact = self.north_customer.child_ids
        mine = contact.with_user(self.users["north"])
        mine.parent_id = False
        mine.parent_id = self.north_customer
        self._make_order(contact, 100, user_id=self.users["north"].id)
        with self.assertRaises(AccessError):
            mine.parent_id = False
        contact.with_user(self.users["reviewer"]).parent_id = self.south_customer
        self.assertEqual(contact.commercial_partner_id, self.south_customer)

    def test_no_way_around_through_defaults(self):
        """Whoever calls chooses the context, and what an onchange is asked about."""
        user = self.users["north"]
        hidden = self.south_customer
        hidden.write({"phone": "+86 21 5550 7777", "email": "hidden@example.com"})
        Lead = self.env["crm.lead"].with_user(user)
        spec = {"partner_id": {}, "phone": {}, "email_from": {}}
        for call in (
            lambda: Lead.with_context(default_partner_id=hidden.id).create(
                {"name": "Sly"}
            ),
            lambda: Lead.with_context(default_partner_id=hidden.id).onchange(
                {}, [], spec
            ),
            lambda: Lead.onchange({"partner_id": hidden.id}, ["partner_id"], spec),
            lambda: (
                self.records["north"]["sale.order"]
                .with_user(user)
                .write({"partner_shipping_id": hidden.id})
            ),
            lambda: (
                self.records["north"]["sale.order"]
                .order_line.with_user(user)
                .write({"order_id": self.records["south"]["sale.order"].id})
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        # what is there already may stay
        own = self._make_order(hidden, 1, user_id=user.id).with_user(user)
        own.onchange({"partner_id": hidden.id, "note": "x"}, ["note"], {"note": {}})
        own.write({"partner_id": hidden.id, "note": "x"})

    def test_bank_accounts(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": "1234567", "partner_id": self.south_customer.id}
        )
        for user, allowed in (
            ("north", False),
            ("colleague", False),
            ("south", True),
            ("accountant", True),
        ):
            asked = account.with_user(self.users[user])
            self.assertEqual(asked.has_access("read"), allowed, user)

    def test_own_order_of_another_s_customer(self):
        """It shows the name, can be worked on and printed; the record stays closed."""
        user = self.users["north"]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.south_customer.id,
                "user_id": user.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        own = order.with_user(user)
        spec = {"partner_id": {"fields": {"display_name": {}}}}
        (shown,) = own.web_read(spec)
        self.assertEqual(shown["partner_id"]["display_name"], "south")
        with Form(own) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        own.action_confirm()
        self.assertEqual(own.state, "sale")
        html = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html("sale.report_saleorder", order.ids)[0]
        )
        self.assertIn(order.name.encode(), html)
        with self.assertRaises(AccessError):
            own.partner_id.read(["email"])

    def test_own_lead_of_another_s_customer(self):
        lead = self.records["north"]["crm.lead"]
        lead.partner_id = self.south_customer
        with Form(lead.with_user(self.users["north"])) as form:
            form.name = "Still mine"
        self.assertEqual(lead.name, "Still mine")

    def test_new_customers_of_salespeople_are_theirs(self):
        user = self.users["north"]
        customer = (
            self.env["res.partner"]
            .with_user(user)
            .create({"name": "Mine", "is_company": True, "customer_state": "new"})
        )
        self.assertEqual(customer.user_id, user)
        with self.assertRaises(AccessError):
            customer.copy({"customer_state": "new", "user_id": self.users["south"].id})

    def test_as_in_the_erp(self):
        """With the setting off, rights are those of the ERP, and on again, ours."""
        settings = self.env["res.config.settings"]
        settings.create({"crm_is_reach_enforced": False}).execute()
        self._assert_reaches("north", ["north", "south"], ["res.partner"])
        self._assert_reaches("north", ["north"], ["crm.lead", "sale.order"])
        self._assert_reaches("leader", [], ["crm.lead", "sale.order"])
        self.records["south"]["sale.order"].user_id = False
        self._assert_reaches("north", ["north", "south"], ["sale.order"])
        settings.create({"crm_is_reach_enforced": True}).execute()
        self._assert_reaches("north", ["north"])

    def test_enrolment_and_merge(self):
        contact = self.contact
        contact._enrol_customers({contact.id: self.users["south"].id})
        self.assertFalse(contact.with_user(self.users["north"]).has_access("read"))
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge(
            (self.south_customer | self.north_customer).ids, self.south_customer
        )
        self.env.invalidate_all()
        order = self.records["north"]["sale.order"]
        self.assertTrue(order.with_user(self.users["south"]).has_access("write"))

    @given(data=st.data())
    @settings(
        max_examples=10,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def test_one_statement_equals_the_fields(self, data):
        """Whatever the owners are, the statement for all gives what the ORM gives."""
        users = [False, *(self.users[n].id for n in ("north", "south", "leader"))]
        teams = [False, self.north.id, self.south.id]
        access = st.sampled_from(["read", "edit"])
        helpers = st.dictionaries(st.sampled_from(users[1:]), access)
        for customer in self.customers:
            customer.write(
                {
                    "user_id": data.draw(st.sampled_from(users)),
                    "team_id": data.draw(st.sampled_from(teams)),
                    "customer_state": data.draw(
                        st.sampled_from([False, "new", "approved"])
                    ),
                    "collaborator_ids": [
                        Command.clear(),
                        *(
                            Command.create({"user_id": user, "access": access})
                            for user, access in data.draw(helpers).items()
                        ),
                    ],
                }
            )
        for records in self.records.values():
            records["sale.order"].user_id = data.draw(st.sampled_from(users))
            records["crm.lead"].team_id = data.draw(st.sampled_from(teams))
        expected = self._read_audiences()
        for model in GUARDED:
            self.env.cr.execute(
                f"UPDATE {self.env[model]._table} SET audience_id = NULL"
            )
        self.env.invalidate_all()
        self.env["res.partner"]._refresh_audiences()
        self.assertEqual(self._read_audiences(), expected)

    def _read_audiences(self):
        return [
            (record, record.sudo().audience_id)
            for by_model in self.records.values()
            for records in by_model.values()
            for record in records
        ]
