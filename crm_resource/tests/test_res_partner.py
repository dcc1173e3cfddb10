from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import TODAY, CrmResourceCommon, new_user


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestResPartner(CrmResourceCommon):
    # Customer or not ------------------------------------------------------

    def test_contact_stays_plain(self):
        partner = self.env["res.partner"].create({"name": "Vendor"})
        self.assertFalse(partner.customer_state)
        self.assertFalse(partner.customer_code)
        self.assertFalse(partner.standing_id)

    def test_customer_gets_code_standing_and_date(self):
        customer = self._make_customer()
        self.assertTrue(customer.customer_code)
        self.assertTrue(customer.date_registered)
        self.assertEqual(customer.standing_id.partner_id, customer)

    def test_clerk_enters_new_customers_only(self):
        partners = self.env["res.partner"].with_user(self.clerk)
        customer = partners.create({"name": "Entered", "customer_state": "new"})
        self.assertTrue(customer.customer_code)
        with self.assertRaises(AccessError):
            partners.create({"name": "Bold", "customer_state": "approved"})
        with self.assertRaises(AccessError):
            customer.customer_state = "approved"

    def test_default_state_does_not_reach_contacts(self):
        """Contacts entered on a customer's form come with its context."""
        partners = self.env["res.partner"].with_context(default_customer_state="new")
        customer = partners.create(
            {"name": "Firm", "is_company": True, "child_ids": [(0, 0, {"name": "Ann"})]}
        )
        self.assertEqual(customer.customer_state, "new")
        self.assertFalse(customer.child_ids.customer_state)

    def test_contact_of_a_company_is_no_customer(self):
        customer = self._make_customer()
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": customer.id}
        )
        with self.assertRaisesRegex(ValidationError, "Ann is a contact of Customer"):
            contact.customer_state = "approved"
        person = self._make_customer("Bob", is_company=False)
        with self.assertRaisesRegex(ValidationError, "Bob is a contact of Customer"):
            person.parent_id = customer

    def test_release_and_enrol_again(self):
        customer = self._make_customer()
        code = customer.customer_code
        customer.with_user(self.reviewer).action_release_customer()
        self.assertFalse(customer.customer_state)
        self.assertFalse(customer.standing_id)
        self.assertTrue(customer.level_change_ids)
        customer.with_user(self.reviewer).action_enrol_customer()
        self.assertEqual(customer.customer_state, "approved")
        self.assertEqual(customer.customer_code, code)
        self.assertEqual(customer.level_id, self.new)

    def test_salesperson_cannot_release(self):
        customer = self._make_customer(user_id=self.salesperson.id)
        with self.assertRaises(AccessError):
            customer.with_user(self.salesperson).action_release_customer()

    def test_enrol_by_rule_at_the_first_quotation(self):
        partner = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": partner.id}
        )
        orders = self.env["sale.order"].with_user(self.salesperson)
        orders.create({"partner_id": contact.id})
        self.assertFalse(partner.customer_state)
        self.company.crm_enrol_on_quotation = True
        orders.create({"partner_id": contact.id})
        self.assertEqual(partner.customer_state, "approved")

    def test_enrol_by_rule_at_a_won_opportunity(self):
        partner = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.company.crm_enrol_on_won = True
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": partner.id}
        )
        self.assertFalse(partner.customer_state)
        lead.action_set_won()
        self.assertEqual(partner.customer_state, "approved")

    def test_archived_stage_of_won_by_dragging(self):
        """A kanban column is another way to win."""
        partner = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.company.crm_enrol_on_won = True
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": partner.id}
        )
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.assertEqual(partner.customer_state, "approved")

    def test_salesperson_cannot_set_a_level_by_hand(self):
        customer = self._make_customer(user_id=self.salesperson.id)
        own = customer.with_user(self.salesperson)
        for field, value in (
            ("manual_level_id", self.large.id),
            ("date_manual_level_end", TODAY),
        ):
            with self.assertRaises(AccessError):
                own[field] = value
            with self.assertRaises(AccessError):
                own.create({"name": "New", "customer_state": "new", field: value})
        self.assertFalse(customer.manual_level_id)

    def test_customer_does_not_read_what_is_thought_of_him(self):
        customer = self._make_customer(customer_credit="1")
        portal = new_user(self.env, "customer", groups="base.group_portal")
        portal.partner_id.parent_id = customer
        own = customer.with_user(portal)
        self.assertEqual(own.name, "Customer")
        for field in ("customer_credit", "level_id", "turnover", "customer_state"):
            with self.assertRaises(AccessError):
                own.read([field])

    # Codes ----------------------------------------------------------------

    def test_code_by_importance_area_and_number(self):
        self.company.crm_code_scheme = "area"
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "crm.resource.customer")]
        )
        sequence.write({"prefix": False, "padding": 3, "number_next": 110})
        beijing = self.env.ref("crm_resource.crm_resource_region_bj")
        customer = self._make_customer(customer_importance="i", region_id=beijing.id)
        self.assertEqual(customer.customer_code, "i010110")

    def test_code_that_was_typed_already_is_skipped(self):
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "crm.resource.customer")]
        )
        sequence.write({"prefix": "T", "padding": 3, "number_next": 1})
        self._make_customer(customer_code="T001")
        customers = self._make_customer() | self._make_customer()
        self.assertEqual(customers.mapped("customer_code"), ["T002", "T003"])

    def test_code_is_unique(self):
        self._make_customer(customer_code="K1")
        result = self.env["res.partner"].load(
            ["name", "customer_code"], [["Two", "K1"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("has this code already", result["messages"][0]["message"])

    # What is typed --------------------------------------------------------

    def test_area_follows_the_province(self):
        state = self.env.ref("base.state_cn_SH")
        customer = self._make_customer(
            state_id=state.id, country_id=state.country_id.id
        )
        shanghai = self.env.ref("crm_resource.crm_resource_region_sh")
        self.assertEqual(customer.region_id, shanghai)
        found = self.env["res.partner"].search(
            [("region_id", "child_of", shanghai.parent_id.id)]
        )
        self.assertIn(customer, found)

    def test_area_is_named_in_the_reader_s_language(self):
        area = self.env.ref("crm_resource.crm_resource_region_city_suzhou")
        self.assertEqual(area.display_name, "East China / Jiangsu / Suzhou")
        self.env["res.lang"]._activate_lang("zh_CN")
        (area | area.parent_id | area.parent_id.parent_id).flush_recordset()
        chinese = area.with_context(lang="zh_CN")
        chinese.name = "苏州市"
        self.assertTrue(chinese.display_name.endswith(" / 苏州市"))
        self.assertIn(area.id, dict(chinese.name_search("苏州")))

    def test_chosen_area_stays(self):
        beijing = self.env.ref("crm_resource.crm_resource_region_bj")
        customer = self._make_customer(region_id=beijing.id)
        customer.state_id = self.env.ref("base.state_cn_SH")
        self.assertEqual(customer.region_id, beijing)

    def test_birthdays(self):
        possible = [
            {"birth_month": 2, "birth_day": 29},
            {"birth_year": 2024, "birth_month": 2, "birth_day": 29},
            {"birth_month": 2, "birth_day": 30, "birth_calendar": "lunar"},
            {"birth_year": 1970},
        ]
        impossible = [
            {"birth_month": 2, "birth_day": 30},
            {"birth_year": 2023, "birth_month": 2, "birth_day": 29},
            {"birth_month": 4, "birth_day": 31, "birth_calendar": "lunar"},
            {"birth_month": 13, "birth_day": 1},
            {"birth_day": 5},
            {"birth_year": 2200},
        ]
        for values in possible:
            self._make_customer(is_company=False, **values)
        for values in impossible:
            with self.assertRaisesRegex(ValidationError, "no such day"):
                self._make_customer(is_company=False, **values)

    def test_age(self):
        values = {"birth_year": 2000, "birth_month": 3}
        born_today = self._make_customer(birth_day=15, **values)
        born_tomorrow = self._make_customer(birth_day=16, **values)
        self.assertEqual((born_today.age, born_tomorrow.age), (26, 25))

    def test_negative_figures_are_refused(self):
        for field in ("annual_purchasing_power", "annual_revenue", "headcount"):
            with (
                self.assertRaisesRegex(IntegrityError, field),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._make_customer(**{field: -1})

    # Pricelist of the level -----------------------------------------------

    def test_pricelist_follows_the_level(self):
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        pricelist, own = self.env["product.pricelist"].create(
            [{"name": "Large customers"}, {"name": "Just for him"}]
        )
        self.large.pricelist_id = pricelist
        customer = self._make_customer()
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": customer.id}
        )
        self.assertNotEqual(customer.property_product_pricelist, pricelist)
        customer.manual_level_id = self.large
        self.env.invalidate_all()
        self.assertEqual(customer.property_product_pricelist, pricelist)
        self.assertEqual(contact.property_product_pricelist, pricelist)
        order = self.env["sale.order"].create({"partner_id": contact.id})
        self.assertEqual(order.pricelist_id, pricelist)
        customer.property_product_pricelist = own
        self.env.invalidate_all()
        self.assertEqual(customer.property_product_pricelist, own)

    # Dates of purchases and contacts --------------------------------------

    def test_standing_knows_purchases(self):
        customer = self._make_customer()
        self._make_order(customer, 10, date(2024, 5, 1))
        self._make_order(customer, 20, date(2026, 2, 1))
        self._make_order(customer, -5, date(2026, 3, 1))
        self.env["crm.resource.standing"]._refresh_purchases()
        self.assertEqual(customer.date_first_purchase, date(2024, 5, 1))
        self.assertEqual(customer.date_last_purchase, date(2026, 2, 1))
        self.assertIn(
            customer,
            self.env["res.partner"].search([("date_last_purchase", "!=", False)]),
        )

    def test_standing_knows_contacts(self):
        customer = self._make_customer()
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": customer.id}
        )
        self.env["calendar.event"].create(
            [
                {
                    "name": "Talk",
                    "partner_ids": contact.ids,
                    "start": f"{day} 09:00:00",
                    "stop": f"{day} 10:00:00",
                }
                for day in ("2026-02-01", "2026-03-01", "2026-04-01")
            ]
        )
        self.env["crm.resource.standing"]._refresh_contacts()
        self.assertEqual(customer.date_last_contact, date(2026, 3, 1))
        self.assertEqual(customer.date_next_contact, date(2026, 4, 1))

    def test_only_what_was_done_was_a_contact(self):
        called, waiting, forgotten, lead_called = (
            self._make_customer(name) for name in "ABCD"
        )
        lead = self.env["crm.lead"].create(
            {"name": "Lamps", "partner_id": lead_called.id}
        )
        for record, day, is_done in (
            (called, date(2026, 3, 10), True),
            (called, date(2026, 3, 12), False),
            (waiting, date(2026, 3, 15), False),
            (forgotten, date(2026, 3, 14), False),
            (lead, date(2026, 3, 14), False),
            (lead, date(2026, 3, 20), False),
            (lead, date(2026, 3, 1), True),
        ):
            activity = record.activity_schedule(
                "mail.mail_activity_data_call", date_deadline=day
            )
            if is_done:
                activity.active = False
                self.env.flush_all()
                self.env.cr.execute(
                    SQL(
                        "UPDATE mail_activity SET date_done = %s WHERE id = %s",
                        day,
                        activity.id,
                    )
                )
        self.env["crm.resource.standing"]._refresh_contacts()
        self.assertRecordValues(
            called | waiting | forgotten | lead_called,
            [
                {"date_last_contact": date(2026, 3, 10), "date_next_contact": False},
                {"date_last_contact": False, "date_next_contact": date(2026, 3, 15)},
                {"date_last_contact": False, "date_next_contact": False},
                {
                    "date_last_contact": date(2026, 3, 1),
                    "date_next_contact": date(2026, 3, 20),
                },
            ],
        )
