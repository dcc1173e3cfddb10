"""Install, upgrade, uninstall and reinstall on a real database, by Odoo itself.

`./dev test` names a database that holds what the addons depend on and nothing of ours
(``CRM_RESOURCE_BASE_TEMPLATE``) and a configuration file (``CRM_RESOURCE_CONFIG``).
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from odoo import sql_db
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL, config

from .common import ADDONS

TEMPLATE = os.environ.get("CRM_RESOURCE_BASE_TEMPLATE")
CONFIG = os.environ.get("CRM_RESOURCE_CONFIG") or config["config"]
FAULT = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")

# what the database consists of, as sorted lines
SCHEMA = {
    "columns": """
        SELECT relation.relname, attribute.attname, attribute.attnotnull::text,
               FORMAT_TYPE(attribute.atttypid, attribute.atttypmod)
          FROM pg_attribute attribute
          JOIN pg_class relation ON relation.oid = attribute.attrelid
         WHERE relation.relnamespace = 'public'::regnamespace
           AND relation.relkind IN ('r', 'v', 'm', 'p')
           AND attribute.attnum > 0 AND NOT attribute.attisdropped
    """,
    "relations": r"""
        SELECT relkind::text, REGEXP_REPLACE(relname, '^(ir_sequence)_\d+$', '\1')
          FROM pg_class WHERE relnamespace = 'public'::regnamespace
    """,
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, PG_GET_CONSTRAINTDEF(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "functions": """
        SELECT oid::regprocedure::text FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace
    """,
}
# what the ORM knows of the addons; without ids, which a new installation gives anew
METADATA = {
    "modules": "SELECT name FROM ir_module_module WHERE state = 'installed'",
    "xml ids": """
        SELECT module, name, model FROM ir_model_data
         WHERE model <> 'ir.module.module'
    """,
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name FROM ir_model_fields",
    "declared constraints": "SELECT name FROM ir_model_constraint",
    "declared relations": "SELECT name FROM ir_model_relation",
    "rules": "SELECT name FROM ir_rule",
    "access": "SELECT name FROM ir_model_access",
    "views": "SELECT model, name, type FROM ir_ui_view",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "actions": "SELECT type, name->>'en_US' FROM ir_actions",
    "jobs": "SELECT cron_name FROM ir_cron",
    "sequences": "SELECT code, name FROM ir_sequence",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "implied groups": """
        SELECT upper.name->>'en_US', lower.name->>'en_US'
          FROM res_groups_implied_rel rel
          JOIN res_groups upper ON upper.id = rel.gid
          JOIN res_groups lower ON lower.id = rel.hid
    """,
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "parameters": "SELECT key FROM ir_config_parameter",
    "defaults": """
        SELECT field.model, field.name FROM ir_default
          JOIN ir_model_fields field ON field.id = ir_default.field_id
    """,
    "followers": "SELECT DISTINCT res_model FROM mail_followers",
    "messages": "SELECT DISTINCT model FROM mail_message",
    "attachments": "SELECT DISTINCT res_model FROM ir_attachment",
}

# One process after the other would read Odoo's code and models anew each time: what
# follows is one life in one process, a snapshot of the database after each part.
LIFE = f"""
import json
from odoo import api
from odoo.modules.registry import Registry

name = env.cr.dbname
env.cr.commit()

def update(**modules):
    Registry.new(name, update_module=True, **modules)

def snapshot(label):
    with Registry(name).cursor() as cr:
        lines = dict()
        for key, query in {SCHEMA | METADATA!r}.items():
            cr.execute(query)
            lines[key] = sorted(str(row) for row in cr.fetchall())
    print("SNAPSHOT", label, json.dumps(lines))

snapshot("untouched")
for addon in {ADDONS}:
    update(install_modules=[addon])
snapshot("installed")
update(upgrade_modules={ADDONS})
snapshot("upgraded")

# with a customer and documents: data must not stand in the way
with Registry(name).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, dict())
    env["res.partner"].create({{"name": "Customer", "customer_state": "approved"}})
    env["crm.resource.absence"].create(
        {{"date_from": "2026-01-01", "date_to": "2026-01-02"}}
    )
    above = env["crm.team"].search([], limit=1)
    env["crm.team"].create({{"name": "Below", "parent_id": above.id}})
    env["crm.resource.level.policy"].search([], limit=1).message_post(body="Hello")
    cr.commit()
    addon = env["ir.module.module"].search([("name", "=", "crm_resource")])
    addon.button_immediate_uninstall()
snapshot("uninstalled")

# the database works without the addons, and the customer is a contact
with Registry(name).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, dict())
    models = ["crm.team", "res.config.settings", "res.partner", "sale.order"]
    views = env["ir.ui.view"].search([("model", "in", models)])
    views._check_xml()
    for view in views.filtered(lambda view: not view.inherit_id):
        env[view.model].get_view(view.id, view.type)
    partner = env["res.partner"].search([("name", "=", "Customer")])
    partner.name = "Contact"
    print("CHECKED", len(views), "views and", len(partner), "contact")

update(install_modules={ADDONS})
snapshot("reinstalled")
"""


@tagged("post_install", "-at_install")
class TestLifeCycle(BaseCase):
    """One database lives through everything, in the order of a real one's life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not TEMPLATE:
            cls.skipTest(cls, "CRM_RESOURCE_BASE_TEMPLATE is not set: use ./dev test")
        cls.database = f"{TEMPLATE}_life_{os.getpid()}"
        cls.addClassCleanup(cls._drop)
        cls._drop()
        cls._execute_apart("CREATE DATABASE %s TEMPLATE %s", cls.database, TEMPLATE)
        source = Path(config["data_dir"], "filestore", TEMPLATE)
        if source.exists():
            shutil.copytree(
                source, source.with_name(cls.database), copy_function=os.link
            )

    @classmethod
    def _drop(cls):
        sql_db.close_db(cls.database)
        cls._execute_apart("DROP DATABASE IF EXISTS %s WITH (FORCE)", cls.database)
        files = Path(config["data_dir"], "filestore", cls.database)
        shutil.rmtree(files, ignore_errors=True)

    @classmethod
    def _execute_apart(cls, statement, *names):
        """Execute what PostgreSQL allows outside transactions only."""
        with sql_db.db_connect("postgres").cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute(SQL(statement, *map(SQL.identifier, names)))

    def _run(self, script):
        """Run a script in Odoo's shell and return what it printed; nothing may be
        wrong in the log."""
        done = subprocess.run(
            [sys.executable, "-m", "odoo", "shell", "-c", CONFIG, "-d", self.database]
            + ["--no-http", "--log-level=warn"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        log = done.stderr.splitlines()
        self.assertEqual([line for line in log if FAULT.match(line)], [], done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def _assert_same(self, before, after):
        """Say what was left behind and what is gone, not two thousand lines."""
        for key, lines in before.items():
            with self.subTest(key):
                self.assertEqual(sorted(set(after[key]) - set(lines)), [], "left over")
                self.assertEqual(sorted(set(lines) - set(after[key])), [], "lost")
                self.assertEqual(len(after[key]), len(lines), "doubled")

    def test_life(self):
        printed = self._run(LIFE)
        snapshots = {
            label: json.loads(lines)
            for label, lines in re.findall(r"^SNAPSHOT (\w+) (.*)$", printed, re.M)
        }
        self.assertRegex(printed, r"CHECKED \d{2,} views and 1 contact")
        installed = snapshots["installed"]
        self.assertIn("('crm_resource_standing',)", installed["tables"])
        with self.subTest("an upgrade changes nothing"):
            self._assert_same(installed, snapshots["upgraded"])
        with self.subTest("uninstalling leaves nothing"):
            self._assert_same(snapshots["untouched"], snapshots["uninstalled"])
        with self.subTest("all in one go, and again after uninstalling"):
            self._assert_same(installed, snapshots["reinstalled"])
