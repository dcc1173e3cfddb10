"""Databases full of customers: Pareto-distributed orders over 24 months, invoices,
leads, Chinese and Latin names. The same arguments always give the same data.

The ORM makes the master data and one record of each kind; SQL copies that record.
"""

import hashlib
from pathlib import Path

from . import copying, database, documents, volume

TEAMS = 10
SALESPEOPLE = 5  # of each team
TEAMS_BELOW = 4  # the first one, so that its leader reaches half of everything
CATEGORIES = 48
PRODUCTS = 200


def ensure(size, today, rebuild=False):
    """Return the name of the database with ``size`` customers, made if it lacks.

    Its name says what it was made from: the generator, the addons as they are
    installed, and the last day of the sales.
    """
    name = f"bench_{size}_{_get_key(today)}"
    if name in database.names("bench_") and not rebuild:
        return name
    for old in database.names(f"bench_{size}_"):
        database.drop(old)
    part = f"bench_part_{size}"
    database.copy(database.full_template(), part)
    with database.environment(part) as env:
        print(f"  (generating {size} customers ...)", flush=True)
        templates = make_templates(env)
        env.cr.commit()
        volume.fill(env, templates, size, today)
        env.cr.commit()
        classify(env, today)
        env.cr.commit()
    database.vacuum(part)
    database.rename(part, name)
    return name


def _get_key(today):
    """Eight letters for everything the content of a database depends on."""
    digest = hashlib.sha256(str(today).encode())
    for path in (__file__, copying.__file__, documents.__file__, volume.__file__):
        digest.update(Path(path).read_bytes())
    with database.connection(database.full_template()) as cr:
        for query in _CONTENT:
            cr.execute(query)
            digest.update(repr(cr.fetchall()).encode())
    return digest.hexdigest()[:8]


# what of the installed addons the measurements depend on
_CONTENT = (
    """SELECT table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY 1, 2""",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
         FROM pg_constraint ORDER BY 1, 2""",
    "SELECT prosrc FROM pg_proc WHERE proname LIKE 'crm\\_resource%' ORDER BY proname",
    "SELECT name, domain_force FROM ir_rule ORDER BY id",
    """SELECT view.name, view.arch_db FROM ir_ui_view view
         JOIN ir_model_data data ON data.model = 'ir.ui.view' AND data.res_id = view.id
        WHERE data.module LIKE 'crm\\_resource%' ORDER BY data.module, data.name""",
    "SELECT policy_id, limit_from, limit_to FROM crm_resource_level ORDER BY id",
)


# ------------------------------------------------------------
# Master data, by the ORM
# ------------------------------------------------------------


def make_templates(env):
    """Make users, teams, products, and one record of each kind to be copied.

    :return: dict of records
    """
    products = make_products(env)
    partner = make_partner(env)
    order = make_order(env, partner, products[0])
    return {
        "company": env.company,
        "users": make_salespeople(env),
        "products": products,
        "industries": env["res.partner.industry"].search([], limit=20),
        "countries": make_countries(env),
        "partner": partner,
        "order": order,
        "invoice": make_invoice(order),
        "lead": make_lead(env, partner),
    }


def make_salespeople(env):
    """Ten teams of five who see their own documents, and one who sees all."""
    quiet = env["res.users"].with_context(
        no_reset_password=True, mail_create_nolog=True, tracking_disable=True
    )
    logins = [f"bench{number:02}" for number in range(TEAMS * SALESPEOPLE)]
    users = quiet.create(
        [
            {
                "name": f"Salesperson {login.removeprefix('bench')}",
                "login": login,
                "notification_type": "inbox",
                "group_ids": [(4, env.ref(f"sales_team.{group}").id)],
            }
            for login, group in [
                *((login, "group_sale_salesman") for login in logins),
                ("bench_all", "group_sale_salesman_all_leads"),
            ]
        ]
    )[:-1]
    teams = env["crm.team"]
    for number in range(TEAMS):
        members = users[number * SALESPEOPLE : (number + 1) * SALESPEOPLE]
        teams += teams.create(
            {
                "name": f"Department {number + 1}",
                "user_id": members[0].id,
                "member_ids": [(6, 0, members.ids)],
                "parent_id": teams[0].id if 0 < number <= TEAMS_BELOW else False,
            }
        )
    return users


def make_products(env):
    """Products without taxes, so that untaxed amounts are amounts."""
    categories = env["product.category"].create(
        [{"name": f"Category {number:02}"} for number in range(CATEGORIES)]
    )
    return env["product.product"].create(
        [
            {
                "name": f"Product {number:03}",
                "categ_id": categories[number % CATEGORIES].id,
                "type": "consu",
                "invoice_policy": "order",
                "list_price": 20 + number * number,
                "taxes_id": [(5,)],
            }
            for number in range(PRODUCTS)
        ]
    )


def make_countries(env):
    """The countries of customers; the first is that of the Chinese ones."""
    codes = ("CN", "DE", "US", "GB", "FR", "NL", "CH", "SE", "PL", "IT")
    countries = env["res.country"].search([("code", "in", codes)])
    return countries.sorted(lambda country: codes.index(country.code))


def make_partner(env):
    """The partner that all are copied from; no customer himself."""
    return env["res.partner"].create(
        {
            "name": "Template",
            "is_company": True,
            "lang": "en_US",
            "type": "contact",
            "street": "High Street 1",
            "zip": "10000",
            "property_account_receivable_id": env["account.account"]
            .search([("account_type", "=", "asset_receivable")], limit=1)
            .id,
        }
    )


def make_order(env, partner, product):
    """A confirmed order of one line."""
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
        }
    )
    order.action_confirm()
    return order


def make_invoice(order):
    """The order's invoice, posted."""
    invoice = order._create_invoices()
    invoice.action_post()
    return invoice


def make_lead(env, partner):
    """An opportunity of the partner."""
    return env["crm.lead"].create(
        {"name": "Template", "type": "opportunity", "partner_id": partner.id}
    )


def classify(env, today):
    """Let the addon compute what it computes: levels, first and last purchases."""
    for policy in env["crm.resource.level.policy"].search([]):
        policy._classify(today)
    env["crm.resource.standing"]._cron_refresh()
