"""Allocate customers by rule, preview and all, against the core's lead assignment."""

from odoo.fields import Command
from odoo.tools import SQL

from . import database
from .measure import Meter

GOAL = 40
COUNTS = (2_000, 10_000, 50_000)
# the core takes five minutes for 10 000, and less for each of fewer
LEADS = 2_000
REPEATS = 3
# what a run changes: remains of one would burden the next
TABLES = (
    "account_move",
    "crm_lead",
    "crm_resource_assignment",
    "crm_resource_standing",
    "mail_followers",
    "res_partner",
    "sale_order",
)


def run(bench):
    """Measure the largest database that is asked for, up to 100 000 customers."""
    size = max(size for size in bench.sizes if size <= 100_000)
    with bench.scratch(size) as env:
        rule = make_rule(env)
        taken = {}
        for count in COUNTS:
            if count <= size:
                taken[count] = measure(env, rule, count)
        speeds = {count: count / seconds for count, seconds in taken.items()}
        peer = LEADS / assign_leads(env)
    for count, speed in speeds.items():
        bench.report(
            f"allocate {count} of {size} customers",
            f"{speed:.0f} per CPU s",
            f"core, {LEADS} leads {peer:.0f} per CPU s",
            f"{speed / peer:.0f}x",
            f"goal >= {GOAL}x",
            speed >= GOAL * peer,
        )
    bench.report_growth(f"allocate, of {size} customers", taken)


def make_rule(env):
    """A rule by weight for all salespeople of the database."""
    users = env["res.users"].search([("login", "=like", "bench__")])
    return env["crm.resource.allocation.rule"].create(
        {
            "name": "All",
            "method": "weight",
            "member_ids": [
                Command.create({"user_id": user.id, "weight": 1 + user.id % 3})
                for user in users
            ],
        }
    )


def measure(env, rule, count):
    """Return the median of CPU seconds to allocate so many customers."""
    cr = env.cr
    customers = env["res.partner"].search(
        [("customer_state", "=", "approved")], limit=count
    )

    cr.execute(
        SQL(
            "UPDATE res_partner SET user_id = NULL, team_id = NULL WHERE id = ANY(%s)",
            customers.ids,
        )
    )
    customers._refresh_audiences(customers)
    cr.commit()

    def prepare():
        cr.rollback()
        env.invalidate_all()
        database.vacuum(cr.dbname, *TABLES)

    def allocate():
        allocation = env["crm.resource.allocation"].create(
            {"source": "chosen", "partner_ids": customers.ids, "target": "rules"}
        )
        allocation.action_preview()
        allocation.action_allocate()
        env.flush_all()

    (seconds,) = Meter(cr).compare(allocate, prepare=prepare, repeats=REPEATS)
    prepare()
    allocate()
    [(given,)] = env.execute_query(
        SQL(
            """SELECT COUNT(*) FROM res_partner
                WHERE id = ANY(%s) AND user_id IS NOT NULL""",
            customers.ids,
        )
    )
    if given != count:
        raise AssertionError(f"{given} of {count} customers were allocated")
    cr.rollback()
    return seconds


def assign_leads(env):
    """Return the CPU seconds in which the core assigns `LEADS` leads to as many
    people."""
    cr = env.cr
    leads = env["crm.lead"].search([("active", "=", True)], limit=LEADS)
    cr.execute(
        SQL(
            """UPDATE crm_lead SET user_id = NULL, team_id = NULL, type = 'lead',
                      date_open = NULL, probability = 10, won_status = 'pending'
                WHERE id = ANY(%s)""",
            leads.ids,
        )
    )
    # others are not to be assigned
    cr.execute(
        SQL(
            """UPDATE crm_lead SET active = FALSE
                WHERE user_id IS NULL AND id <> ALL(%s)""",
            leads.ids,
        )
    )
    cr.commit()
    database.vacuum(cr.dbname, *TABLES)
    env.invalidate_all()
    env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
    teams = env["crm.team"].search([("name", "=like", "Department%")])
    teams.crm_team_member_ids.assignment_max = 10 * LEADS
    seconds = Meter(cr).seconds(
        lambda: (
            teams._action_assign_leads(force_quota=True, creation_delta_days=0),
            env.flush_all(),
        )
    )
    [(assigned,)] = env.execute_query(
        SQL(
            """SELECT COUNT(*) FROM crm_lead
                WHERE id = ANY(%s) AND user_id IS NOT NULL""",
            leads.ids,
        )
    )
    cr.rollback()
    if assigned < LEADS * 0.9:
        raise AssertionError(f"the core assigned {assigned} of {LEADS} leads")
    return seconds * LEADS / assigned
