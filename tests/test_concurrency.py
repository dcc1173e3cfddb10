"""People work on the same customers at the same time, on several connections."""

import contextlib
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from psycopg2.errors import SerializationFailure

from odoo import sql_db
from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL, mute_logger

COUNT = 10
PATIENCE = "1s"  # whoever waits longer for a lock was blocked


class CommitCase(BaseCase):
    """Real transactions that really commit; what they leave is removed at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def _connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute(SQL("SELECT SET_CONFIG('lock_timeout', %s, FALSE)", PATIENCE))
        # from here on the transaction sees what is there now, and nothing later
        cr.execute("SELECT 1 FROM res_partner LIMIT 1")
        self.addCleanup(cr.rollback)
        return Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _run_and_kill(self, work, longest):
        """Do some work in a process of its own, and kill that after a while.

        :param float longest: seconds after which it is killed at the latest
        """
        child = os.fork()
        if not child:
            try:
                # those connections are the parent's
                sql_db._Pool = None
                self.registry._db = sql_db.db_connect(self.registry.db_name)
                work()
            finally:
                os._exit(0)
        time.sleep(random.uniform(0, longest))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # what it had locked is free as soon as the server notices
        query = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"
        for _look in range(100):
            # each transaction sees them as they were at its first look
            with self.registry.cursor() as cr:
                cr.execute(SQL(query, f"odoo-{child}"))
                if not cr.rowcount:
                    return
            time.sleep(0.05)
        self.fail("The server still works for the process that was killed.")


@tagged("post_install", "-at_install")
class TestConcurrency(CommitCase):
    """People edit customers while all of them are classified."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            customers = env["res.partner"].create(
                [
                    {"name": f"Concurrent {number}", "customer_state": "approved"}
                    for number in range(COUNT)
                ]
            )
            policy = env["crm.resource.level.policy"]._get_leading(env["res.company"])
            cls.ids, cls.policy_id = customers.ids, policy.id
            levels = policy._get_levels_upwards()
            cls.lowest_id, cls.highest_id = levels[0].id, levels[-1].id
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["res.partner"].browse(cls.ids).unlink()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """UPDATE crm_resource_standing SET level_id = %s, turnover = 1
                        WHERE partner_id = ANY(%s)""",
                    self.highest_id,
                    self.ids,
                )
            )
        self.job = self._connect()
        self.person = self._connect()
        self.customers = self.person["res.partner"].browse(self.ids)

    def _classify(self):
        self.job["crm.resource.level.policy"].browse(self.policy_id)._classify()

    def _edit(self):
        self.customers.write({"phone": "+49 30 1234567", "user_id": SUPERUSER_ID})
        for customer in self.customers:
            customer.name += " (edited)"
        self.person.flush_all()

    def _check_both_are_kept(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            for customer in env["res.partner"].browse(self.ids):
                self.assertEqual(customer.level_id.id, self.lowest_id)
                self.assertEqual(customer.user_id.id, SUPERUSER_ID)
                self.assertTrue(customer.name.endswith("(edited)"))
                self.assertEqual(
                    customer.level_change_ids[0].level_to_id.id, self.lowest_id
                )

    def test_edit_while_a_classification_is_not_committed(self):
        self._classify()
        self._edit()
        self.person.cr.commit()
        self.job.cr.commit()
        self._check_both_are_kept()

    def test_classify_while_an_edit_is_not_committed(self):
        self._edit()
        self._classify()
        self.job.cr.commit()
        self.person.cr.commit()
        self._check_both_are_kept()

    def test_edit_committed_after_the_classification_began(self):
        self._edit()
        self.person.cr.commit()
        self._classify()
        self.job.cr.commit()
        self._check_both_are_kept()

    def test_a_customer_enters_while_a_classification_is_not_committed(self):
        self._classify()
        fresh = self.person["res.partner"].create(
            {"name": "Fresh", "customer_state": "approved"}
        )
        self.person.cr.commit()
        self.ids.append(fresh.id)
        self.job.cr.commit()
        with self.registry.cursor() as cr:
            entered = Environment(cr, SUPERUSER_ID, {})["res.partner"].browse(fresh.id)
            self.assertEqual(entered.level_id.id, self.lowest_id)


@tagged("post_install", "-at_install")
class TestApprovals(CommitCase):
    """Two last approvals of the same terms at the same time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.partner_id = (
                env["res.partner"]
                .create(
                    {
                        "name": "Wanted",
                        "customer_state": "approved",
                        "customer_discount": 5,
                    }
                )
                .id
            )
            requests = env["crm.resource.change.request"].create(
                [
                    {
                        "partner_id": cls.partner_id,
                        "new_discount": discount,
                        "state": "submitted",
                    }
                    for discount in (8, 10)
                ]
            )
            cls.ids = requests.ids
            env["tier.review"].create(
                [
                    {"model": requests._name, "res_id": key, "status": "approved"}
                    for key in cls.ids
                ]
            )
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["crm.resource.change.request"].browse(cls.ids).unlink()
            env["res.partner"].browse(cls.partner_id).unlink()

    @mute_logger("odoo.sql_db")
    def test_the_second_sees_what_the_first_wrote(self):
        first, second = (
            self._connect()["crm.resource.change.request"].browse(key)
            for key in self.ids
        )
        first._grant()
        first.env.cr.commit()
        with self.assertRaises(SerializationFailure):
            second._grant()
            second.env.flush_all()
        # the server tries again
        again = self._connect()["crm.resource.change.request"].browse(second.id)
        again._grant()
        self.assertEqual(again.state, "overtaken")
        self.assertEqual(again.partner_id.customer_discount, 8)


@tagged("post_install", "-at_install")
class TestClaims(CommitCase):
    """Many people claim the same customers of a pool at the same time."""

    LIMIT = 3

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            users = (
                env["res.users"]
                .with_context(no_reset_password=True)
                .create(
                    [
                        {
                            "name": f"Claimer {number}",
                            "login": f"claimer_{number}",
                            "group_ids": [
                                Command.set(
                                    env.ref("sales_team.group_sale_salesman").ids
                                )
                            ],
                        }
                        for number in range(3)
                    ]
                )
            )
            pool = env["crm.resource.pool"].create(
                {"name": "Contested", "user_ids": users.ids, "claim_limit": cls.LIMIT}
            )
            customers = env["res.partner"].create(
                [
                    {"name": f"Contested {number}", "customer_state": "approved"}
                    for number in range(COUNT)
                ]
            )
            cls.user_ids, cls.pool_id, cls.ids = users.ids, pool.id, customers.ids
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(cls.ids).unlink()
            env["crm.resource.pool"].browse(cls.pool_id).unlink()
            users = env["res.users"].browse(cls.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "DELETE FROM crm_resource_claim_count WHERE pool_id = %s",
                    self.pool_id,
                )
            )
            cr.execute(
                SQL(
                    """UPDATE res_partner SET pool_id = %s, user_id = NULL,
                              team_id = NULL WHERE id = ANY(%s)""",
                    self.pool_id,
                    self.ids,
                )
            )
            cr.execute(
                SQL(
                    "DELETE FROM crm_resource_assignment WHERE partner_id = ANY(%s)",
                    self.ids,
                )
            )

    def _claim(self, env, user_id, ids):
        entries = env["crm.resource.pool.customer"].with_user(user_id).browse(ids)
        entries.action_claim()

    def test_one_gets_him_and_the_other_is_told_at_once(self):
        first, second = self._connect(), self._connect()
        self._claim(first, self.user_ids[0], self.ids[:1])
        with self.assertRaisesRegex(UserError, "left the pool a moment ago"):
            self._claim(second, self.user_ids[1], self.ids[:1])
        first.cr.commit()
        with self.registry.cursor() as cr:
            customer = Environment(cr, SUPERUSER_ID, {})["res.partner"].browse(
                self.ids[0]
            )
            self.assertEqual(customer.user_id.id, self.user_ids[0])
            self.assertEqual(len(customer.assignment_ids), 1)

    @mute_logger("odoo.sql_db")
    def test_parallel_claims_do_not_pass_the_daily_limit(self):
        first, second = self._connect(), self._connect()
        self._claim(first, self.user_ids[0], self.ids[: self.LIMIT])
        first.cr.commit()
        with self.assertRaises(SerializationFailure):
            self._claim(second, self.user_ids[0], self.ids[self.LIMIT :])
        # the server tries again
        with self.assertRaisesRegex(UserError, "tomorrow"):
            self._claim(self._connect(), self.user_ids[0], self.ids[self.LIMIT :])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_parallel_claims_do_not_pass_the_holding_limit(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            limit = env["crm.resource.holding.limit"].create(
                {"user_id": self.user_ids[0], "customer_limit": 2}
            )
            limit_id = limit.id
        self.addCleanup(self._remove_limit, limit_id)
        first, second = self._connect(), self._connect()
        self._claim(first, self.user_ids[0], self.ids[:2])
        first.cr.commit()
        with self.assertRaises(SerializationFailure):
            self._claim(second, self.user_ids[0], self.ids[2:3])
        with self.assertRaisesRegex(UserError, "at most 2 customers"):
            self._claim(self._connect(), self.user_ids[0], self.ids[2:3])

    def _remove_limit(self, limit_id):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["crm.resource.holding.limit"].browse(limit_id).unlink()

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_crowd(self):
        """Two windows of each of three people, all at once, until nothing is left that
        they may have."""
        windows = [*self.user_ids, *self.user_ids]
        with ThreadPoolExecutor(len(windows)) as crowd:
            list(crowd.map(self._claim_until_refused, windows))
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            customers = env["res.partner"].browse(self.ids)
            for user_id in self.user_ids:
                mine = customers.filtered(lambda c, key=user_id: c.user_id.id == key)
                self.assertEqual(len(mine), self.LIMIT)
            self.assertEqual(
                len(customers.assignment_ids), self.LIMIT * len(self.user_ids)
            )

    def _claim_until_refused(self, user_id):
        for _attempt in range(2 * COUNT):
            with self.registry.cursor() as cr:
                env = Environment(cr, SUPERUSER_ID, {})
                free = env["crm.resource.pool.customer"].search(
                    [("pool_id", "=", self.pool_id)], limit=2
                )
                try:
                    retrying(partial(self._claim, env, user_id, free.ids), env)
                except UserError as error:
                    if "tomorrow" in str(error):
                        return
