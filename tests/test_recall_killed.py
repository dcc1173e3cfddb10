"""The nightly recall is killed at any moment and run again."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_resource.models import crm_resource_recall_rule_run as run

from .test_concurrency import CommitCase

PEOPLE = 5
CUSTOMERS = 3  # of each
KILLS = 3
LONGEST = 0.6  # seconds after which the job is killed


@tagged("post_install", "-at_install")
class TestRecallKilled(CommitCase):
    """Each person's customers are a batch, after which the job commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.today = fields.Date.context_today(env.user)
            cls.records = cls._make_records(env)
            cr.execute(
                SQL(
                    "UPDATE res_partner SET date_held_from = %s WHERE id = ANY(%s)",
                    cls.today - timedelta(days=90),
                    cls.records["res.partner"],
                )
            )
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _make_records(cls, env):
        """Return the ids of what is made, by model, in the order of its removal."""
        users = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Killed {number}",
                        "login": f"killed_{number}",
                        "notification_type": "inbox",
                        "group_ids": [
                            Command.set(env.ref("sales_team.group_sale_salesman").ids)
                        ],
                    }
                    for number in range(PEOPLE)
                ]
            )
        )
        team = env["crm.team"].create(
            {"name": "Killed", "member_ids": [Command.set(users.ids)]}
        )
        customers = env["res.partner"].create(
            [
                {
                    "name": f"Neglected {number}",
                    "customer_state": "approved",
                    "user_id": user.id,
                    "team_id": team.id,
                }
                for user in users
                for number in range(CUSTOMERS)
            ]
        )
        pool = env["crm.resource.pool"].create({"name": "Killed"})
        rule = env["crm.resource.recall.rule"].create(
            {
                "name": "Killed",
                "pool_id": pool.id,
                "team_ids": team.ids,
                "contact_days": 20,
                "warn_days": 1,
                "escalate_days": 0,
            }
        )
        return {
            "res.partner": customers.ids,
            "crm.resource.recall.rule": rule.ids,
            "crm.resource.pool": pool.ids,
            "crm.team": team.ids,
            "res.users": users.ids,
        }

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            pools = cls.records["crm.resource.pool"]
            env["crm.resource.batch"].search([("pool_id", "in", pools)]).unlink()
            contacts = env["res.users"].browse(cls.records["res.users"]).partner_id
            for model, ids in cls.records.items():
                env[model].browse(ids).unlink()
            contacts.unlink()

    def _run(self, day):
        with (
            patch.object(run, "BATCH_SIZE", 1),
            self.registry.cursor() as cr,
        ):
            rules = Environment(cr, SUPERUSER_ID, {})["crm.resource.recall.rule"]
            rules._cron_recall(day)

    def _run_through_kills(self, day):
        for _kill in range(KILLS):
            self._run_and_kill(partial(self._run, day), LONGEST)
        self._run(day)

    def _count(self, query):
        """Return the counts of rows by customer that a query finds."""
        with self.registry.cursor() as cr:
            cr.execute(SQL(query, self.records["res.partner"]))
            return sorted(cr.fetchall())

    def test_warned_once_then_recalled_once(self):
        once = sorted((partner, 1) for partner in self.records["res.partner"])
        warnings = """
            SELECT res_id, COUNT(*) FROM mail_activity
             WHERE res_model = 'res.partner' AND res_id = ANY(%s) AND active
             GROUP BY res_id
        """
        recalls = """
            SELECT partner_id, COUNT(*) FROM crm_resource_assignment
             WHERE kind = 'recall' AND partner_id = ANY(%s)
             GROUP BY partner_id
        """
        self._run_through_kills(self.today)
        self.assertEqual(self._count(warnings), once)
        self.assertFalse(self._count(recalls))
        self._run_through_kills(self.today + timedelta(days=7))
        self.assertEqual(self._count(recalls), once)
        self.assertFalse(self._count(warnings))
        messages = """
            SELECT person.id, COUNT(*)
              FROM mail_message_res_partner_rel told
              JOIN mail_message message ON message.id = told.mail_message_id
              JOIN res_users person ON person.partner_id = told.res_partner_id
             WHERE message.message_type = 'user_notification'
               AND message.body LIKE '%%data-oe-model="crm.resource.pool"%%'
               AND person.id = ANY(%s)
             GROUP BY person.id
        """
        with self.registry.cursor() as cr:
            cr.execute(SQL(messages, self.records["res.users"]))
            told = sorted(cr.fetchall())
        self.assertEqual(told, sorted((user, 1) for user in self.records["res.users"]))
