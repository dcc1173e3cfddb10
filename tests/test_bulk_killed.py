"""The job of bulk messages is killed at any moment, run again, and run side by side;
several people redeem one code at a time."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_resource.models import crm_resource_bulk_message_send as sending

from .test_concurrency import CommitCase

CUSTOMERS = 12
KILLS = 4
LONGEST = 0.6  # seconds after which the job is killed


class CampaignCommitCase(CommitCase):
    """Customers with addresses, and what is made of them, are removed at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            customers = env["res.partner"].create(
                [
                    {
                        "name": f"Written {number}",
                        "email": f"written{number}@example.com",
                        "customer_state": "approved",
                        "user_id": env.ref("base.user_admin").id,
                    }
                    for number in range(CUSTOMERS)
                ]
            )
            cls.customer_ids = customers.ids
            cls.admin_id = env.ref("base.user_admin").id
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(cls.customer_ids).unlink()


@tagged("post_install", "-at_install")
class TestBulkKilled(CampaignCommitCase):
    """Two receivers are a batch, after which the job commits."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = Environment(
                cr, self.admin_id, {"tracking_disable": True, "lang": "en_US"}
            )
            message = env["crm.resource.bulk.message"].create(
                {
                    "name": "New prices",
                    "body": "From April",
                    "domain": repr([("id", "in", self.customer_ids)]),
                }
            )
            message.action_schedule()
            self.message_id = message.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["mail.message"].search(
                [("model", "=", "res.partner"), ("res_id", "in", self.customer_ids)]
            ).unlink()
            message = env["crm.resource.bulk.message"].browse(self.message_id)
            message.state = "cancelled"
            message.unlink()

    def _run(self):
        with patch.object(sending, "BATCH_SIZE", 2), self.registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["crm.resource.bulk.message"]._cron_send()

    def _check_each_gets_one(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            message = env["crm.resource.bulk.message"].browse(self.message_id)
            self.assertEqual(message.state, "done")
            self.assertEqual(message.line_ids.mapped("state"), ["sent"] * CUSTOMERS)
            cr.execute(
                SQL(
                    """
                    SELECT relation.res_partner_id, COUNT(*)
                      FROM mail_mail_res_partner_rel relation
                     WHERE relation.res_partner_id = ANY(%s)
                     GROUP BY relation.res_partner_id
                     ORDER BY relation.res_partner_id
                    """,
                    self.customer_ids,
                )
            )
            self.assertEqual(cr.fetchall(), [(key, 1) for key in self.customer_ids])

    def test_killed(self):
        for _kill in range(KILLS):
            self._run_and_kill(self._run, LONGEST)
        self._run()
        self._check_each_gets_one()

    def test_killed_between_mails_and_commit(self):
        """What was queued and not committed is queued again."""
        job = self._connect()
        message = job["crm.resource.bulk.message"].browse(self.message_id)
        with patch.object(sending, "BATCH_SIZE", 2):
            self.assertEqual(message._send_batch(), 2)
        job.flush_all()
        job.cr.rollback()
        self._run()
        self._check_each_gets_one()

    def test_side_by_side(self):
        """Two jobs share the receivers: whom one has in his hands the other skips."""
        first, second = self._connect(), self._connect()
        name = "crm.resource.bulk.message"
        with patch.object(sending, "BATCH_SIZE", 5):
            self.assertEqual(first[name].browse(self.message_id)._send_batch(), 5)
            self.assertEqual(second[name].browse(self.message_id)._send_batch(), 5)
        for env in (first, second):
            env.flush_all()
            env.cr.commit()
        self._run()
        self._check_each_gets_one()


@tagged("post_install", "-at_install")
class TestRedeemedOnce(CampaignCommitCase):
    """One code, two people, the same moment."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = Environment(cr, self.admin_id, {"tracking_disable": True})
            group = env["crm.resource.target.group"].create(
                {
                    "name": "Written",
                    "domain": repr([("id", "in", self.customer_ids)]),
                }
            )
            campaign = env["utm.campaign"].create(
                {"title": "Written", "crm_target_group_id": group.id}
            )
            campaign.action_freeze_targets()
            draw = env["crm.resource.draw"].create(
                {
                    "name": "Written",
                    "audience": "targeted",
                    "campaign_id": campaign.id,
                    "prize_ids": [Command.create({"name": "Car"})],
                }
            )
            draw.action_freeze()
            draw.action_draw()
            self.code = draw.winner_ids.code
            self.draw_id, self.campaign_id, self.group_id = (
                draw.id,
                campaign.id,
                group.id,
            )
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            # what stays for good in life goes with its test
            for table in ("winner", "participant", "prize"):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE draw_id = %s",
                        SQL.identifier(f"crm_resource_draw_{table}"),
                        self.draw_id,
                    )
                )
            cr.execute(SQL("DELETE FROM crm_resource_draw WHERE id = %s", self.draw_id))
            cr.execute(
                SQL(
                    "UPDATE utm_campaign SET crm_date_frozen = NULL WHERE id = %s",
                    self.campaign_id,
                )
            )
            env["utm.campaign"].browse(self.campaign_id).unlink()
            env["crm.resource.target.group"].browse(self.group_id).unlink()

    def test_one_wins(self):
        """Who comes second is refused by the database, and told so when he tries
        again."""
        first, second = self._connect(), self._connect()
        # both looked before either redeemed
        for env in (first, second):
            self.assertFalse(
                env["crm.resource.draw.winner"]
                .search([("code", "=", self.code)])
                .date_redeemed
            )
        first["crm.resource.draw.winner"]._redeem(self.code)
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            second["crm.resource.draw.winner"]._redeem(self.code)
        second.cr.rollback()
        second.invalidate_all()
        with self.assertRaisesRegex(UserError, "was redeemed on"):
            second["crm.resource.draw.winner"]._redeem(self.code)
        with self.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """SELECT COUNT(*) FROM crm_resource_draw_winner
                        WHERE code = %s AND date_redeemed IS NOT NULL""",
                    self.code,
                )
            )
            self.assertEqual(cr.fetchone(), (1,))
