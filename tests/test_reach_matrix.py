"""Who may do what with whose records: compared with a list that people read.

In `rights_matrix.csv`, a row of a model whose records belong to nobody has the scope
``any``. Other models have four: records of one's own, of a colleague in one's
department (or in one below it), of another department, of a company one is not in.
"""

import csv
from itertools import cycle
from pathlib import Path

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.tests import Form, tagged

from odoo.addons.crm_resource.tests.common import new_user

from .common import (
    ADDONS,
    LEADERS,
    ROLES,
    CallCase,
    get_own_models,
    new_role_users,
)
from .reach_records import MODELS, Holding

MATRIX = Path(__file__).with_name("rights_matrix.csv")
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
SCOPES = ("own", "department", "other", "company")
PEOPLE = (*ROLES, *LEADERS)
SHARED = ("public", "portal")
# whose calls are sent: the rest reaches records in the same ways
CALLERS = (
    "portal",
    "salesperson",
    "leader",
    "upper_leader",
    "clerk",
    "reviewer",
    "executive",
    "accountant",
)


# what a copy needs: absences of a person do not overlap
COPIES = {"crm.resource.absence": {"date_from": "2020-01-01", "date_to": "2020-01-01"}}
# whoever copies these is their author, and reaches where it was
COPIED = ("crm.resource.competitor.encounter",)
# whose files are asked for over HTTP
ATTACHED = ("res.partner", "crm.lead", "sale.order", "account.move")
# which are opened as a form
FORMS = ("crm.lead", "sale.order", "crm.resource.change.request")
# fields that say whose a record is
MOVES = (
    ("crm.lead", "partner_id"),
    ("crm.resource.absence", "user_id"),
    ("crm.resource.change.request", "partner_id"),
    ("crm.resource.collaborator", "partner_id"),
    ("crm.resource.forecast", "partner_id"),
    ("crm.resource.visit", "partner_id"),
    ("sale.order", "partner_id"),
    ("sale.order", "partner_invoice_id"),
    ("sale.order", "partner_shipping_id"),
    ("sale.order.line", "order_id"),
)


@tagged("post_install", "-at_install")
class TestReachMatrix(CallCase):
    """A user of each role, all of them in one department, and customers of each scope:
    his own, a colleague's, another department's, another company's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with MATRIX.open(newline="") as file:
            cls.matrix = {
                (row.pop("model"), row.pop("scope")): row
                for row in csv.DictReader(file)
            }
        cls.env = cls.env(context={"tracking_disable": True})
        cls._make_people()
        cls._make_companies()
        cls._make_settings()
        cls.holdings = {
            "department": cls._make_holding(cls.colleague, cls.department),
            "other": cls._make_holding(cls.stranger, cls.other_department),
            "company": cls._make_holding(
                cls.colleague, cls.department, cls.other_company
            ),
        }
        for role, user in cls.users.items():
            if role in SHARED:  # a customer who logs in
                holding = cls._make_holding(
                    cls.stranger, cls.other_department, partner=user.partner_id
                )
            else:
                holding = cls._make_holding(user, cls.department)
            cls.holdings["own", role] = holding
        holdings = list(cls.holdings.values())
        for number, holding in enumerate(holdings):
            # totals tell which customers are in them
            holding.amount = 2**number
        for model, (make, _field) in MODELS.items():
            made = make(cls.env, holdings)
            for holding, record in zip(holdings, made, strict=True):
                holding.records[model] = record.ensure_one()
        cls.attachments = {
            record: cls.env["ir.attachment"].create(
                {"name": "a", "raw": b"a", "res_model": model, "res_id": record.id}
            )
            for holding in holdings
            for model, record in holding.records.items()
            if record._auto
        }
        cls.env.flush_all()

    @classmethod
    def _make_people(cls):
        export = cls.env.ref("base.group_allow_export")
        users = new_role_users(cls.env, PEOPLE)
        users.write({"group_ids": [Command.link(export.id)]})
        cls.users = dict(zip(PEOPLE, users, strict=True))
        salesman = ROLES["salesperson"]
        cls.colleague = new_user(cls.env, "reach_colleague", groups=salesman)
        cls.stranger = new_user(cls.env, "reach_stranger", groups=salesman)
        new_user(cls.env, "reach_helper")
        region, cls.other_department = cls.env["crm.team"].create(
            [
                {"name": "Region", "user_id": cls.users["upper_leader"].id},
                {"name": "West", "user_id": False},
            ]
        )
        cls.department = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.users["leader"].id,
                "parent_id": region.id,
            }
        )
        cls.department.member_ids = cls.colleague.union(
            *(cls.users[role] for role in ROLES if role not in SHARED)
        )
        cls.other_department.member_ids = cls.stranger

    @classmethod
    def _make_companies(cls):
        cls.other_company = cls.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": cls.env.company.currency_id.id}
        )
        cls.colleague.company_ids += cls.other_company
        income, cls.receivable = cls.env["account.account"].create(
            [
                {
                    "name": kind,
                    "code": f"R{number}",
                    "account_type": kind,
                    "company_ids": [Command.set(cls.other_company.ids)],
                }
                for number, kind in enumerate(("income", "asset_receivable"))
            ]
        )
        cls.env["account.journal"].create(
            {
                "name": "Elsewhere",
                "code": "REACH",
                "type": "sale",
                "company_id": cls.other_company.id,
                "default_account_id": income.id,
            }
        )

    @classmethod
    def _make_settings(cls):
        cls.env["product.product"].create(
            {
                "name": "Lamp",
                "default_code": "REACH",
                "type": "service",
                "taxes_id": False,
            }
        )
        policies = cls.env["crm.resource.level.policy"]
        policies.search([]).active = False
        policies.create({"name": "Further", "criterion": "manual"})

    @classmethod
    def _make_holding(cls, user, team, company=None, partner=None):
        values = {
            "customer_state": "approved",
            "user_id": user.id,
            "team_id": team.id,
            "company_id": company and company.id,
        }
        if partner:
            partner.write(values)
        else:
            partner = cls.env["res.partner"].create(
                {"name": f"Customer of {user.name}", "is_company": True, **values}
            )
        if company:
            there = partner.with_company(company)
            there.property_account_receivable_id = cls.receivable
        return Holding(partner, user, team, company or cls.env.company)

    def _get_records(self, model, role):
        """Return the record of each scope, as a role has them."""
        return {
            scope: self.holdings[("own", role) if scope == "own" else scope].records[
                model
            ]
            for scope in SCOPES
        }

    def _get_lacking(self, model, role, right):
        """Return the records of a model on which a role lacks a right."""
        return self._select(model, role, lambda rights: right not in rights)

    def _get_allowed(self, model, role, right):
        return self._select(model, role, lambda rights: right in rights)

    def _select(self, model, role, condition):
        return self.env[model].union(
            *(
                record
                for scope, record in self._get_records(model, role).items()
                if condition(self.matrix[model, scope][role])
            )
        )

    def _get_sum(self, records):
        """Return the field of a model that is summed up, and its sum."""
        name = MODELS[records._name][1]
        if records._fields[name].type not in ("float", "monetary"):
            return None, None
        return name, sum(records.sudo().mapped(name))

    def _get_rights(self, record, user):
        asked = record.with_user(user)
        rights = [key for key, name in OPERATIONS.items() if self._may(asked, name)]
        return "".join(rights) or "-"

    def _may(self, record, operation):
        try:
            return record.has_access(operation)
        except MissingError:
            # the analysis of invoices has no rows of other companies at all
            self.assertFalse(record._auto)
            return False

    def test_matrix_is_complete(self):
        ruled = set()
        for kind in ("ir.model.access", "ir.rule"):
            data = self.env["ir.model.data"].search(
                [("module", "in", ADDONS), ("model", "=", kind)]
            )
            lines = self.env[kind].browse(data.mapped("res_id"))
            ruled.update(lines.mapped("model_id.model"))
        models = {model for model, _scope in self.matrix}
        self.assertEqual(models, ruled.union(get_own_models(self.env)))
        for model in models:
            scopes = SCOPES if model in MODELS else ("any",)
            found = [scope for name, scope in self.matrix if name == model]
            self.assertEqual(found, list(scopes), model)
        for key, rights in self.matrix.items():
            self.assertEqual(list(rights), list(PEOPLE), key)

    def test_what_belongs_to_customers_is_asked_by_scope(self):
        belonging = {
            model
            for model, _scope in self.matrix
            if not self.env[model]._transient
            and any(
                field.comodel_name in ("res.partner", "res.users")
                for name in ("partner_id", "user_id")
                if (field := self.env[model]._fields.get(name))
            )
        }
        self.assertFalse(belonging - set(MODELS))

    def test_rights(self):
        for (model, scope), expected in self.matrix.items():
            with self.subTest(model=model, scope=scope):
                found = {
                    role: self._get_rights(
                        self.env[model]
                        if scope == "any"
                        else self._get_records(model, role)[scope],
                        user,
                    )
                    for role, user in self.users.items()
                }
                self.assertEqual(found, expected)

    def test_lists_totals_and_exports(self):
        for model in MODELS:
            for role, user in self.users.items():
                with self.subTest(model=model, role=role):
                    self._check_list(model, role, user)

    def _check_list(self, model, role, user):
        asked = self.env[model].with_user(user)
        ids = [record.id for record in self._get_records(model, role).values()]
        domain = [("id", "in", ids)]
        allowed = self._get_allowed(model, role, "r")
        if not asked.has_access("read"):
            self.assertFalse(allowed)
            for method, *args in (
                ("search", domain),
                ("_read_group", domain, [], ["__count"]),
            ):
                with self.assertRaises(AccessError):
                    getattr(asked, method)(*args)
            return
        found = asked.search(domain)
        self.assertEqual(found.sudo(), allowed.sudo())
        self.assertEqual(asked._read_group(domain, [], ["__count"]), [(len(allowed),)])
        name, total = self._get_sum(allowed)
        if name:
            (result,) = asked._read_group(domain, [], [f"{name}:sum"])[0]
            self.assertEqual(result or 0, total)
        rows = found.export_data([".id", MODELS[model][1]])["datas"]
        self.assertEqual({int(row[0]) for row in rows}, set(allowed.ids))

    def test_forms(self):
        """Whoever reads a document opens it, too: a form asks for more than its own
        model."""
        for role in ("salesperson", "clerk", "reviewer", "executive", "accountant"):
            for model in FORMS:
                with self.subTest(role=role, model=model):
                    if "r" in self.matrix[model, "own"][role]:
                        record = self.holdings["own", role].records[model]
                        form = Form(record.with_user(self.users[role]))
                        self.assertEqual(form.partner_id, record.partner_id)

    def test_what_forms_ask_for(self):
        """Whoever reads a record of ours is shown all that its form asks for, and its
        name."""
        own = {*get_own_models(self.env), "utm.campaign"}
        for model in own.intersection(MODELS):
            for role, user in self.users.items():
                with self.subTest(model=model, role=role):
                    asked = self._get_allowed(model, role, "r").with_user(user)
                    if asked and user._is_internal():
                        self.env.invalidate_all()
                        shown = asked.web_read(self._get_form_fields(asked))
                        self.assertEqual([row["id"] for row in shown], asked.ids)

    def _get_form_fields(self, records):
        """Return what the web client asks for to show the form of these records."""
        arch = etree.fromstring(records.get_view(view_type="form")["arch"])
        names = arch.xpath("//field[not(ancestor::field)]/@name")
        return {
            name: {"fields": {"display_name": {}}}
            if records._fields[name].type == "many2one"
            else {}
            for name in ["display_name", *names]
        }

    def test_attachments(self):
        for role, user in self.users.items():
            for key, attachment in self._get_attachments(role):
                with self.subTest(role=role, key=key):
                    # customers who log in need a token
                    allowed = "r" in self.matrix[key][role] and role not in SHARED
                    asked = attachment.with_user(user)
                    self.assertEqual(asked.has_access("read"), allowed)

    def test_attachments_over_http(self):
        for role in ("public", *CALLERS):
            self._log_in(role)
            for key, attachment in self._get_attachments(role):
                if key[0] not in ATTACHED:
                    continue
                with self.subTest(role=role, key=key):
                    answer = self.url_open(f"/web/content/{attachment.id}")
                    allowed = "r" in self.matrix[key][role] and role not in SHARED
                    self.assertEqual(answer.status_code, 200 if allowed else 404)

    def _get_attachments(self, role):
        for model in MODELS:
            for scope, record in self._get_records(model, role).items():
                if record._auto:
                    yield (model, scope), self.attachments[record]

    def test_calls(self):
        for role in CALLERS:
            self._log_in(role)
            for model in MODELS:
                with self.subTest(role=role, model=model):
                    before = self._read_table(model)
                    self._check_calls(model, role)
                    self._check_list_over_http(model, role)
                    self.assertEqual(self._read_table(model), before)

    def test_own_records_are_not_moved_to_others(self):
        """Rules ask whose a record is before it is written, not afterwards."""
        self._log_in("salesperson")
        for model, name in MOVES:
            with self.subTest(model=model, field=name):
                records = self._get_records(model, "salesperson")
                own, other = records["own"], records["other"]
                before = own[name]
                answer = self._call(model, "write", own.ids, {name: other[name].id})
                self.assertIn(answer, ("AccessError", "UserError"))
                self.assertEqual(own[name], before)

    def test_calls_without_login(self):
        self._log_in("public")
        for model in MODELS:
            with self.subTest(model):
                answer = self._call(model, "search_read", [], ["id"])
                self.assertEqual(answer, "SessionExpiredException")

    def _read_table(self, model):
        self.env.flush_all()
        return self.env[model].sudo().search_read([], [MODELS[model][1]], order="id")

    def _check_calls(self, model, role):
        name = MODELS[model][1]
        for right, *calls in (
            ("r", ("read", [name]), ("export_data", [name])),
            ("u", ("write", {name: 7}), ("web_save", {name: 7}, {})),
            ("c", ("copy", COPIES.get(model, {}))),
            ("d", ("unlink",)),
        ):
            lacking = self._get_lacking(model, role, right)
            if right == "c" and model in COPIED:
                continue
            # who lacks it even on his own needs to be refused but once
            refused = lacking[:1] if len(lacking) == len(SCOPES) else lacking
            for record, (method, *args) in zip(refused, cycle(calls), strict=False):
                answer = self._call(model, method, record.ids, *args)
                # what is computed for one's companies has no rows of others to read
                empty = not record._auto and answer in ([], "MissingError")
                self.assertTrue(
                    empty or answer == "AccessError", (method, record, answer)
                )

    def _check_list_over_http(self, model, role):
        ids = [record.id for record in self._get_records(model, role).values()]
        domain = [("id", "in", ids)]
        allowed = self._get_allowed(model, role, "r")
        name, total = self._get_sum(allowed)
        aggregates = ["__count", f"{name}:sum"] if name else ["__count"]
        found = self._call(model, "web_search_read", domain, {})
        groups = self._call(model, "formatted_read_group", domain, [], aggregates)
        if found == "AccessError":
            self.assertEqual(groups, found)
            self.assertFalse(allowed)
            return
        self.assertEqual({row["id"] for row in found["records"]}, set(allowed.ids))
        self.assertEqual(found["length"], len(allowed))
        self.assertEqual(groups[0]["__count"], len(allowed))
        if name:
            self.assertEqual(groups[0][f"{name}:sum"] or 0, total)
