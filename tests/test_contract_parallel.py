"""Accountants press the button on the same instalment at once, jobs invoice what is due
at the same time, and one is killed: every instalment gets one invoice."""

from concurrent.futures import ThreadPoolExecutor

from odoo import fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_concurrency import CommitCase

PEOPLE = 4
CONTRACTS = 6


@tagged("post_install", "-at_install")
class TestContractParallel(CommitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            env.company.crm_contract_is_invoiced = True
            customer = env["res.partner"].create(
                {"name": "Billed", "customer_state": "approved"}
            )
            cls.customer_id = customer.id
            cls.journal_id = (
                env["account.journal"]
                .create({"name": "Parallel", "code": "PARA", "type": "sale"})
                .id
            )
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env.company.crm_contract_is_invoiced = False
            env["account.journal"].browse(cls.journal_id).unlink()
            env["res.partner"].browse(cls.customer_id).unlink()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            contracts = env["crm.resource.contract"].create(
                [
                    {
                        "subject": f"Parallel {number}",
                        "partner_id": self.customer_id,
                        "line_ids": [Command.create({"name": "Pump", "price_unit": 9})],
                        "instalment_ids": [
                            Command.create(
                                {
                                    "name": "All",
                                    "percent": 100,
                                    "date_planned": fields.Date.today(),
                                }
                            )
                        ],
                    }
                    for number in range(CONTRACTS)
                ]
            )
            contracts.action_sign()
            self.ids = contracts.instalment_ids.ids
        self.addCleanup(self._forget)

    def _forget(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            moves = self._get_invoices(env)
            contracts = self._get_instalments(env).contract_id
            moves.line_ids.write({"crm_instalment_id": False, "crm_contract_id": False})
            moves.unlink()
            # what is signed is kept, but not here
            contracts._take_step({"state": "draft"})
            contracts.unlink()

    def _get_instalments(self, env):
        return env["crm.resource.contract.instalment"].browse(self.ids)

    def _get_invoices(self, env):
        lines = env["account.move.line"].search([("crm_instalment_id", "in", self.ids)])
        return lines.move_id

    def _check_one_each(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            lines = env["account.move.line"].search(
                [
                    ("crm_instalment_id", "in", self.ids),
                    ("display_type", "=", "product"),
                ]
            )
            self.assertEqual(sorted(lines.crm_instalment_id.ids), sorted(self.ids))
            self.assertEqual(len(lines), CONTRACTS)

    def _press(self, _person):
        """Press the button as a request does: refused, or tried again."""
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            try:
                retrying(self._get_instalments(env)[:1]._create_invoices, env)
            except UserError:
                return False
            return True

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_press_the_button_at_once(self):
        with ThreadPoolExecutor(PEOPLE) as pool:
            done = list(pool.map(self._press, range(PEOPLE)))
        self.assertEqual(sorted(done), [False] * (PEOPLE - 1) + [True])
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(len(self._get_invoices(env)), 1)

    def _run_job(self, _job=None):
        """Run the job as the server does."""
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            retrying(env["crm.resource.contract.instalment"]._invoice_due, env)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_jobs_at_once(self):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._run_job, range(2)))
        self._run_job()
        self._check_one_each()

    def test_killed_job_is_repeated(self):
        self._run_and_kill(self._run_job, 0.3)
        self._run_job()
        self._check_one_each()
        self._run_job()
        self._check_one_each()
