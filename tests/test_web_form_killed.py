"""Many post by web forms at once; the job that makes leads is killed and run again."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from werkzeug.datastructures import MultiDict

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_resource.models import crm_resource_web_submission_run as run

from .test_concurrency import CommitCase

POSTS = 12
KILLS = 3
LONGEST = 0.6  # seconds after which the job is killed
CROWD = 6


@tagged("post_install", "-at_install")
class TestWebFormKilled(CommitCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            form = env["crm.resource.web.form"].create(
                {
                    "name": "Killed",
                    "lang": "en_US",
                    "user_id": env.ref("base.user_admin").id,
                    "address_limit": 1000,
                    "field_ids": [
                        Command.create(
                            {"label": "E-mail", "type": "email", "target": "email"}
                        )
                    ],
                }
            )
            self.form_id, self.name = form.id, form.field_ids._get_name()
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            form = env["crm.resource.web.form"].browse(self.form_id)
            posted = env["crm.resource.web.submission"].search(
                [("form_id", "=", form.id)]
            )
            leads = posted.lead_id
            posted.unlink()
            leads.unlink()
            form.unlink()
            env["crm.resource.web.count"].search([("key", "like", ":")]).unlink()
            cron = env.ref("crm_resource.ir_cron_web_submission")
            env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()

    def _set(self, **values):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["crm.resource.web.form"].browse(self.form_id).write(values)

    def _post(self, number, address="203.0.113.1"):
        """Post as a server with several processes does.

        :return: the status of the answer
        """
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            form = env["crm.resource.web.form"].browse(self.form_id)
            post = MultiDict({self.name: f"killed{number}@example.com"})
            answer = retrying(lambda: form._accept(post, None, address), env)
            cr.commit()
            return answer.status

    def _post_at_once(self, numbers, **kwargs):
        with ThreadPoolExecutor(CROWD) as crowd:
            return list(crowd.map(lambda number: self._post(number, **kwargs), numbers))

    def _count(self, query):
        with self.registry.cursor() as cr:
            cr.execute(SQL(query, self.form_id))
            return cr.fetchall()

    def _count_kept(self):
        return self._count(
            "SELECT COUNT(*) FROM crm_resource_web_submission WHERE form_id = %s"
        )[0][0]

    @mute_logger("odoo.service.model")
    def test_a_crowd_keeps_the_limit_of_an_address(self):
        self._set(address_limit=10)
        told = self._post_at_once(range(40))
        self.assertEqual((told.count(200), told.count(429)), (10, 30))
        self.assertEqual(self._count_kept(), 10)

    @mute_logger("odoo.service.model")
    def test_a_crowd_keeps_the_limit_of_the_day(self):
        self._set(day_limit=5, day_limit_hard=15)
        told = self._post_at_once(range(40))
        self.assertEqual((told.count(200), told.count(429)), (15, 25))
        states = self._count(
            """SELECT state, COUNT(*) FROM crm_resource_web_submission
                WHERE form_id = %s GROUP BY state ORDER BY state"""
        )
        self.assertEqual(states, [("new", 5), ("queued", 10)])

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_a_crowd_that_sends_the_same(self):
        told = self._post_at_once([1] * 12)
        self.assertEqual({*told}, {200})
        self.assertEqual(self._count_kept(), 1)

    def _run(self):
        with patch.object(run, "BATCH_SIZE", 2), self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["crm.resource.web.submission"]._cron_process()

    def test_each_becomes_one_lead(self):
        for number in range(POSTS):
            self._post(number)
        for _kill in range(KILLS):
            self._run_and_kill(self._run, LONGEST)
        self._run()
        leads = """
            SELECT lead.email_from, COUNT(*)
              FROM crm_lead lead
             WHERE lead.name LIKE 'Killed: %%' AND %s > 0
             GROUP BY lead.email_from
        """
        self.assertEqual(
            sorted(self._count(leads)),
            sorted((f"killed{number}@example.com", 1) for number in range(POSTS)),
        )
        states = """SELECT state, COUNT(DISTINCT lead_id)
                      FROM crm_resource_web_submission
                     WHERE form_id = %s GROUP BY state"""
        self.assertEqual(self._count(states), [("done", POSTS)])
