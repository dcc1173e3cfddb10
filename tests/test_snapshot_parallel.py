"""Jobs that take the snapshot of a month at the same time, again, or are killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_concurrency import CommitCase

JOBS = 4
LINES = 300
TRIES = 5
# a month in which nobody else takes one
DAY = date(2001, 5, 3)


@tagged("post_install", "-at_install")
class TestSnapshotParallel(CommitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.company_id = env.company.id
            customer = env["res.partner"].create(
                {"name": "Foreseen", "customer_state": "approved"}
            )
            product = env["product.product"].create({"name": "Foreseen lamp"})
            forecast = env["crm.resource.forecast"].create(
                {
                    "partner_id": customer.id,
                    "date_expected": "2001-06-01",
                    "line_ids": [
                        Command.create({"product_id": product.id, "price_unit": 10})
                        for _number in range(LINES)
                    ],
                }
            )
            cls.ids = (forecast.id, product.id, customer.id)
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        forecast, product, customer = cls.ids
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            cls._forget(env)
            env["crm.resource.forecast"].browse(forecast).unlink()
            env["product.product"].browse(product).unlink()
            env["res.partner"].browse(customer).unlink()

    @classmethod
    def _find(cls, env):
        return env["crm.resource.forecast.snapshot"].search(
            [
                ("company_id", "=", cls.company_id),
                ("month", "=", DAY.replace(day=1)),
            ]
        )

    @classmethod
    def _forget(cls, env):
        snapshots = cls._find(env)
        env["crm.resource.forecast.snapshot.line"].search(
            [("snapshot_id", "in", snapshots.ids)]
        ).unlink()
        snapshots.unlink()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self._forget(Environment(cr, SUPERUSER_ID, {}))

    def _take(self, _job=None):
        """Take the snapshot as a job of the server does.

        :return: whether this job took it
        """
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].browse(self.company_id)
            snapshots = env["crm.resource.forecast.snapshot"]
            return bool(retrying(partial(snapshots._take, company, DAY), env))

    def _check_one(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            snapshot = self._find(env)
            self.assertEqual(len(snapshot), 1)
            lines = env["crm.resource.forecast.snapshot.line"].search_count(
                [
                    ("snapshot_id", "=", snapshot.id),
                    ("forecast_id", "=", self.ids[0]),
                ]
            )
            self.assertEqual(lines, LINES)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_of_several_jobs_takes_it(self):
        with ThreadPoolExecutor(JOBS) as pool:
            taken = list(pool.map(self._take, range(JOBS)))
        self.assertEqual(sum(taken), 1)
        self._check_one()
        self.assertFalse(self._take())
        self._check_one()

    def test_a_killed_job_leaves_all_or_nothing(self):
        for _try in range(TRIES):
            self._run_and_kill(self._take, 0.1)
            self._take()
            self._check_one()
            self.setUp()
