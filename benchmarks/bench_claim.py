"""Twenty people claim customers of one pool: for a while, each in his own time, and all
at the same moment."""

import multiprocessing
import random
import statistics
import time
from functools import partial

import psycopg2

from odoo import sql_db
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import SQL

from .measure import Meter
from .runner import format_seconds

GOAL = 0.05  # seconds
PEOPLE = 20
ROUNDS = 6  # and one to warm up
ALONE = 15
# what somebody needs to choose the next customer, in seconds
PAUSE = (1, 3)


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            users, ids = prepare(env, size // 10)
            alone = statistics.median(
                measure_alone(env, users[0], key) for key in ids[:ALONE]
            )
            bench.inform(f"one claim alone: {format_seconds(alone)} of CPU time")
            name, half = env.cr.dbname, len(ids) // 2
            ways = {
                "for a while": claim_at_once(
                    name, users, ids[:half], is_jostling=False
                ),
                "at the same moment": claim_at_once(
                    name, users, ids[half:], is_jostling=True
                ),
            }
        for way, (seconds, refusals) in ways.items():
            median, slowest = statistics.median(seconds), max(seconds)
            bench.report(
                f"claim, {PEOPLE} people {way}, pool of {size // 10}",
                f"median {format_seconds(median)} of wall time",
                f"slowest {format_seconds(slowest)}",
                "-",
                f"goal <= {format_seconds(GOAL)}",
                median <= GOAL and not refusals,
            )
            for refusal in refusals:
                bench.inform(f"refused: {refusal}")


def prepare(env, count):
    """Make a pool of so many customers; return the ids of people and customers."""
    users = env["res.users"].search([("login", "=like", "bench__")], limit=PEOPLE)
    customers = env["res.partner"].search(
        [("customer_state", "=", "approved"), ("user_id", "not in", users.ids)],
        limit=count,
    )
    pool = env["crm.resource.pool"].create(
        {
            "name": "Public",
            "claim_limit": 2 * (ROUNDS + 1) + ALONE,
            "protection_days": 7,
            "wait_previous_days": 3,
        }
    )
    env["crm.resource.holding.limit"].create({"customer_limit": 100_000})
    env.cr.execute(
        SQL(
            """UPDATE res_partner SET pool_id = %s, user_id = NULL, team_id = NULL
                WHERE id = ANY(%s)""",
            pool.id,
            customers.ids,
        )
    )
    env.invalidate_all()
    customers._refresh_audiences(customers)
    env.cr.commit()
    return users.ids, customers.ids


def measure_alone(env, user, customer):
    """Return the CPU seconds of one claim, which is taken back."""
    env.transaction.reset()
    seconds = Meter(env.cr).seconds(partial(claim, env(user=user), customer))
    env.cr.rollback()
    return seconds


def claim(env, customer):
    """Claim as the user of an environment does on the list of the pool."""
    env["crm.resource.pool.customer"].browse(customer).action_claim()
    env.flush_all()


def claim_at_once(name, users, ids, is_jostling):
    """Let each person claim one customer after the other, each in a process of his own.

    :param is_jostling: whether they wait for each other, to claim at the same moment
    :return: the seconds that each claim took, and why some were refused
    """
    fork = multiprocessing.get_context("fork")
    results = fork.SimpleQueue()
    barrier = fork.Barrier(len(users)) if is_jostling else None
    people = [
        fork.Process(
            target=claim_in_turn,
            args=(name, user, ids[number :: len(users)], barrier, results),
        )
        for number, user in enumerate(users)
    ]
    for person in people:
        person.start()
    told = [results.get() for _person in people]
    for person in people:
        person.join()
    seconds = [taken for mine, _refusals in told for taken in mine]
    return seconds, [refusal for _mine, refusals in told for refusal in refusals]


def claim_in_turn(name, user, ids, barrier, results):
    """What one person does."""
    sql_db._Pool = None  # the connections belong to the process that was forked
    chance = random.Random(user)
    seconds, refusals = [], []
    for number in range(ROUNDS + 1):
        time.sleep(chance.uniform(*PAUSE))
        if barrier:
            barrier.wait()
        start = time.perf_counter()
        with sql_db.db_connect(name).cursor() as cr:
            env = Environment(cr, user, {})
            try:
                retrying(partial(claim, env, ids[number]), env)
            except (UserError, psycopg2.Error) as error:
                refusals.append(str(error))
        if number:
            seconds.append(time.perf_counter() - start)
    results.put((seconds, refusals))
