from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .common import CrmResourceCommon, new_user

COLUMNS = [
    "id",
    "name",
    "is_company",
    "customer_code",
    "customer_state",
    "customer_importance",
    "user_id/id",
    "team_id/id",
    "region_id/id",
    "customer_type_id/id",
    "industry_id/id",
    "category_id/id",
    "interest_categ_ids/id",
    "registration_source_id/id",
    "annual_purchasing_power",
    "annual_revenue",
    "headcount",
    "customer_satisfaction",
    "phone",
    "crm_mobile",
    "email",
    "street",
    "city",
    "country_id/id",
    "gender",
    "birth_calendar",
    "birth_year",
    "birth_month",
    "birth_day",
    "hobbies",
    "date_registered",
]
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1
)
VALUES = st.fixed_dictionaries(
    {
        "name": TEXT,
        "customer_importance": st.sampled_from(["i", "n", "p", False]),
        "is_company": st.booleans(),
        "annual_purchasing_power": st.integers(0, 10**9),
        "annual_revenue": st.decimals(0, 10**6, places=2).map(float),
        "headcount": st.integers(0, 10**6),
        "customer_satisfaction": st.sampled_from(["1", "5", False]),
        "gender": st.sampled_from(["female", "male", "other", False]),
        "birth_month": st.integers(1, 12),
        "birth_day": st.integers(1, 28),
        "birth_calendar": st.sampled_from(["solar", "lunar", False]),
        "hobbies": st.one_of(TEXT, st.just(False)),
        "street": st.one_of(TEXT, st.just(False)),
        "is_owned": st.booleans(),
        "is_linked": st.booleans(),
    }
)


@tagged("post_install", "-at_install")
class TestResPartnerExport(CrmResourceCommon):
    """What is exported can be imported again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exporter = new_user(
            cls.env,
            "crm_exporter",
            groups="crm_resource.group_reviewer,base.group_allow_export",
        )
        cls.owner = new_user(
            cls.env, "crm_export_owner", groups="sales_team.group_sale_salesman"
        )
        cls.links = {
            "region_id": cls.env["crm.resource.region"].create({"name": "North"}).id,
            "industry_id": cls.env.ref("base.res_partner_industry_C").id,
            "country_id": cls.env.ref("base.cn").id,
            "category_id": [
                Command.set(
                    cls.env["res.partner.category"]
                    .create([{"name": "A"}, {"name": "B, C"}])
                    .ids
                )
            ],
            "interest_categ_ids": [
                Command.set(cls.env["product.category"].create({"name": "Pumps"}).ids)
            ],
        }

    def _export(self, customers, columns):
        exported = customers.with_user(self.exporter).with_context(import_compat=True)
        return exported.export_data(columns)["datas"]

    def _read(self, customers):
        self.env.flush_all()
        self.env.invalidate_all()
        names = [column.split("/")[0] for column in COLUMNS[1:]]
        return customers.read([*names, "write_uid", "level_id"], load="_classic")

    @settings(max_examples=5, deadline=None)
    @given(st.lists(VALUES, min_size=1, max_size=3))
    def test_customers_come_back_as_they_went(self, rows):
        values = []
        for row in rows:
            row = dict(row)
            owner = self.owner.id if row.pop("is_owned") else False
            links = self.links if row.pop("is_linked") else {}
            values.append(
                {**row, **links, "user_id": owner, "customer_state": "approved"}
            )
        customers = self.env["res.partner"].with_user(self.exporter).create(values)
        before = self._read(customers)
        data = [
            [str(cell) if cell is not False else "" for cell in row]
            for row in self._export(customers, COLUMNS)
        ]
        result = self.env["res.partner"].with_user(self.exporter).load(COLUMNS, data)
        self.assertFalse(result["messages"])
        self.assertEqual(result["ids"], customers.ids)
        self.assertEqual(self._read(customers), before)

    def test_a_change_in_the_file_is_the_only_one(self):
        customers = self._make_customer("One") | self._make_customer("Two")
        columns = ["id", "name", "city"]
        rows = [list(row) for row in self._export(customers, columns)]
        rows[1][2] = "Lübeck"
        rows = [[cell or "" for cell in row] for row in rows]
        self.env["res.partner"].with_user(self.exporter).load(columns, rows)
        self.assertEqual(customers.mapped("city"), [False, "Lübeck"])
        self.assertEqual(customers.mapped("name"), ["One", "Two"])

    def test_every_model_of_ours_is_exported(self):
        """With all columns that the dialog offers, for whoever may read it."""
        self._make_customer("Exported", user_id=self.owner.id)
        self.env["crm.resource.competitor"].create(
            {"name": "Rival", "product_ids": [Command.create({"name": "P1"})]}
        )
        self.env["crm.resource.pool"].create({"name": "Open"})
        self.env["crm.resource.holding.limit"].create({"customer_limit": 5})
        found = 0
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.exporter)
            if (
                not name.startswith("crm.resource.")
                or model._abstract
                or model._transient
                or not model.has_access("read")
            ):
                continue
            with self.subTest(name):
                # what a query computes has no external id
                columns = [
                    column
                    for column, field in model.fields_get(
                        attributes=["exportable"]
                    ).items()
                    if field.get("exportable", True) and (model._auto or column != "id")
                ]
                records = model.search([], limit=5)
                rows = records.export_data(columns)["datas"]
                self.assertGreaterEqual(len(rows), len(records))
                found += bool(records)
        self.assertGreater(found, 8)

    def test_what_only_code_writes_is_refused_in_words(self):
        salesperson = self.env["res.partner"].with_user(self.owner)
        customer = self._make_customer("Mine", user_id=self.owner.id)
        ((key,),) = self._export(customer, ["id"])
        refused = {
            "customer_state": "rejected",
            "date_terminated": "2026-01-01",
            "termination_reason": "No need",
            "user_id/id": self._export_user(self.reviewer),
        }
        for column, value in refused.items():
            with self.subTest(column):
                result = salesperson.load(["id", column], [[key, value]])
                self.assertFalse(result["ids"])
                (message,) = [m["message"] for m in result["messages"]]
                self.assertGreater(len(message.split()), 5)
                self.assertNotIn("Traceback", message)
        for name in ("assignment", "level.change", "standing", "churn", "care"):
            with self.subTest(name):
                model = self.env[f"crm.resource.{name}"].with_user(self.owner)
                result = model.load(["partner_id/.id"], [[str(customer.id)]])
                self.assertFalse(result["ids"])
                self.assertIn("not allowed", result["messages"][0]["message"])
        # a computed figure is not written, whoever tries
        result = salesperson.load(["id", "standing_id/.id"], [[key, "1"]])
        self.assertNotEqual(customer.standing_id.id, 1)
        self.assertEqual(customer.customer_state, "approved")
        self.assertEqual(customer.user_id, self.owner)

    def _export_user(self, user):
        return (
            self.env["ir.model.data"]._update_xmlids(
                [{"xml_id": f"__test__.user_{user.id}", "record": user}]
            )
            and f"__test__.user_{user.id}"
        )
