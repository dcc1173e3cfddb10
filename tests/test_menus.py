"""Every menu and window of ours opens for whoever sees it, in English and Chinese."""

from datetime import date

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import datetime, safe_eval, time

from .common import ADDONS, ROLES, new_role_users

LANGUAGES = ("en_US", "zh_CN")


@tagged("post_install", "-at_install")
class TestMenus(TransactionCase):
    """As the web client does it: the views first, then the records they ask for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        roles = [role for role in ROLES if role not in ("public", "portal")]
        users = new_role_users(cls.env, roles)
        cls.users = dict(zip(roles, users, strict=True))
        cls.users["admin"] = cls.env.ref("base.user_admin")
        cls.env["res.partner"].create(
            {
                "name": "客户",
                "is_company": True,
                "customer_state": "approved",
                "user_id": cls.users["salesperson"].id,
                "child_ids": [(0, 0, {"name": "联系人"})],
            }
        )

    def _get_own(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "in", ADDONS), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id")).exists()

    def _get_menus(self, user):
        """Return our menus a user sees: those above them must be visible, too."""
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        return self._get_own("ir.ui.menu").filtered(
            lambda menu: visible.issuperset(map(int, menu.parent_path.split("/")[:-1]))
        )

    def _get_windows(self, user):
        """Return the windows a user reaches: by a menu, and those without one by
        buttons of what the menus show."""
        menus = self._get_menus(user)
        if not menus:
            return self.env["ir.actions.act_window"]
        windows = self._get_own("ir.actions.act_window").filtered(
            lambda window: (
                self.env[window.res_model].with_user(user).has_access("read")
                and (not window.group_ids or window.group_ids & user.all_group_ids)
            )
        )
        for menu in menus:
            if menu.action and menu.action._name == "ir.actions.act_window":
                windows |= menu.action
        return windows

    def _evaluate(self, expression, user, searched=None):
        names = {
            "self": searched,
            "raw_value": searched,
            "active_id": False,
            "active_ids": [],
            "allowed_company_ids": user.company_ids.ids,
            "context_today": date.today,
            "datetime": datetime,
            "relativedelta": relativedelta,
            "time": time,
            "uid": user.id,
        }
        return safe_eval(expression, names) if expression else []

    def test_menus_lead_to_what_their_user_may_read(self):
        for role, user in self.users.items():
            for menu in self._get_menus(user):
                if not menu.action or menu.action._name != "ir.actions.act_window":
                    continue
                with self.subTest(role=role, menu=menu.complete_name):
                    model = self.env[menu.action.res_model].with_user(user)
                    self.assertTrue(model.has_access("read"))

    def test_every_menu_is_seen_by_somebody(self):
        seen = self.env["ir.ui.menu"].union(*map(self._get_menus, self.users.values()))
        self.assertFalse((self._get_own("ir.ui.menu") - seen).mapped("complete_name"))

    def test_everybody_has_his_menus(self):
        for role, name in (
            ("salesperson", "crm_resource.res_partner_menu_customer"),
            ("department", "crm_resource.res_partner_menu_customer"),
            ("clerk", "crm_resource.res_partner_menu_customer"),
            ("reviewer", "crm_resource.crm_resource_level_classify_menu"),
            ("executive", "crm_resource.crm_resource_level_change_menu"),
            ("accountant", "crm_resource.tier_review_menu"),
            ("service_agent", "crm_resource_service.helpdesk_ticket_menu"),
            ("admin", "crm_resource.res_config_settings_menu"),
        ):
            with self.subTest(role):
                self.assertIn(self.env.ref(name), self._get_menus(self.users[role]))

    def test_windows_open(self):
        for role, user in self.users.items():
            for language in LANGUAGES:
                user.lang = language
                for window in self._get_windows(user):
                    with self.subTest(role=role, language=language, window=window.name):
                        self._open(window, user)

    def _open(self, window, user):
        context = self._evaluate(window.context, user) or {}
        model = self.env[window.res_model].with_user(user).with_context(**context)
        model = model.with_context(lang=user.lang)
        views = [*window.views, (window.search_view_id.id, "search")]
        views = model.get_views(views, {"toolbar": True, "action_id": window.id})
        domain = self._evaluate(window.domain, user)
        for kind, view in views["views"].items():
            if kind == "search" and user.lang != LANGUAGES[0]:
                continue  # domains are the same in every language
            arch = etree.fromstring(view["arch"])
            reader = getattr(self, f"_read_{kind}", self._read_records)
            reader(model, domain, arch)

    def _get_names(self, model, arch):
        """Return the fields of a view, without those of views inside it."""
        names = arch.xpath(".//field[not(ancestor::field)]/@name")
        return [name for name in dict.fromkeys(names) if name in model._fields]

    def _get_specification(self, model, arch):
        return {
            name: {"fields": {"display_name": {}}}
            if model._fields[name].type == "many2one"
            else {}
            for name in self._get_names(model, arch)
        }

    def _read_records(self, model, domain, arch):
        specification = self._get_specification(model, arch)
        found = model.web_search_read(domain, specification, limit=5)
        self.assertLessEqual(len(found["records"]), 5)

    def _read_form(self, model, domain, arch):
        specification = self._get_specification(model, arch)
        model.search(domain, limit=1).web_read(specification)
        if model.has_access("create") and arch.get("create") not in ("0", "false"):
            self.assertIn("value", model.onchange({}, [], specification))

    def _read_graph(self, model, domain, arch):
        for group in arch.xpath(".//field[not(@type='measure')]"):
            name = group.get("name")
            if model._fields[name].type in ("date", "datetime"):
                name += f":{group.get('interval', 'month')}"
            if not group.get("invisible"):
                model.formatted_read_group(domain, [name], ["__count"])
        measures = [
            f"{name}:{model._fields[name].aggregator}"
            for name in arch.xpath(".//field[@type='measure']/@name")
        ]
        model.formatted_read_group(domain, [], ["__count", *measures])

    _read_pivot = _read_graph

    def _read_search(self, model, domain, arch):
        """Every filter works, every group groups, every field is searched (for three
        letters, the least that the ERP searches in phone numbers)."""
        for node in arch.xpath(".//filter"):
            found = self._evaluate(node.get("domain"), model.env.user)
            model.search_count(found)
            context = self._evaluate(node.get("context"), model.env.user) or {}
            if group_by := context.get("group_by"):
                field = model._fields[group_by.split(":")[0]]
                if field.type == "properties":
                    continue  # by one of them, which the client chooses
                if field.type in ("date", "datetime") and ":" not in group_by:
                    group_by += ":month"  # as the web client does
                model.formatted_read_group(domain, [group_by], ["__count"])
        for node in arch.xpath(".//field[not(starts-with(@name, 'properties'))]"):
            expression = node.get("filter_domain")
            if expression:
                model.search_count(self._evaluate(expression, model.env.user, "客户名"))
            elif model._fields[node.get("name")].type in ("char", "text", "many2one"):
                model.search_count([(node.get("name"), "ilike", "客户名")])

    def test_foreign_windows_stay_closed(self):
        """Whoever has no business here sees no menu and opens no dialog."""
        menus = self._get_menus(self.users["internal"])
        self.assertFalse(menus.mapped("complete_name"))
        dialog = self.env["crm.resource.level.classify"]
        with self.assertRaises(AccessError):
            dialog.with_user(self.users["salesperson"]).create({})
