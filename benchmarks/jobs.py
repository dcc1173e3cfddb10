"""What the benchmarks of nightly jobs share."""

import contextlib
from unittest.mock import patch

from odoo import fields

from . import database
from .measure import Meter

GOAL = 3


@contextlib.contextmanager
def night(env, today):
    """Let a job run on a day as if it committed: what it did is rolled back."""
    with (
        patch.object(
            env.registry["ir.cron"],
            "_commit_progress",
            lambda *_args, **_kwargs: env.flush_all() or float("inf"),
        ),
        patch.object(fields.Date, "context_today", lambda *_args: today),
    ):
        yield


def compare(bench, env, name, work, floor, tables, goal=GOAL):
    """Report a job beside its floor; both return what they found, which must be equal.

    :param tables: names of those that the work changes, to be cleaned in between
    """

    def clean():
        env.cr.rollback()
        env.invalidate_all()
        database.vacuum(env.cr.dbname, *tables)

    clean()
    found = work()
    clean()
    expected = floor()
    if found != expected:
        raise AssertionError(
            f"{name}: {len(found - expected)} too many, {len(expected - found)} missing"
        )
    ours, other = Meter(env.cr).compare(work, floor, prepare=clean)
    bench.report_seconds(f"{name}, {len(found)} found", ours, other, goal)
    clean()
