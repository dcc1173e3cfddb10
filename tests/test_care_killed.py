"""The nightly greetings are killed at any moment, run again, and run side by side."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_resource.models import crm_resource_care_rule_run as run

from .test_concurrency import CommitCase

CONTACTS = 12
KILLS = 3
LONGEST = 0.6  # seconds after which the job is killed


@tagged("post_install", "-at_install")
class TestCareKilled(CommitCase):
    """Two contacts are a batch, after which the job commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.today = fields.Date.context_today(env.user)
            # those of the database stay out of it
            cls.resting_ids = env["crm.resource.care.rule"].search([]).ids
            env["crm.resource.care.rule"].browse(cls.resting_ids).active = False
            customer = env["res.partner"].create(
                {
                    "name": "Greeted",
                    "is_company": True,
                    "customer_state": "approved",
                    "user_id": env.ref("base.user_admin").id,
                }
            )
            cls.customer_id = customer.id
            cls.contact_ids = (
                env["res.partner"]
                .create(
                    [
                        {
                            "name": f"Greeted {number}",
                            "parent_id": customer.id,
                            "email": f"greeted{number}@example.com",
                            "birth_month": cls.today.month,
                            "birth_day": cls.today.day,
                        }
                        for number in range(CONTACTS)
                    ]
                )
                .ids
            )
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            partners = env["res.partner"].browse([*cls.contact_ids, cls.customer_id])
            partners.unlink()
            rules = env["crm.resource.care.rule"].with_context(active_test=False)
            rules.browse(cls.resting_ids).active = True

    def _make_rule(self, **values):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            rule = env["crm.resource.care.rule"].create(
                {
                    "name": "Greeted",
                    "state": "running",
                    "domain": str([("id", "=", self.customer_id)]),
                    **values,
                }
            )
        self.addCleanup(self._remove, rule.id)
        return rule.id

    def _remove(self, rule_id):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            cares = env["crm.resource.care"].search([("rule_id", "=", rule_id)])
            cares.mail_id.mail_message_id.unlink()
            cares.activity_id.unlink()
            cares.unlink()
            env["crm.resource.care.rule"].browse(rule_id).unlink()

    def _run(self):
        with patch.object(run, "BATCH_SIZE", 2), self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["crm.resource.care.rule"]._cron_care(self.today)

    def _count(self, query):
        """Return the counts of rows by contact that a query finds."""
        with self.registry.cursor() as cr:
            cr.execute(SQL(query, self.contact_ids))
            return sorted(cr.fetchall())

    def test_each_gets_one_mail(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            template = env.ref("crm_resource.mail_template_care_birthday").id
        self._make_rule(channel="mail", template_id=template)
        for _kill in range(KILLS):
            self._run_and_kill(self._run, LONGEST)
        self._run()
        once = sorted((contact, 1) for contact in self.contact_ids)
        sent = """
            SELECT partner_id, COUNT(*) FROM crm_resource_care
             WHERE partner_id = ANY(%s) AND state = 'sent' GROUP BY partner_id
        """
        mails = """
            SELECT message.res_id, COUNT(*)
              FROM mail_mail mail
              JOIN mail_message message ON message.id = mail.mail_message_id
             WHERE message.model = 'res.partner' AND message.res_id = ANY(%s)
             GROUP BY message.res_id
        """
        self.assertEqual(self._count(sent), once)
        self.assertEqual(self._count(mails), once)

    def test_each_gives_one_activity(self):
        rule_id = self._make_rule(channel="activity")
        for _kill in range(KILLS):
            self._run_and_kill(self._run, LONGEST)
        self._run()
        with self.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """SELECT COUNT(*), COUNT(DISTINCT activity_id)
                         FROM crm_resource_care WHERE rule_id = %s""",
                    rule_id,
                )
            )
            self.assertEqual(cr.fetchone(), (CONTACTS, CONTACTS))
            cr.execute(
                SQL(
                    """SELECT COUNT(*) FROM mail_activity
                        WHERE res_model = 'res.partner' AND res_id = %s""",
                    self.customer_id,
                )
            )
            self.assertEqual(cr.fetchone(), (CONTACTS,))

    def test_side_by_side(self):
        """Who looked before the other committed is refused, and greets nobody twice."""
        rule_id = self._make_rule(channel="activity")
        first, second = self._connect(), self._connect()
        rules = first["crm.resource.care.rule"]
        rules.browse(rule_id)._plan(self.today)
        rules._perform(self.today)
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            second["crm.resource.care.rule"].browse(rule_id)._plan(self.today)
        second.cr.rollback()
        self._run()
        with self.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT COUNT(*) FROM crm_resource_care WHERE rule_id = %s", rule_id
                )
            )
            self.assertEqual(cr.fetchone(), (CONTACTS,))
