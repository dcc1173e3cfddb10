"""Targets of 200 people and 12 months beside the core's pipeline with as many leads."""

from datetime import date

from odoo import Command, fields

from .bench_forecast import PIPELINE
from .bench_list import get_board
from .measure import Meter

GOAL = 1.5
PEOPLE = 200
TEAMS = 10
LEADS = PEOPLE * 12
SALESPERSON = "sales_team.group_sale_salesman"


def run(bench):
    """Measure the first paint of the grid, and print the queries of all its cells."""
    with bench.scratch() as env:
        year = fields.Date.context_today(env.user).year
        make_people(env, 20, "few", year)
        few = count_queries(env, year)
        users = make_people(env, PEOPLE - 20, "many", year)
        many = count_queries(env, year)
        print(f"(target, queries of all cells: {few} for 20 people, {many} for 200)")
        make_leads(env, users)
        env.flush_all()
        env.cr.execute("ANALYZE")
        reader = env(user=env.ref("base.user_admin"))
        pairs = {
            "first paint": get_grid(reader, year, False),
            "with achievement": get_grid(reader, year, True),
        }
        for name, ours in pairs.items():
            seconds, peer = Meter(env.cr).compare(
                ours,
                get_board(reader, *PIPELINE, is_core=True),
                prepare=env.invalidate_all,
            )
            bench.report_seconds(
                f"target grid, {name}, {PEOPLE} people",
                seconds,
                peer,
                GOAL,
                "core pipeline",
            )


def make_people(env, count, name, year):
    """Salespeople in departments, with a target for each month."""
    quiet = env["res.users"].with_context(no_reset_password=True)
    users = quiet.create(
        [
            {
                "name": f"{name} {number}",
                "login": f"bench_target_{name}_{number}",
                "group_ids": [Command.set(env.ref(SALESPERSON).ids)],
            }
            for number in range(count)
        ]
    )
    teams = env["crm.team"].create(
        [
            {"name": f"{name} {place}", "member_ids": users[place::TEAMS].ids}
            for place in range(TEAMS)
        ]
    )
    env["crm.resource.target"].create(
        [
            {
                "team_id": team.id,
                "user_id": user.id,
                "date": date(year, month, 1),
                "target": 1000 + month,
            }
            for team in teams
            for user in team.member_ids
            for month in range(1, 13)
        ]
    )
    env.flush_all()
    return users


def count_queries(env, year):
    """Return the queries of a grid with all figures, after one that fills caches."""
    work = get_grid(env(user=env.ref("base.user_admin")), year, True)
    for _turn in range(2):
        env.invalidate_all()
        before = env.cr.sql_log_count
        work()
    return env.cr.sql_log_count - before


def make_leads(env, users):
    """As many opportunities as there are targets, in all stages that are open."""
    stages = env["crm.stage"].search([("is_won", "=", False)]).ids
    quiet = env["crm.lead"].with_context(tracking_disable=True)
    quiet.create(
        [
            {
                "name": f"Lead {number}",
                "type": "opportunity",
                "user_id": users[number % len(users)].id,
                "expected_revenue": number,
                "stage_id": stages[number % len(stages)],
            }
            for number in range(LEADS)
        ]
    )


def get_grid(env, year, has_results):
    """Return a function that reads what the grid shows."""
    targets = env["crm.resource.target"]
    return lambda: targets.get_grid(year, "sales", has_results)
