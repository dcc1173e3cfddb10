"""Importing customers from a file, beside the ERP's import of the same columns as plain
contacts: what differs is what the Customers menu says in its context."""

import csv
import io

from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .measure import Meter

GOAL = 3  # times the rows per second
ROWS = 500
REPEATS = 3  # the ERP's own takes ten seconds and more
CUSTOMERS = "crm_resource.res_partner_action_customer"
COLUMNS = {
    "name": "Name",
    "customer_code": "Customer Code",
    "street": "Street",
    "city": "City",
    "country_id": "Country",
    "user_id": "Salesperson",
    "phone": "Phone",
    "email": "Email",
    "industry_id": "Industry",
    "annual_purchasing_power": "Annual Purchasing Power",
}
OPTIONS = {
    "has_headers": True,
    "quoting": '"',
    "separator": ",",
    "encoding": "utf-8",
    "float_thousand_separator": "",
    "float_decimal_separator": ".",
}


def run(bench):
    """Measure every size; nothing stays."""
    for size in bench.sizes:
        with bench.customers(size) as env:
            env = env(user=env.ref("base.user_admin"))
            check_broken_row(env)
            ours, peer = Meter(env.cr).compare(
                lambda env=env: import_customers(env),
                lambda env=env: import_rows(env, {}, make_rows(env)),
                prepare=env.cr.rollback,
                repeats=REPEATS,
            )
        ratio = peer / ours
        bench.report(
            f"import of {ROWS} customers among {size}",
            f"{ROWS / ours:.0f} rows/s",
            f"the ERP's import {ROWS / peer:.0f} rows/s",
            f"{ratio:.1f}x",
            f"goal >= {GOAL}x",
            ratio >= GOAL,
        )


def import_customers(env):
    """Import the rows as the Customers menu does."""
    action = env["ir.actions.act_window"]._for_xml_id(CUSTOMERS)
    context = safe_eval(action["context"])
    partners = import_rows(env, context, make_rows(env))
    env.cr.precommit.run()  # the salespeople are told
    if len(partners) != ROWS or not all(partners.mapped("standing_id.level_id")):
        raise AssertionError("customers are missing, or have no level")


def import_rows(env, context, rows):
    """Import rows as the web client does, and return the contacts."""
    importer = env["base_import.import"].with_context(**context)
    result = importer.create(
        {
            "res_model": "res.partner",
            "file": write_csv(rows),
            "file_name": "customers.csv",
            "file_type": "text/csv",
        }
    ).execute_import(list(COLUMNS), list(COLUMNS.values()), dict(OPTIONS))
    if result["messages"]:
        raise ValueError(result["messages"][0]["message"])
    env.flush_all()
    return env["res.partner"].browse(result["ids"])


def check_broken_row(env):
    """Nothing may be imported when one row is wrong, and the row must be named."""
    rows = make_rows(env)[:3]
    rows[1] = [*rows[1][:-1], "-1"]
    context = safe_eval(env["ir.actions.act_window"]._for_xml_id(CUSTOMERS)["context"])
    partners = env["res.partner"].with_context(**context)
    with mute_logger("odoo.sql_db"):
        result = partners.load(list(COLUMNS), rows)
    named = [message["rows"]["from"] for message in result["messages"]]
    if result["ids"] or 1 not in named:
        raise AssertionError("a broken row was not refused, or not named")
    env.cr.rollback()


def make_rows(env):
    """Rows of every salesperson, of three countries and industries in turn."""
    users = env["res.users"].search([("login", "=like", "bench%")]).mapped("name")
    industries = env["res.partner.industry"].search([], limit=3).mapped("name")
    countries = ("China", "Germany", "France")
    return [
        [
            f"进口 Import {number}",
            f"IMP{number:06}",
            f"Street {number}",
            "Harbour",
            countries[number % len(countries)],
            users[number % len(users)],
            f"+49 30 {number:07}",
            f"office{number}@import.example",
            industries[number % len(industries)],
            str(number * 100),
        ]
        for number in range(ROWS)
    ]


def write_csv(rows):
    """The file, as bytes."""
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS.values(), *rows])
    return text.getvalue().encode()
