from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import new_user
from .common_team import TeamCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestProductLookup(TeamCommon):
    def _make_order(self, day, price, quantity=1, confirm=True, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            **values,
                        }
                    )
                ],
            }
        )
        if confirm:
            order.action_confirm()
        order.date_order = f"{day} 02:00:00"
        return order

    def _add_past_sale(self, day, quantity, amount):
        run = self.env["crm.resource.past.sale.import"].create({})
        return self.env["crm.resource.past.sale"].create(
            {
                "import_id": run.id,
                "company_id": self.env.company.id,
                "key": f"past-{day}-{quantity}",
                "document": f"D{day}",
                "date": day,
                "partner_id": self.customer.id,
                "product_id": self.product.id,
                "quantity": quantity,
                "price_unit": amount / quantity,
                "amount": amount,
                "currency_id": self.env.company.currency_id.id,
            }
        )

    def _get_bought(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        bought = self.env["crm.resource.product.bought"].with_user(
            user or self.salesperson
        )
        return bought.search([("partner_id", "=", self.customer.id)])

    # ------------------------------------------------------------
    # What he bought
    # ------------------------------------------------------------

    def test_what_a_customer_bought(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._make_order("2026-01-10", 40, 3, discount=50)
        self._make_order("2025-02-01", 90, 2)
        self._make_order("2026-03-01", 240, 1, product_uom_id=dozen.id)
        self._make_order("2026-03-10", 1, 100, confirm=False)
        self._add_past_sale("2020-05-05", 10, 300)
        [row] = self._get_bought()
        self.assertRecordValues(
            row,
            [
                {
                    "product_id": self.product.id,
                    "date_last": date(2026, 3, 1),
                    "price_last": 240,
                    "quantity": 3 + 2 + 12 + 10,
                    "quantity_year": 15,
                    "order_count": 4,
                }
            ],
        )
        action = self.customer.with_user(self.salesperson).action_open_products()
        self.assertEqual(row.search(action["domain"]).with_user(self.salesperson), row)

    def test_who_sees_what_was_bought(self):
        self._make_order("2026-01-10", 40)
        self.assertTrue(self._get_bought(self.leader))
        self.assertTrue(self._get_bought(self.executive))
        self.assertFalse(self._get_bought(self.other))

    def test_a_hidden_past_stays_hidden(self):
        self._make_order("2026-01-10", 40, 3)
        self._make_order("2026-03-10", 50, 2)
        self.customer.date_hidden_before = "2026-02-01 00:00:00"
        [row] = self._get_bought()
        self.assertEqual((row.quantity, row.order_count), (2, 1))
        [row] = self._get_bought(self.leader)
        self.assertEqual((row.quantity, row.order_count), (5, 2))

    # ------------------------------------------------------------
    # Looking up
    # ------------------------------------------------------------

    def _look_up(self, action, user=None):
        return (
            self.env[action["res_model"]]
            .with_user(user or self.salesperson)
            .with_context(**action["context"])
            .create({})
        )

    def test_from_the_line_of_an_order(self):
        self.product.list_price = 70
        old = self._make_order("2026-01-10", 40, 3)
        self._add_past_sale("2020-05-05", 10, 300)
        paper, _other = self.env["product.document"].create(
            [
                {
                    "name": "Manual.pdf",
                    "res_model": "product.template",
                    "res_id": self.product.product_tmpl_id.id,
                    "raw": b"manual",
                },
                {
                    "name": "Other.pdf",
                    "res_model": "product.template",
                    "res_id": self.product.copy().product_tmpl_id.id,
                    "raw": b"other",
                },
            ]
        )
        line = self._make_order("2026-03-10", 70, confirm=False).order_line
        action = line.with_user(self.salesperson).action_lookup_product()
        dialog = self._look_up(action)
        self.assertEqual(dialog.partner_id, self.customer)
        self.assertEqual(dialog.price, 70)
        self.assertEqual(dialog.line_ids, old.order_line)
        self.assertEqual(dialog.past_sale_ids.amount, 300)
        self.assertEqual(dialog.document_ids, paper)
        self.assertEqual(
            dialog.has_stock,
            "free_qty" in self.product._fields and self.product.is_storable,
        )

    def test_customers_out_of_reach(self):
        line = self._make_order("2026-01-10", 40).order_line
        with self.assertRaises(AccessError):
            line.with_user(self.other).action_lookup_product()
        dialog = self._look_up(self.product._lookup(self.customer), self.other)
        self.assertFalse(dialog.line_ids)
        with self.assertRaises(AccessError):
            dialog.read(["price"])

    # ------------------------------------------------------------
    # Costs and prices by right
    # ------------------------------------------------------------

    def test_costs_by_right(self):
        self.product.standard_price = 12
        self.salesperson.group_ids += self.env.ref("base.group_allow_export")
        seller = self.product.with_user(self.salesperson)
        # as without the addon, until the settings say not
        self.assertEqual(seller.standard_price, 12)
        settings = self.env["res.config.settings"].create({"group_crm_cost": False})
        settings.execute()
        self.env.invalidate_all()
        for record in (seller, seller.product_tmpl_id):
            self.assertNotIn("standard_price", record.fields_get())
            for ask in (
                lambda record=record: record.read(["standard_price"]),
                lambda record=record: record.search([("standard_price", "=", 12)]),
                lambda record=record: record.export_data(["standard_price"]),
                lambda record=record: record.search([], order="standard_price"),
            ):
                with self.subTest(record._name), self.assertRaises(AccessError):
                    ask()
        dialog = self._look_up(self.product._lookup(self.customer))
        self.assertNotIn("standard_price", dialog.fields_get())
        self.assertEqual(self.product.with_user(self.executive).standard_price, 12)
        accountant = new_user(
            self.env, "cost_accountant", "account.group_account_invoice"
        )
        self.assertEqual(self.product.with_user(accountant).standard_price, 12)

    def test_orders_are_written_without_seeing_costs(self):
        self.env["res.config.settings"].create({"group_crm_cost": False}).execute()
        self.env.flush_all()
        self.env.invalidate_all()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Cost and a half",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "formula",
                            "base": "standard_price",
                            "price_discount": -50,
                        }
                    )
                ],
            }
        )
        self.product.standard_price = 20
        order = Form(self.env["sale.order"].with_user(self.salesperson))
        order.partner_id = self.customer
        with order.order_line.new() as line:
            line.product_id = self.product
        order = order.save()
        order.sudo().pricelist_id = pricelist
        order.order_line._compute_price_unit()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        invoice = order.sudo()._create_invoices()
        self.assertTrue(invoice.amount_untaxed)

    def test_prices_per_level(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Great",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        policy = self.env["crm.resource.level.policy"].search([], limit=1)
        self.env["crm.resource.level"].search(
            [("policy_id", "=", policy.id)], limit=1
        ).write({"name": "Whale", "pricelist_id": pricelist.id})
        self.product.list_price = 200
        leader = new_user(self.env, "price_leader", "crm_resource.group_department")
        shown = self.product.product_tmpl_id.with_user(leader).crm_level_prices
        self.assertIn("Whale", shown)
        self.assertIn("180.00", shown)
        with self.assertRaises(AccessError):
            self.product.product_tmpl_id.with_user(self.salesperson).read(
                ["crm_level_prices"]
            )

    # ------------------------------------------------------------
    # Categories
    # ------------------------------------------------------------

    def _get_categories(self):
        manager = new_user(
            self.env, "category_manager", "product.group_product_manager"
        )
        return self.env["product.category"].with_user(manager)

    @contextmanager
    def _refused(self, message):
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            yield

    def test_categories_of_three_levels(self):
        categories = self._get_categories()
        clothes = categories.create({"name": "Clothes"})
        jackets = categories.create({"name": "Jackets", "parent_id": clothes.id})
        wind = categories.create({"name": "Windbreakers", "parent_id": jackets.id})
        with self._refused("would be on level 4"):
            categories.create({"name": "Red ones", "parent_id": wind.id})
        # with whatever is below
        textiles = categories.create({"name": "Textiles"})
        with self._refused("Windbreakers"):
            clothes.parent_id = textiles
        jackets.parent_id = textiles

    def test_categories_as_the_settings_say(self):
        categories = self._get_categories()
        settings = self.env["res.config.settings"]
        with self.assertRaises(ValidationError):
            settings.create({"crm_category_levels": -1})
        for levels in (1, 0):
            settings.create({"crm_category_levels": levels}).execute()
            with self.subTest(levels=levels):
                parent = categories.create({"name": "Clothes"})
                if levels:
                    with self.assertRaises(ValidationError):
                        categories.create({"name": "Jackets", "parent_id": parent.id})
                else:
                    for number in range(5):
                        parent = categories.create(
                            {"name": f"Level {number}", "parent_id": parent.id}
                        )
        # deeper ones stay
        settings.create({"crm_category_levels": 2}).execute()
        parent.name = "Deepest"
        parent.crm_note = "<p>Rarely asked for</p>"
        self.assertEqual(parent.parent_path.count("/"), 6)

    def test_catalogue_shows_the_tree_and_the_series(self):
        self.product.product_tmpl_id.crm_series = "Lake 300"
        found = self.env["product.product"].with_user(self.salesperson)
        self.assertIn(self.product, found.search([("crm_series", "ilike", "lake 3")]))
        order = self._make_order("2026-03-10", 70, confirm=False)
        action = order.with_user(self.salesperson).action_add_from_catalog()
        views = dict(map(reversed, action["views"]))
        kanban = found.get_view(views["kanban"], "kanban")
        self.assertIn("crm_series", kanban["arch"])
        panel = found.search_panel_select_range(
            "categ_id", enable_counters=False, hierarchize=True
        )
        self.assertEqual(panel["parent_field"], "parent_id")
