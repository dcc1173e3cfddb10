"""Who may do what: compared with lists that people read, for every model and method."""

import inspect
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, tagged

from .common import ADDONS, ROLES, CallCase, get_own_models, new_role_users

METHODS = Path(__file__).with_name("public_methods.txt")

# computed figures: no call from outside may write them, whoever calls
COMPUTED_MODELS = (
    "crm.resource.grade",
    "crm.resource.level.change",
    "crm.resource.standing",
)
PRIVATE_METHODS = (
    ("res.partner", "_enrol_customers"),
    ("res.partner", "_write_customer_columns"),
    ("crm.resource.assignment", "_assign"),
    ("crm.resource.batch", "_undo"),
    ("crm.resource.level.policy", "_classify"),
    ("crm.resource.level.policy", "_cron_classify"),
    ("crm.resource.pool", "_claim"),
    ("crm.resource.pool", "_give_out"),
    ("crm.resource.recall.rule", "_cron_recall"),
    ("crm.resource.sales", "_get_query"),
    ("crm.resource.standing", "_write_changed"),
)


@tagged("post_install", "-at_install")
class TestRights(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = new_role_users(cls.env, ROLES)
        cls.users = dict(zip(ROLES, users, strict=True))

    def _get_records(self, model):
        """Return the records of a model that our addons brought."""
        data = self.env["ir.model.data"].search(
            [("module", "in", ADDONS), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id"))

    def test_every_model_has_access_lines(self):
        access = self._get_records("ir.model.access")
        lacking = set(get_own_models(self.env)) - set(access.mapped("model_id.model"))
        self.assertFalse(lacking, "nobody may use these models")

    def test_access_lines_have_groups(self):
        access = self.env["ir.model.access"].search(
            [("model_id.model", "in", get_own_models(self.env))]
        )
        everybody = (access | self._get_records("ir.model.access")).filtered(
            lambda line: not line.group_id
        )
        self.assertFalse(
            everybody.mapped("name"), "these lines are for the public, too"
        )

    def test_every_group_is_a_role(self):
        asked = self.env["res.groups"].browse(
            [self.env.ref(group).id for group in ROLES.values()]
        )
        # a field more, which is asked for where it belongs
        asked |= self.env.ref("crm_resource.group_cost")
        self.assertFalse((self._get_records("res.groups") - asked).mapped("full_name"))

    def test_company_rules(self):
        rules = (
            self.env["ir.rule"]
            .search([("groups", "=", False)])
            .filtered(lambda rule: "company_ids" in (rule.domain_force or ""))
        )
        lacking = {
            name
            for name in get_own_models(self.env)
            if (field := self.env[name]._fields.get("company_id"))
            and field.store
            and name not in rules.mapped("model_id.model")
        }
        self.assertFalse(lacking, "a company's records show in another company")

    def _is_callable(self, model, method):
        """Return whether a call from outside reaches a method."""
        try:
            return bool(get_public_method(self.env[model], method))
        except AccessError:
            return False

    def test_public_methods(self):
        """Whoever may log in can call a public method: each has been thought about."""
        found = {
            f"{model}.{method}"
            for model in self.env.registry
            for cls in type(self.env[model]).__mro__
            if cls.__module__.startswith(tuple(f"odoo.addons.{a}." for a in ADDONS))
            for method, function in vars(cls).items()
            if inspect.isfunction(getattr(function, "__func__", function))
            and self._is_callable(model, method)
        }
        reviewed = METHODS.read_text().split()
        self.assertEqual(reviewed, sorted(reviewed), "keep the list in order")
        self.assertEqual(found, set(reviewed))

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["crm.resource.level.policy"].create(
            {"name": "Theirs", "criterion": "manual", "company_id": other.id}
        )
        level = self.env["crm.resource.level"].create(
            {"name": "Theirs", "policy_id": theirs.id}
        )
        for record in theirs, level:
            foreign = record.with_user(self.users["reviewer"])
            self.assertFalse(foreign.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                foreign.write({"name": "Ours"})

    def test_absences_are_entered_by_their_owner_or_managers(self):
        values = {"date_from": "2026-01-01", "date_to": "2026-01-02"}
        absence = self.env["crm.resource.absence"].create(
            {**values, "user_id": self.users["salesperson"].id}
        )
        for role in ("internal", "clerk", "executive", "department"):
            with self.subTest(role), self.assertRaises(AccessError):
                absence.with_user(self.users[role]).reason = "Mine now"
        for role in ("salesperson", "all_documents", "reviewer"):
            with self.subTest(role):
                absence.with_user(self.users[role]).reason = role


@tagged("post_install", "-at_install")
class TestCalls(CallCase):
    """What the web client could send, sent by somebody who may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = ("salesperson", "clerk", "reviewer", "sales_manager", "executive")
        new_role_users(cls.env, cls.roles)
        cls.partner, cls.other = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "customer_state": "approved"}
                for name in ("Customer", "Other")
            ]
        )
        cls.draft = cls.env["res.partner"].create(
            {"name": "Draft", "is_company": True, "customer_state": "new"}
        )
        cls.level = cls.env["crm.resource.level"].search(
            [("policy_id", "=", cls.partner.leading_policy_id.id)], limit=1
        )

    def _save(self, record, values, **context):
        return self._call(
            record._name,
            "web_save",
            record.ids,
            values,
            specification={"id": {}},
            context=context,
        )

    def _read_rows(self, model):
        return self.env[model].sudo().search([], order="id").read(load=False)

    def test_computed_rows_are_not_written(self):
        for role in (*self.roles, "admin"):
            self._log_in(role)
            for model in COMPUTED_MODELS:
                with self.subTest(role=role, model=model):
                    self.env["crm.resource.level.policy"]._classify_customers(
                        self.partner
                    )
                    before = self._read_rows(model)
                    row = self.env[model].search([], limit=1)
                    values = {"partner_id": self.draft.id, "turnover": 1}
                    for answer in (
                        self._call(model, "create", values),
                        self._save(self.env[model], values),
                        self._save(row, {"turnover": 1}),
                        self._call(model, "write", row.ids, {"turnover": 1}),
                        self._call(model, "unlink", row.ids),
                    ):
                        self.assertEqual(answer, "AccessError")
                    self.assertEqual(self._read_rows(model), before)

    def test_level_is_not_written_on_the_customer(self):
        standing = self.partner.standing_id
        level = standing.level_id
        foreign = self.other.standing_id
        for role in ("salesperson", "clerk", "reviewer", "sales_manager", "admin"):
            self._log_in(role)
            for values in (
                {"level_id": self.level.id, "turnover": 5},
                {"standing_id": foreign.id},
                {"standing_id": False},
                {"grade_ids": [[0, 0, {"level_id": self.level.id}]]},
                {"level_change_ids": [[0, 0, {"date": "2026-01-01"}]]},
            ):
                with self.subTest(role=role, values=values):
                    self._save(self.partner, values)
                    self.assertEqual(self.partner.standing_id, standing)
                    self.assertEqual(standing.level_id, level)
                    self.assertFalse(standing.turnover)
        self.assertFalse(
            self.partner.level_change_ids.filtered(lambda c: not c.date_to)
        )

    def test_state_is_decided_by_reviewers(self):
        for role in ("salesperson", "clerk"):
            self._log_in(role)
            with self.subTest(role):
                self.assertEqual(
                    self._save(self.draft, {"customer_state": "approved"}),
                    "AccessError",
                )
                self.assertEqual(
                    self._save(self.partner, {"customer_state": False}), "AccessError"
                )
                self.assertEqual(self.draft.customer_state, "new")
                self.assertEqual(self.partner.customer_state, "approved")
                self.assertEqual(
                    self._call(
                        "res.partner", "action_release_customer", self.partner.ids
                    ),
                    "AccessError",
                )
        self._log_in("reviewer")
        self._save(self.draft, {"customer_state": "approved"})
        self.assertEqual(self.draft.customer_state, "approved")

    def test_state_of_new_customers(self):
        nobody = self.env["res.partner"]
        self._log_in("clerk")
        for values, context in (
            ({"name": "Sly", "customer_state": "approved"}, {}),
            ({"name": "Sly"}, {"default_customer_state": "approved"}),
            ({"name": "Sly", "standing_id": self.partner.standing_id.id}, {}),
            (
                {"name": "Sly", "customer_state": "new"},
                {"default_manual_level_id": self.level.id},
            ),
        ):
            with self.subTest(values=values, context=context):
                self._save(nobody, values, **context)
                sly = nobody.search([("name", "=", "Sly")])
                self.assertFalse(sly.filtered(lambda p: p.customer_state == "approved"))
                self.assertFalse(sly.standing_id & self.partner.standing_id)
                self.assertFalse(sly.manual_level_id)
        result = self._save(nobody, {"name": "Honest", "customer_state": "new"})
        honest = nobody.browse(result[0]["id"])
        self.assertTrue(honest.standing_id)

    def test_level_by_hand_is_for_reviewers(self):
        self.partner.user_id = self.env["res.users"].search(
            [("login", "=", "life_salesperson")]
        )
        for role in ("salesperson", "clerk"):
            self._log_in(role)
            with self.subTest(role):
                self._save(self.partner, {"manual_level_id": self.level.id})
                self.assertFalse(self.partner.manual_level_id)
        self._log_in("reviewer")
        self._save(self.partner, {"manual_level_id": self.level.id})
        self.assertEqual(self.partner.manual_level_id, self.level)

    def test_private_methods(self):
        self._log_in("admin")
        for model, method in PRIVATE_METHODS:
            with self.subTest(f"{model}.{method}"):
                self.assertEqual(self._call(model, method, []), "AccessError")

    def test_dialogs_are_for_reviewers(self):
        """Their figures show all customers."""
        dialogs = (
            self.env["crm.resource.level.classify"].create({}),
            self.env["crm.resource.customer.enrol"].create({}),
        )
        for role in ("salesperson", "clerk", "executive"):
            self._log_in(role)
            for dialog in dialogs:
                with self.subTest(role=role, dialog=dialog._name):
                    for method in ("read", "action_preview", "unlink"):
                        answer = self._call(dialog._name, method, dialog.ids)
                        self.assertIn(answer, ("AccessError", "UserError"))
                    self.assertEqual(dialog.state, "choose")
